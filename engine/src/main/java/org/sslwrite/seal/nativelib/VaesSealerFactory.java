package org.sslwrite.seal.nativelib;

import org.jspecify.annotations.Nullable;
import org.sslwrite.seal.BulkCipher;
import org.sslwrite.seal.RecordSealer;
import org.sslwrite.seal.SealException;
import org.sslwrite.seal.SealerFactory;
import org.sslwrite.seal.SealingParameters;
import org.sslwrite.seal.TrafficKeys;
import org.sslwrite.seal.nativelib.vaes.Vaes;

/**
 * Sealers over our own code for AES-GCM. Where it cannot run, every suite is refused with the
 * reason. Before a cipher is used, it must agree with SunJCE.
 */
public final class VaesSealerFactory implements SealerFactory {
    /** Name of the engine. */
    public static final String ENGINE = "vaes";

    private static final class OfThisProcess {
        static final VaesSealerFactory FACTORY = new VaesSealerFactory(VaesSwitch.ofThisProcess());
    }

    private final Vaes.Result found;
    private final Verdicts verdicts = new Verdicts();

    VaesSealerFactory(Vaes.Result found) {
        this.found = found;
    }

    /**
     * The one of this process. The first call makes the code ready, unless the system property
     * {@code org.sslwrite.vaes} or the environment variable {@code SSLWRITE_VAES} is {@code off}.
     */
    public static VaesSealerFactory ofThisProcess() {
        return OfThisProcess.FACTORY;
    }

    @Override
    public String engine() {
        return ENGINE;
    }

    @Override
    public @Nullable String reasonAgainst(SealingParameters parameters) {
        Vaes code = found.code();
        if (code == null) {
            return found.reason();
        }
        BulkCipher cipher = parameters.suite().bulkCipher();
        if (cipher != BulkCipher.AES_128_GCM && cipher != BulkCipher.AES_256_GCM) {
            return "is used for AES-GCM only";
        }
        return verdicts.on(
                cipher,
                () ->
                        NativeSelfTest.objection(
                                cipher, (tested, keys) -> VaesGcm.fenced(code, tested, keys)));
    }

    @Override
    public RecordSealer create(SealingParameters parameters, TrafficKeys keys)
            throws SealException {
        String reason = reasonAgainst(parameters);
        Vaes code = found.code();
        if (reason != null || code == null) {
            throw new SealException(
                    ENGINE + " cannot seal " + parameters.suite() + ": " + reason, null);
        }
        return NativeSealer.over(VaesGcm.of(code, parameters, keys), parameters);
    }

    /** The engine, and why it cannot be used if it cannot. */
    @Override
    public String toString() {
        return found.code() == null ? ENGINE + " (" + found.reason() + ")" : ENGINE;
    }
}
