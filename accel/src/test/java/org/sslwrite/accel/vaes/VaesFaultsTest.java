package org.sslwrite.accel.vaes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.sslwrite.accel.FallsToSunJce;
import org.sslwrite.accel.NativeEngine;
import org.sslwrite.protocol.CipherSuite;
import org.sslwrite.seal.SealingParameters;

/** The real code with its functions mixed up: it is not used, and the next engine seals. */
class VaesFaultsTest {
    private static final SealingParameters GCM_128 = parameters(CipherSuite.TLS_AES_128_GCM_SHA256);
    private static final SealingParameters GCM_256 = parameters(CipherSuite.TLS_AES_256_GCM_SHA384);

    private static SealingParameters parameters(CipherSuite suite) {
        return new SealingParameters(suite.version(), suite, false);
    }

    @BeforeAll
    static void theCodeRunsHere() {
        NativeEngine.VAES.assumeThere();
    }

    private static Vaes code() {
        return NativeEngine.CODE.code();
    }

    @Test
    void otherLengthOfKey() {
        VaesSealerFactory factory = factoryOver(new Vaes(code().aes128(), code().aes128()));
        assertNull(factory.reasonAgainst(GCM_128), "one is as good as ever");
        FallsToSunJce.assertThat(factory, GCM_256, "computes AES/GCM/NoPadding wrongly");
    }

    @Test
    void otherVersion() {
        GcmFunctions good = code().aes128();
        GcmFunctions mixedUp = new GcmFunctions(good.expand(), good.sealTls12(), good.sealTls13());
        VaesSealerFactory factory = factoryOver(new Vaes(mixedUp, code().aes256()));
        FallsToSunJce.assertThat(factory, GCM_128, "computes AES/GCM/NoPadding wrongly");
        assertNull(factory.reasonAgainst(GCM_256), "the other is as good as ever");
    }

    @Test
    void otherRoundKeys() {
        GcmFunctions good = code().aes256();
        GcmFunctions mixedUp =
                new GcmFunctions(code().aes128().expand(), good.sealTls13(), good.sealTls12());
        FallsToSunJce.assertThat(
                factoryOver(new Vaes(code().aes128(), mixedUp)),
                GCM_256,
                "computes AES/GCM/NoPadding wrongly");
    }

    @Test
    void codeThatCannotRun() {
        VaesSealerFactory factory =
                new VaesSealerFactory(new Vaes.Result(null, "this CPU lacks vaes"));
        FallsToSunJce.assertThat(factory, GCM_128, "this CPU lacks vaes");
        assertEquals("vaes (this CPU lacks vaes)", factory.toString());
    }

    private static VaesSealerFactory factoryOver(Vaes code) {
        return new VaesSealerFactory(new Vaes.Result(code, null));
    }
}
