package org.sslwrite.seal.chain;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.sslwrite.protocol.CipherSuite;
import org.sslwrite.protocol.TlsVersion;
import org.sslwrite.seal.RecordSealer;
import org.sslwrite.seal.SealException;
import org.sslwrite.seal.SealerChoice;
import org.sslwrite.seal.SealerFactory;
import org.sslwrite.seal.SealingParameters;
import org.sslwrite.seal.TrafficKeys;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

class SealerChainTest {
    private static final SealingParameters PARAMETERS =
            new SealingParameters(TlsVersion.TLSV1_3, CipherSuite.TLS_AES_128_GCM_SHA256, false);
    private static final TrafficKeys KEYS =
            new TrafficKeys(new byte[16], new byte[12], new byte[0]);

    private final List<String> asked = new ArrayList<>();

    @Test
    void theFirstThatCanSealsAndNoOtherIsAsked() throws SealException {
        SealerChain.Chosen chosen = chain(can("first"), can("second")).create(PARAMETERS, KEYS);
        assertEquals("first", chosen.sealer().engine());
        assertEquals("first; after it second", chosen.choice().toString());
        assertEquals(List.of("first"), asked);
    }

    @Test
    void thoseThatCannotArePassedOverWithTheirReasons() throws SealException {
        SealerChain chain =
                chain(
                        cannot("token", "no token is plugged in"),
                        cannot("native", "no AVX2"),
                        can("SunJCE"));
        SealerChain.Chosen chosen = chain.create(PARAMETERS, KEYS);
        assertEquals("SunJCE", chosen.sealer().engine());
        assertEquals(
                "SunJCE; not token: no token is plugged in; not native: no AVX2",
                chosen.choice().toString());
        assertEquals(
                List.of(
                        new SealerChoice.PassedOver("token", "no token is plugged in", false),
                        new SealerChoice.PassedOver("native", "no AVX2", false)),
                chosen.choice().passedOver());
        assertEquals(chosen.choice(), chain.choiceFor(PARAMETERS));
    }

    /** Native memory may be used up where the heap is not. */
    @Test
    void oneThatFindsNoMemoryIsPassedOverToo() throws SealException {
        SealerFactory full =
                new SealerFactory() {
                    @Override
                    public String engine() {
                        return "native";
                    }

                    @Override
                    public @Nullable String reasonAgainst(SealingParameters parameters) {
                        return null;
                    }

                    @Override
                    public RecordSealer create(SealingParameters parameters, TrafficKeys keys) {
                        throw new OutOfMemoryError("no direct memory");
                    }
                };
        SealerChain.Chosen chosen =
                new SealerChain(List.of(full, can("SunJCE"))).create(PARAMETERS, KEYS);
        assertEquals("SunJCE; not native: no direct memory", chosen.choice().toString());
    }

    @Test
    void oneThatFailsWhenItIsToMakeASealerIsPassedOverToo() throws SealException {
        SealerChain chain = chain(fails("token", "CKR_SESSION_COUNT"), can("SunJCE"));
        SealerChain.Chosen chosen = chain.create(PARAMETERS, KEYS);
        assertEquals("SunJCE", chosen.sealer().engine());
        assertEquals("SunJCE; not token: CKR_SESSION_COUNT", chosen.choice().toString());
    }

    @Test
    void noneIsRefusedWithAllReasonsAndAllCauses() {
        SealerChain chain =
                chain(
                        fails("token", "CKR_SESSION_COUNT"),
                        cannot("native", "no AVX2"),
                        fails("SunJCE", "illegal key size"));
        SealException refused =
                assertThrows(SealException.class, () -> chain.create(PARAMETERS, KEYS));
        assertEquals(
                "no engine can seal TLS_AES_128_GCM_SHA256: none; not token: CKR_SESSION_COUNT;"
                        + " not native: no AVX2; not SunJCE: illegal key size",
                refused.getMessage());
        assertEquals(
                List.of("CKR_SESSION_COUNT", "illegal key size"),
                Arrays.stream(refused.getSuppressed()).map(Throwable::getMessage).toList());
    }

