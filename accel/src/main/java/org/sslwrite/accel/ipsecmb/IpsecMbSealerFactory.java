package org.sslwrite.accel.ipsecmb;

import org.jspecify.annotations.Nullable;
import org.sslwrite.accel.nativecode.NativeAead;
import org.sslwrite.accel.nativecode.NativeSealerFactory;
import org.sslwrite.accel.nativecode.SelfTestCache;
import org.sslwrite.protocol.BulkCipher;
import org.sslwrite.seal.SealingParameters;
import org.sslwrite.seal.TrafficKeys;

import java.util.Objects;
import java.util.function.Supplier;

/** Sealers over intel-ipsec-mb, for AES-GCM and ChaCha20-Poly1305. */
public final class IpsecMbSealerFactory extends NativeSealerFactory {
    /** Name of the engine. */
    public static final String ENGINE = "ipsec-mb";

    private static final SelfTestCache SELF_TESTS = new SelfTestCache();

    private static final class OfThisProcess {
        static final IpsecMbLocator.Result FOUND = IpsecMbLocator.ofThisProcess();
    }

    private final Supplier<IpsecMbLocator.Result> found;

    /**
     * The engine over the library of this process. The library is looked for when the engine is
     * first asked about, in the usual places or where the system property {@code
     * org.sslwrite.ipsec-mb} or the environment variable {@code SSLWRITE_IPSEC_MB} says; {@code
     * off} there means none.
     */
    public IpsecMbSealerFactory() {
        super(ENGINE, SELF_TESTS);
        this.found = () -> OfThisProcess.FOUND;
    }

    IpsecMbSealerFactory(IpsecMbLocator.Result found) {
        super(ENGINE, new SelfTestCache());
        this.found = () -> found;
    }

    @Override
    protected @Nullable String objection() {
        return found.get().reason();
    }

    @Override
    protected @Nullable String objectionTo(BulkCipher cipher) {
        return cipher.isAead() ? null : "is used for AES-GCM and ChaCha20-Poly1305 only";
    }

    @Override
    protected NativeAead aead(SealingParameters parameters, TrafficKeys keys, boolean canaries) {
        IpsecMb library = Objects.requireNonNull(found.get().library());
        return library.aead(parameters, keys, canaries);
    }

    /** The engine with what it stands on. */
    @Override
    public String toString() {
        IpsecMb library = found.get().library();
        return ENGINE + " (" + (library == null ? objection() : library) + ")";
    }
}
