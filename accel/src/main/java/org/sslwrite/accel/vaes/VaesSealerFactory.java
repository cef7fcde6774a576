package org.sslwrite.accel.vaes;

import org.jspecify.annotations.Nullable;
import org.sslwrite.accel.nativecode.NativeAead;
import org.sslwrite.accel.nativecode.NativeSealerFactory;
import org.sslwrite.accel.nativecode.SelfTestCache;
import org.sslwrite.protocol.BulkCipher;
import org.sslwrite.seal.SealingParameters;
import org.sslwrite.seal.TrafficKeys;

import java.util.Objects;
import java.util.function.Supplier;

/** Sealers over our own code for AES-GCM. */
public final class VaesSealerFactory extends NativeSealerFactory {
    /** Name of the engine. */
    public static final String ENGINE = "vaes";

    private static final SelfTestCache SELF_TESTS = new SelfTestCache();

    private static final class OfThisProcess {
        static final Vaes.Result FOUND = VaesSwitch.ofThisProcess();
    }

    private final Supplier<Vaes.Result> found;

    /**
     * The engine of this process. Its code is made ready when it is first asked about, unless the
     * system property {@code org.sslwrite.vaes} or the environment variable {@code SSLWRITE_VAES}
     * is {@code off}.
     */
    public VaesSealerFactory() {
        super(ENGINE, SELF_TESTS);
        this.found = () -> OfThisProcess.FOUND;
    }

    VaesSealerFactory(Vaes.Result found) {
        super(ENGINE, new SelfTestCache());
        this.found = () -> found;
    }

    @Override
    protected @Nullable String objection() {
        return found.get().reason();
    }

    @Override
    protected @Nullable String objectionTo(BulkCipher cipher) {
        return cipher.isGcm() ? null : "is used for AES-GCM only";
    }

    @Override
    protected NativeAead aead(SealingParameters parameters, TrafficKeys keys, boolean canaries) {
        return VaesGcm.of(Objects.requireNonNull(found.get().code()), parameters, keys, canaries);
    }

    /** The engine, and why it cannot be used if it cannot. */
    @Override
    public String toString() {
        String objection = objection();
        return objection == null ? ENGINE : ENGINE + " (" + objection + ")";
    }
}
