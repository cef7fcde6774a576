package org.sslwrite.bench.yardstick;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.sslwrite.bench.engine.AbsentException;
import org.sslwrite.bench.yardstick.TokenLoop.Target;
import org.sslwrite.bench.yardstick.TokenLoop.Way;
import org.sslwrite.pkcs11.cryptoki.TokenConnection;
import org.sslwrite.pkcs11.cryptoki.ffi.TokenInfo;
import org.sslwrite.pkcs11.pin.Pin;
import org.sslwrite.protocol.CipherSuite;
import org.sslwrite.softhsm.SoftwareToken;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** The programs that are no TLS library. */
class YardstickTest {
    private static final Duration SHORT = Duration.ofMillis(20);

    @Test
    void opensslSpeedGivesATime() throws Exception {
        String version = OpensslSpeed.version();
        Assumptions.assumeTrue(version != null, "openssl is not installed");
        Assumptions.assumeTrue(
                version.startsWith("OpenSSL "),
                () -> "openssl is not installed: " + version + " cannot measure so");
        double time = OpensslSpeed.measure(CipherSuite.TLS_AES_128_GCM_SHA256, 16384);
        assertTrue(time > 100 && time < 10_000_000, () -> time + " ns");
    }

    @Test
    void opensslSpeedHasNoCbc() {
        assertThrows(
                AbsentException.class,
                () ->
                        OpensslSpeed.measure(
                                CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA, 16384));
    }

    @Test
    void programThatIsNotThereIsNamed() {
        AbsentException e =
                assertThrows(
                        AbsentException.class,
                        () ->
                                Program.run(
                                        List.of("no-such-program"), Map.of(), new byte[0], SHORT));
        assertEquals("no-such-program is not installed", e.getMessage());
    }

    @ParameterizedTest
    @EnumSource(SoftwareToken.Kind.class)
    void loopMeasuresATokenAndIsChecked(SoftwareToken.Kind kind) throws Exception {
        try (TokenLoop loop = compiled();
                SoftwareToken token = token(kind);
                Pin pin = token.config().pin().pin("test")) {
            Target target = target(token, pin);
            for (int size : List.of(0, 64, 16384)) {
                List<Double> times = loop.measure(target, Way.CALL, size, SHORT, 2);
                assertEquals(2, times.size());
                assertTrue(times.getFirst() > 50, times::toString);
            }
        }
    }

    @Test
    void loopUsesMessagesWhereTheyAre() throws Exception {
        try (TokenLoop loop = compiled();
                SoftwareToken token = token(SoftwareToken.Kind.NSS);
                Pin pin = token.config().pin().pin("test")) {
            assertEquals(2, loop.measure(target(token, pin), Way.MESSAGE, 64, SHORT, 2).size());
        }
    }

    @Test
    void loopSaysWhyItCannot() throws Exception {
        try (TokenLoop loop = compiled();
                SoftwareToken token = token(SoftwareToken.Kind.SOFTHSM);
                Pin pin = token.config().pin().pin("test")) {
            Target target = target(token, pin);
            assertReason(
                    "token_loop ended with code 1: the module has no interface of PKCS#11 3.0: 0x0",
                    loop,
                    target,
                    Way.MESSAGE);
            assertReason(
                    "token_loop ended with code 1: there is no token \"other\" with serial number"
                            + " \"1\"",
                    loop,
                    new Target(token.config(), "other", "1", pin, token.environment()),
                    Way.CALL);
        }
    }

    private static void assertReason(String reason, TokenLoop loop, Target target, Way way) {
        AbsentException e =
                assertThrows(AbsentException.class, () -> loop.measure(target, way, 64, SHORT, 1));
        assertEquals(reason, e.getMessage());
    }

    private static TokenLoop compiled() throws IOException, InterruptedException {
        try {
            return TokenLoop.compile();
        } catch (AbsentException e) {
            return Assumptions.abort(e.getMessage());
        }
    }

    private static SoftwareToken token(SoftwareToken.Kind kind) throws Exception {
        String reason = SoftwareToken.reasonAgainst(kind);
        Assumptions.assumeTrue(reason == null, reason);
        return SoftwareToken.create(kind);
    }

    private static Target target(SoftwareToken token, Pin pin) throws Exception {
        try (TokenConnection connection = new TokenConnection(token.config())) {
            TokenInfo info = connection.token().info();
            return new Target(
                    token.config(), info.label(), info.serial(), pin, token.environment());
        }
    }
}
