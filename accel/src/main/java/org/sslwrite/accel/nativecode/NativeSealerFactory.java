package org.sslwrite.accel.nativecode;

import org.jspecify.annotations.Nullable;
import org.sslwrite.protocol.BulkCipher;
import org.sslwrite.seal.RecordSealer;
import org.sslwrite.seal.SealException;
import org.sslwrite.seal.SealerFactory;
import org.sslwrite.seal.SealingParameters;
import org.sslwrite.seal.TrafficKeys;

/**
 * Sealers over native code. Where it is missing or cannot be used, every suite is refused with the
 * reason. Before a cipher is used, it must agree with SunJCE, once.
 */
public abstract class NativeSealerFactory implements SealerFactory {
    private final String engine;
    private final SelfTestCache selfTests;

    /** One for the engine of this name. */
    protected NativeSealerFactory(String engine, SelfTestCache selfTests) {
        this.engine = engine;
        this.selfTests = selfTests;
    }

    /** Why there is no native code; null if there is. The first call may load it. */
    protected abstract @Nullable String objection();

    /** Why the native code is not for a cipher; null if it is. */
    protected abstract @Nullable String objectionTo(BulkCipher cipher);

    /**
     * For one epoch.
     *
     * @param canaries whether each structure is followed by bytes that must stay as they are
     */
    protected abstract NativeAead aead(
            SealingParameters parameters, TrafficKeys keys, boolean canaries);

    @Override
    public final String engine() {
        return engine;
    }

    @Override
    public final @Nullable String reasonAgainst(SealingParameters parameters) {
        String objection = objection();
        if (objection != null) {
            return objection;
        }
        BulkCipher cipher = parameters.suite().bulkCipher();
        String unfit = objectionTo(cipher);
        return unfit != null
                ? unfit
                : selfTests.on(
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
