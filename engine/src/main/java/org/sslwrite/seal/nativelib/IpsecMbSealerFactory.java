package org.sslwrite.seal.nativelib;

import org.jspecify.annotations.Nullable;
import org.sslwrite.seal.BulkCipher;
import org.sslwrite.seal.RecordSealer;
import org.sslwrite.seal.SealException;
import org.sslwrite.seal.SealerFactory;
import org.sslwrite.seal.SealingParameters;
import org.sslwrite.seal.TrafficKeys;

/**
 * Sealers over intel-ipsec-mb, for AES-GCM and ChaCha20-Poly1305. Where the library is missing or
 * cannot be used, every suite is refused with the reason. Before a cipher is used, it must agree
 * with SunJCE.
 */
public final class IpsecMbSealerFactory implements SealerFactory {
    /** Name of the engine. */
    public static final String ENGINE = "ipsec-mb";

    private static final class OfThisProcess {
        static final IpsecMbSealerFactory FACTORY =
                new IpsecMbSealerFactory(LibrarySearch.ofThisProcess());
    }

    private final LibrarySearch.Result found;
    private final Verdicts verdicts = new Verdicts();

    IpsecMbSealerFactory(LibrarySearch.Result found) {
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
    public String engine() {
        return ENGINE;
    }

    @Override
    public @Nullable String reasonAgainst(SealingParameters parameters) {
        IpsecMb library = found.library();
        if (library == null) {
            return found.reason();
        }
        BulkCipher cipher = parameters.suite().bulkCipher();
        if (!cipher.isAead()) {
            return "is used for AES-GCM and ChaCha20-Poly1305 only";
        }
        return verdicts.on(cipher, () -> NativeSelfTest.objection(cipher, library::fencedAead));
    }

    @Override
    public RecordSealer create(SealingParameters parameters, TrafficKeys keys)
            throws SealException {
        String reason = reasonAgainst(parameters);
        IpsecMb library = found.library();
        if (reason != null || library == null) {
            throw new SealException(
                    ENGINE + " cannot seal " + parameters.suite() + ": " + reason, null);
        }
        return NativeSealer.over(library.aead(parameters, keys), parameters);
    }

    /** The engine with what it stands on. */
    @Override
    public String toString() {
        IpsecMb library = found.library();
        return ENGINE + " (" + (library == null ? found.reason() : library) + ")";
    }
}
