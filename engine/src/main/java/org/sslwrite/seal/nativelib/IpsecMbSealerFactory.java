package org.sslwrite.seal.nativelib;

import org.jspecify.annotations.Nullable;
import org.sslwrite.seal.BulkCipher;
import org.sslwrite.seal.SealingParameters;
import org.sslwrite.seal.TrafficKeys;

import java.util.Objects;

/** Sealers over intel-ipsec-mb, for AES-GCM and ChaCha20-Poly1305. */
public final class IpsecMbSealerFactory extends NativeSealerFactory {
    /** Name of the engine. */
    public static final String ENGINE = "ipsec-mb";

    private static final class OfThisProcess {
        static final IpsecMbSealerFactory FACTORY =
                new IpsecMbSealerFactory(LibrarySearch.ofThisProcess());
    }

    private final LibrarySearch.Result found;

    IpsecMbSealerFactory(LibrarySearch.Result found) {
        super(ENGINE, found.reason());
        this.found = found;
    }

    /**
     * The one over the library of this process. The first call looks for it, in the usual places or
     * where the system property {@code org.sslwrite.ipsec-mb} or the environment variable {@code
     * SSLWRITE_IPSEC_MB} says; {@code off} there means none.
     */
    public static IpsecMbSealerFactory ofThisProcess() {
        return OfThisProcess.FACTORY;
    }

    @Override
    @Nullable String objectionTo(BulkCipher cipher) {
        return cipher.isAead() ? null : "is used for AES-GCM and ChaCha20-Poly1305 only";
    }

    @Override
    NativeAead aead(SealingParameters parameters, TrafficKeys keys, boolean fenced) {
        IpsecMb library = Objects.requireNonNull(found.library());
        return library.aead(parameters, keys, fenced);
    }

    /** The engine with what it stands on. */
    @Override
    public String toString() {
        IpsecMb library = found.library();
        return ENGINE + " (" + (library == null ? found.reason() : library) + ")";
    }
}
