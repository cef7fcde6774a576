package org.sslwrite.seal.nativelib;

import org.jspecify.annotations.Nullable;
import org.sslwrite.seal.BulkCipher;
import org.sslwrite.seal.RecordSealer;
import org.sslwrite.seal.SealException;
import org.sslwrite.seal.SealerFactory;
import org.sslwrite.seal.SealingParameters;
import org.sslwrite.seal.TrafficKeys;

/**
 * Sealers over native code. Where it is missing or cannot be used, every suite is refused with the
 * reason. Before a cipher is used, it must agree with SunJCE, once.
 */
abstract sealed class NativeSealerFactory implements SealerFactory
        permits IpsecMbSealerFactory, VaesSealerFactory {
    private final String engine;
    private final @Nullable String objection;
    private final Verdicts verdicts = new Verdicts();

    /**
     * One for the engine of this name.
     *
     * @param objection why there is no native code; null if there is
     */
    NativeSealerFactory(String engine, @Nullable String objection) {
        this.engine = engine;
        this.objection = objection;
    }

    /** Why the native code is not for a cipher; null if it is. */
    abstract @Nullable String objectionTo(BulkCipher cipher);

    /**
     * For one epoch.
     *
     * @param fenced whether something lies behind each structure that must stay as it is
     */
    abstract NativeAead aead(SealingParameters parameters, TrafficKeys keys, boolean fenced);

    @Override
    public final String engine() {
        return engine;
    }

    @Override
    public final @Nullable String reasonAgainst(SealingParameters parameters) {
        if (objection != null) {
            return objection;
        }
        BulkCipher cipher = parameters.suite().bulkCipher();
        String unfit = objectionTo(cipher);
        return unfit != null
                ? unfit
                : verdicts.on(
                        cipher,
                        () ->
                                NativeSelfTest.objection(
                                        cipher, (tested, keys) -> aead(tested, keys, true)));
    }

    @Override
    public final RecordSealer create(SealingParameters parameters, TrafficKeys keys)
            throws SealException {
        String reason = reasonAgainst(parameters);
        if (reason != null) {
            throw new SealException(
                    engine + " cannot seal " + parameters.suite() + ": " + reason, null);
        }
        return NativeSealer.over(aead(parameters, keys, false), parameters);
    }
}