    @Test
    void aChainThatNobodyIsInSealsNothing() {
        assertThrows(SealException.class, () -> chain().create(PARAMETERS, KEYS));
        assertFalse(chain().choiceFor(PARAMETERS).isSealed());
    }

    @Test
    void choosingMakesNoSealer() {
        SealerChain chain = chain(cannot("token", "gone"), fails("SunJCE", "not reached"));
        SealerChoice choice = chain.choiceFor(PARAMETERS);
        assertEquals("SunJCE; not token: gone", choice.toString());
        SealerChoice none = chain(cannot("token", "gone")).choiceFor(PARAMETERS);
        assertFalse(none.isSealed());
        assertEquals("none; not token: gone", none.toString());
    }

    @Test
    void theListIsTakenAsItWas() throws SealException {
        List<SealerFactory> factories = new ArrayList<>(List.of(can("first"), can("second")));
        SealerChain chain = new SealerChain(factories);
        factories.removeFirst();
        SealerChain.Chosen chosen = chain.create(PARAMETERS, KEYS);
        assertEquals("first", chosen.sealer().engine());
        assertEquals(List.of("second"), chosen.choice().notAsked());
        assertEquals("first; after it second", chosen.choice().toString());
        assertEquals(
                "second; not first: CKR_DEVICE_ERROR",
                chosen.choice().replacedBy("second", "CKR_DEVICE_ERROR").toString());
    }

    @Test
    void theKeysAreHandedOnAsTheyAre() throws SealException {
        RecordingFactory factory = can("first");
        chain(factory).create(PARAMETERS, KEYS);
        assertSame(KEYS, factory.keys);
    }

    @ParameterizedTest
    @EnumSource(CipherSuite.class)
    void aSuiteOfAnotherVersionIsRefused(CipherSuite suite) {
        boolean tls13 =
                suite.name().startsWith("TLS_AES_") || suite.name().startsWith("TLS_CHACHA20_");
        TlsVersion right = tls13 ? TlsVersion.TLSV1_3 : TlsVersion.TLSV1_2;
        TlsVersion wrong = tls13 ? TlsVersion.TLSV1_2 : TlsVersion.TLSV1_3;
        assertEquals(suite, new SealingParameters(right, suite, false).suite());
        IllegalArgumentException refused =
                assertThrows(
                        IllegalArgumentException.class,
                        () -> new SealingParameters(wrong, suite, false));
        assertEquals(suite + " is not a suite of " + wrong, refused.getMessage());
    }

    private SealerChain chain(RecordingFactory... factories) {
        return new SealerChain(List.of(factories));
    }

    private RecordingFactory can(String engine) {
        return new RecordingFactory(engine, null, null);
    }

    private RecordingFactory cannot(String engine, String reason) {
        return new RecordingFactory(engine, reason, null);
    }

    private RecordingFactory fails(String engine, String message) {
        return new RecordingFactory(engine, null, message);
    }

    /** Makes sealers that seal nothing. */
    private final class RecordingFactory implements SealerFactory {
        private final String engine;
        private final @Nullable String reason;
        private final @Nullable String failure;
        private @Nullable TrafficKeys keys;

        RecordingFactory(String engine, @Nullable String reason, @Nullable String failure) {
            this.engine = engine;
            this.reason = reason;
            this.failure = failure;
        }

        @Override
        public String engine() {
            return engine;
        }

        @Override
        public @Nullable String reasonAgainst(SealingParameters parameters) {
            asked.add(engine);
            return reason;
        }

        @Override
        public RecordSealer create(SealingParameters parameters, TrafficKeys given)
                throws SealException {
            if (failure != null) {
                throw new SealException(failure, null);
            }
            keys = given;
            return new NamedSealer(engine);
        }
    }

    private record NamedSealer(String engine) implements RecordSealer {
        @Override
        public int plaintextOffset() {
            return 0;
        }

        @Override
        public int bodyLength(int contentLength, int padding) {
            return 0;
        }

        @Override
        public int seal(
                long sequence,
                int contentType,
                ByteBuffer src,
                int srcIndex,
                int length,
                int padding,
                ByteBuffer dst,
                int dstIndex) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void close() {}
    }
}
