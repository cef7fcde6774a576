package org.sslwrite.softhsm.failure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.sslwrite.OffloadPolicy;
import org.sslwrite.SslContext;
import org.sslwrite.kit.Data;
import org.sslwrite.kit.Link;
import org.sslwrite.kit.Outcomes;
import org.sslwrite.kit.Scene;
import org.sslwrite.kit.Scene.Role;
import org.sslwrite.pkcs11.TokenException;
import org.sslwrite.pkcs11.TokenRoute;
import org.sslwrite.pkcs11.cryptoki.ffi.Ckr;
import org.sslwrite.protocol.CipherSuite;
import org.sslwrite.seal.SealerChoice;
import org.sslwrite.softhsm.SoftwareToken.Kind;
import org.sslwrite.softhsm.failure.FailingFunctions.Fault;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;

/** Tokens that cannot seal a suite: some say so, some lie; and tokens that only seem so. */
@Timeout(60)
class IncapableTokenTest {
    private static final int SIZE = 5 * 16384;

    /** A mechanism that is listed and does not work; mocks, for no token at hand is like that. */
    private enum Defect {
        REFUSED("C_EncryptInit", Faults.answering(Ckr.CKR_MECHANISM_INVALID)),
        PARAMETERS_REFUSED("C_EncryptInit", Faults.answering(Ckr.CKR_MECHANISM_PARAM_INVALID)),
        GARBAGE("C_Encrypt", Faults.garbage()),
        APPENDED_IV("C_Encrypt", Faults.lyingBy(12)),
        OWN_IV("C_EncryptInit", IncapableTokenTest::withAnotherNonce);

        private final String function;
        private final Fault fault;

        Defect(String function, Fault fault) {
            this.function = function;
            this.fault = fault;
        }
    }

    /** As tokens in FIPS mode do: the nonce is the token's choice, and is given back. */
    private static long withAnotherNonce(Call call, LongSupplier module) {
        long nonce = NativeMemory.ulong(NativeMemory.ulong(call.argument(1) + 8));
        NativeMemory.ulong(nonce, NativeMemory.ulong(nonce) + 1);
        return module.getAsLong();
    }

    @ParameterizedTest
    @EnumSource(Defect.class)
    void tokenOnlyIsRefusedWhenTheContextIsBuilt(Defect defect) throws TokenException {
        try (Rig rig = Rig.mocked(Kind.NSS)) {
            rig.seam().failAlways(defect.function, defect.fault);
            SslContext.Builder builder =
                    Link.builder(Scene.ANY).token(rig.token(), OffloadPolicy.TOKEN_ONLY);
            String message =
                    assertThrows(IllegalArgumentException.class, builder::build).getMessage();
            assertTrue(message.contains(rig.token() + ": "), message);
        }
    }

    @ParameterizedTest
    @EnumSource(Defect.class)
    void softwareSealsUnderTokenPreferred(Defect defect) throws TokenException {
        try (Rig rig = Rig.mocked(Kind.NSS)) {
            rig.seam().failAlways(defect.function, defect.fault);
            SslContext context = rig.context(Scene.ANY, OffloadPolicy.TOKEN_PREFERRED);
            long calls = rig.seam().calls(defect.function);
            for (int i = 0; i < 3; i++) {
                assertEquals(Rig.SOFTWARE, engineOfConnection(context, Family.TLS13_GCM));
            }
            assertEquals(calls, rig.seam().calls(defect.function), "it is known for good");
            assertEquals(0, context.statistics().fallbacks(), "to be unable is not to fail");
            rig.assertNoKeyLeft();
        }
    }

    /** Likewise of the message interface. */
    private enum MessageDefect {
        NO_INIT("C_MessageEncryptInit", Faults.answering(Ckr.CKR_FUNCTION_NOT_SUPPORTED)),
        INIT_FAILS("C_MessageEncryptInit", Faults.answering(Ckr.CKR_DEVICE_ERROR)),
        REFUSED("C_EncryptMessage", Faults.answering(Ckr.CKR_MECHANISM_INVALID)),
        FAILS("C_EncryptMessage", Faults.answering(Ckr.CKR_GENERAL_ERROR)),
        GARBAGE("C_EncryptMessage", Faults.garbage()),
        APPENDED_IV("C_EncryptMessage", Faults.lyingBy(12)),
        OWN_IV("C_EncryptMessage", IncapableTokenTest::withAnotherNonceOfTheMessage);

        private final String function;
        private final Fault fault;

        MessageDefect(String function, Fault fault) {
            this.function = function;
            this.fault = fault;
        }
    }

    private static long withAnotherNonceOfTheMessage(Call call, LongSupplier module) {
        long nonce = NativeMemory.ulong(call.argument(1));
        NativeMemory.ulong(nonce, NativeMemory.ulong(nonce) + 1);
        return module.getAsLong();
    }

    /** C_EncryptInit and C_Encrypt are still there. */
    @ParameterizedTest
    @EnumSource(MessageDefect.class)
    void tokenSealsWithoutMessages(MessageDefect defect) throws TokenException {
        try (Rig rig = Rig.mocked(Kind.NSS, config -> config.messageEncryption(true))) {
            rig.seam().failAlways(defect.function, defect.fault);
            SslContext context = rig.context(Scene.ANY, OffloadPolicy.TOKEN_ONLY);
            long calls = rig.seam().calls(defect.function);
            assertTrue(calls > 0, "it is tried");
            for (int i = 0; i < 3; i++) {
                assertEquals(rig.token().toString(), engineOfConnection(context, Family.TLS13_GCM));
            }
            assertEquals(calls, rig.seam().calls(defect.function), "once");
            assertTrue(rig.seam().calls("C_Encrypt") > 0);
            rig.holdings().assertNoDeadSessionWasUsed();
            rig.assertNoKeyLeft();
        }
    }

    /** It works, but not for one key more. */
    @ParameterizedTest
    @ValueSource(longs = {Ckr.CKR_DEVICE_ERROR, Ckr.CKR_HOST_MEMORY, Ckr.CKR_MECHANISM_INVALID})
    void keyThatMessagesDoNotTakeIsUsedWithoutThem(long code) throws TokenException {
        try (Rig rig = Rig.mocked(Kind.NSS, config -> config.messageEncryption(true))) {
            SslContext context = rig.context(Scene.ANY, OffloadPolicy.TOKEN_ONLY);
            String token = rig.token().toString();
            assertEquals(token, engineOfConnection(context, Family.TLS13_GCM));
            assertEquals(0, rig.seam().calls("C_Encrypt"), "by messages");
            rig.seam().failAlways("C_MessageEncryptInit", Faults.answering(code));
            assertEquals(token, engineOfConnection(context, Family.TLS13_GCM));
            assertTrue(rig.seam().calls("C_Encrypt") > 0, "by calls");
            assertEquals(0, context.statistics().fallbacks());
            rig.assertNoKeyLeft();
        }
    }

    @Test
    void trialThatWasDisturbedIsRepeated() throws TokenException {
        try (Rig rig = Rig.mocked(Kind.NSS, config -> config.messageEncryption(true))) {
            rig.seam()
                    .fail(
                            "C_EncryptMessage",
                            2,
                            1,
                            Faults.answering(Ckr.CKR_SESSION_HANDLE_INVALID));
            SslContext context = rig.context(Scene.ANY, OffloadPolicy.TOKEN_ONLY);
            String token = rig.token().toString();
            assertEquals(token, engineOfConnection(context, Family.TLS13_GCM));
            long calls = rig.seam().calls("C_Encrypt");
            assertEquals(token, engineOfConnection(context, Family.TLS13_GCM));
            assertEquals(calls, rig.seam().calls("C_Encrypt"), "by messages");
            rig.assertNoKeyLeft();
        }
    }

    /** Real: SoftHSM 2.6 has no CKM_CHACHA20_POLY1305. */
    @ParameterizedTest
    @EnumSource(TokenRoute.class)
    void softhsmHasNoChaCha20(TokenRoute engine) throws TokenException {
        Scene scene = Family.TLS13_CHACHA20.scene(Role.CLIENT);
        try (Rig rig = Rig.real(Kind.SOFTHSM, engine)) {
            SslContext.Builder only =
                    Link.builder(scene).token(rig.token(), OffloadPolicy.TOKEN_ONLY);
            String message = assertThrows(IllegalArgumentException.class, only::build).getMessage();
            assertTrue(message.contains(rig.token() + ": "), message);
            assertTrue(message.matches("(?i).*; .*chacha20.*"), message);

            SslContext preferred = rig.context(scene, OffloadPolicy.TOKEN_PREFERRED);
            try (Talk talk = Talk.of(Family.TLS13_CHACHA20, Role.CLIENT, preferred).handshake()) {
                SealerChoice choice = Outcomes.notNull(talk.ssl().statistics().sealer());
                assertEquals(Rig.SOFTWARE, choice.engine());
                SealerChoice.PassedOver passedOver = choice.passedOver().getFirst();
                assertEquals(rig.token().toString(), passedOver.engine());
                assertFalse(passedOver.failed(), "it was never able to");
                assertTrue(passedOver.reason().matches("(?i).*chacha20.*"), passedOver.reason());
            }
            assertEquals(0, preferred.statistics().fallbacks());

            SslContext others =
                    SslContext.builder().token(rig.token(), OffloadPolicy.TOKEN_ONLY).build();
            List<CipherSuite> left = new ArrayList<>(List.of(CipherSuite.values()));
            left.removeIf(suite -> suite.name().contains("CHACHA20"));
            assertEquals(left, others.cipherSuites());
        }
    }

    /** It dies while it is tried out: that is no verdict on what it can do. */
    @ParameterizedTest
    @ValueSource(strings = {"C_EncryptInit", "C_Encrypt", "C_CreateObject"})
    void deathDuringTheTrialIsForgotten(String function) throws TokenException {
        try (Rig rig = Rig.mocked(Kind.NSS)) {
            Fault dead = Faults.answering(Ckr.CKR_DEVICE_REMOVED);
            rig.seam().fail(function, 2, Integer.MAX_VALUE, dead);
            SslContext context = rig.context(Scene.ANY, OffloadPolicy.TOKEN_PREFERRED);
            assertEquals(Rig.SOFTWARE, engineOfConnection(context, Family.TLS13_GCM));
            rig.seam().heal();
            assertSealsWholeRecords(rig, context);
        }
    }

    /** The layout that it knows fails for another reason; the one that it does not, rightly. */
    @Test
    void failureWhileTheLayoutIsFoundIsForgotten() throws TokenException {
        try (Rig rig = Rig.mocked(Kind.NSS)) {
            rig.seam().fail("C_EncryptInit", 1, 1, Faults.answering(Ckr.CKR_FUNCTION_FAILED));
            rig.seam()
                    .fail("C_EncryptInit", 1, 1, Faults.answering(Ckr.CKR_MECHANISM_PARAM_INVALID));
            SslContext context = rig.context(Scene.ANY, OffloadPolicy.TOKEN_PREFERRED);
            assertSealsWholeRecords(rig, context);
        }
    }

    static List<Arguments> transientFailures() {
        List<Arguments> rows = new ArrayList<>();
        for (long code : new long[] {Ckr.CKR_DEVICE_ERROR, Ckr.CKR_GENERAL_ERROR}) {
            for (String function : List.of("C_EncryptInit", "C_Encrypt")) {
                for (int call = 1; call <= 5; call++) {
                    rows.add(Arguments.of(function, call, Ckr.name(code), code));
                }
            }
        }
        return rows;
    }

    /** One failure while a token is tried out must not count against it for ever. */
    @ParameterizedTest(name = "{0} no. {1}: {2}")
    @MethodSource("transientFailures")
    void failureDuringTheTrialIsForgotten(String function, int call, String name, long code)
            throws TokenException {
        try (Rig rig = Rig.mocked(Kind.NSS)) {
            rig.seam().fail(function, call, 1, Faults.answering(code));
            SslContext context = rig.context(Scene.ANY, OffloadPolicy.TOKEN_PREFERRED);
            assertSealsWholeRecords(rig, context);
        }
    }

    private static void assertSealsWholeRecords(Rig rig, SslContext context) {
        Judge.assertRecovered(
                context, Family.TLS13_GCM, OffloadPolicy.TOKEN_PREFERRED, rig.token().toString());
        try (Talk talk = Talk.of(Family.TLS13_GCM, Role.CLIENT, context).handshake()) {
            assertEquals(SIZE, talk.ssl().write(ByteBuffer.wrap(Data.bytes(SIZE))));
            assertEquals(5, talk.ssl().statistics().records(), "whole records");
        }
    }

    private static String engineOfConnection(SslContext context, Family family) {
        try (Talk talk = Talk.of(family, Role.CLIENT, context).handshake()) {
            assertEquals(1, talk.ssl().write(ByteBuffer.allocate(1)));
            return talk.ssl().statistics().sealedBy().getLast().engine();
        }
    }
}
