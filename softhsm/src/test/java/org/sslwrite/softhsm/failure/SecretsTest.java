package org.sslwrite.softhsm.failure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import jdk.jfr.Recording;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.sslwrite.OffloadPolicy;
import org.sslwrite.Ssl;
import org.sslwrite.SslContext;
import org.sslwrite.SslFailure;
import org.sslwrite.SslReason;
import org.sslwrite.Token;
import org.sslwrite.kit.Link;
import org.sslwrite.kit.Outcomes;
import org.sslwrite.kit.Scene;
import org.sslwrite.kit.Scene.Role;
import org.sslwrite.pkcs11.TokenException;
import org.sslwrite.pkcs11.TokenRoute;
import org.sslwrite.pkcs11.config.TokenConfig;
import org.sslwrite.pkcs11.cryptoki.ffi.Ckr;
import org.sslwrite.pkcs11.pin.Pin;
import org.sslwrite.pkcs11.pin.PinSource;
import org.sslwrite.softhsm.SoftwareToken;
import org.sslwrite.softhsm.SoftwareToken.Kind;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collection;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;

/**
 * A token is used, fails in every way, and is used again; nothing of that is told with a PIN, a
 * traffic key or plaintext in it: no log, no flight recording, no exception, no object.
 */
@Timeout(60)
class SecretsTest {
    private static final String PLAINTEXT = "the plaintext that nobody else may see";
    private static final String WRONG_PIN = "wrong-PIN-7391";

    @TempDir private Path folder;

    private final List<Logger> loggers = List.of(Rig.LOG, Logger.getLogger(""));
    private final List<Level> levels = loggers.stream().map(Logger::getLevel).toList();
    private final StringBuffer log = new StringBuffer();
    private final Handler handler = new Memory();
    private final PrintStream err = System.err;
    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();

    /** What was said by any object or exception, line by line. */
    private final Set<String> said = new LinkedHashSet<>();

    private final class Memory extends Handler {
        Memory() {
            setFormatter(new SimpleFormatter());
            setLevel(Level.ALL);
        }

        @Override
        public void publish(LogRecord record) {
            log.append(getFormatter().format(record));
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    }

    @BeforeEach
    void listen() {
        for (Logger logger : loggers) {
            logger.setLevel(Level.ALL);
            logger.addHandler(handler);
        }
        System.setErr(new PrintStream(printed, true, StandardCharsets.UTF_8));
    }

    @AfterEach
    void listenNoMore() {
        System.setErr(err);
        for (int i = 0; i < loggers.size(); i++) {
            loggers.get(i).removeHandler(handler);
            loggers.get(i).setLevel(levels.get(i));
        }
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void nothingTellsASecret(Kind kind) throws Exception {
        Path recorded = folder.resolve("events.jfr");
        try (Rig rig = Rig.mocked(kind, config -> config.callTimeout(Duration.ofMillis(400)));
                Rig sun = Rig.real(kind, TokenRoute.SUNPKCS11);
                Recording recording = new Recording()) {
            recording.enable("org.sslwrite.Record");
            recording.start();
            for (OffloadPolicy policy :
                    List.of(OffloadPolicy.TOKEN_ONLY, OffloadPolicy.TOKEN_PREFERRED)) {
                useAndBreak(rig, policy);
                useAndHarm(sun, policy);
            }
            refuseThePin(kind);
            recording.stop();
            recording.dump(recorded);

            List<byte[]> secrets = new ArrayList<>(rig.trafficKeys());
            assertTrue(secrets.size() > 20, "keys are known");
            secrets.addAll(sun.trafficKeys());
            secrets.removeIf(key -> Arrays.equals(key, new byte[key.length])); // a trial's
            secrets.add(bytes(PLAINTEXT));
            secrets.add(bytes(WRONG_PIN));
            secrets.addAll(pin(rig.config()));
            secrets.addAll(pin(sun.config()));
            for (byte[] told : told(recorded)) {
                assertTellsNone(told, secrets);
            }
        }
    }

    private static Collection<byte[]> pin(TokenConfig config) throws TokenException {
        try (Pin pin = config.pin().pin("a test")) {
            return pin == null ? List.of() : List.of(pin.utf8());
        }
    }

    private List<byte[]> told(Path recorded) throws IOException {
        byte[] events = Files.readAllBytes(recorded);
        String words = String.join("\n", said);
        for (String expected : List.of("CKR_DEVICE_ERROR", "no answer within")) {
            assertTrue(contains(events, bytes(expected)), "recorded: " + expected);
            assertTrue(log.indexOf(expected) >= 0, "logged: " + expected);
            assertTrue(words.contains(expected), "said: " + expected);
        }
        return List.of(events, bytes(log.toString()), bytes(words), printed.toByteArray());
    }

    /** Without a watch in between, so that all that seals can be asked. */
    private static SslContext context(Rig rig, Family family, OffloadPolicy policy) {
        return Rig.builder(family.scene(Role.CLIENT)).token(rig.token(), policy).build();
    }

    private void useAndBreak(Rig rig, OffloadPolicy policy) {
        for (Family family : List.of(Family.TLS13_GCM, Family.CBC_MTE_SHA256)) {
            SslContext context = context(rig, family, policy);
            Judge.assertRecovered(context, family, policy, rig.token().toString());
            for (String function : List.of("C_EncryptInit", "C_Encrypt", "C_CreateObject")) {
                rig.seam().failAlways(function, Faults.answeringAfterwards(Ckr.CKR_DEVICE_ERROR));
                use(rig, context, family);
                rig.seam().heal();
                Judge.assertRecovered(context, family, policy, rig.token().toString());
            }
            rig.seam().failNext("C_Encrypt", Faults.lyingBy(1));
            use(rig, context, family);
        }
        SslContext context = context(rig, Family.TLS13_GCM, policy);
        Hang hang = new Hang();
        rig.seam().failNext("C_Encrypt", hang);
        use(rig, context, Family.TLS13_GCM);
        hang.release();
    }

    private void useAndHarm(Rig rig, OffloadPolicy policy) {
        SslContext context = rig.context(Scene.ANY, policy);
        use(rig, context, Family.TLS13_GCM);
        for (Harm harm : Harm.values()) {
            try (Talk talk = Talk.of(Family.TLS13_GCM, Role.CLIENT, context).handshake()) {
                harm.strike(rig);
                write(talk.ssl());
                hear(talk.ssl(), context, rig.token());
            }
            Judge.assertRecovered(context, Family.TLS13_GCM, policy, rig.token().toString());
        }
    }

    private void use(Rig rig, SslContext context, Family family) {
        try (Talk talk = Talk.of(family, Role.CLIENT, context)) {
            if (talk.shakeHands() == 1) {
                write(talk.ssl());
            }
            hear(talk.ssl(), context, rig.token(), rig.config(), rig.module());
        }
    }

    private static void write(Ssl ssl) {
        ssl.write(ByteBuffer.wrap(bytes(PLAINTEXT)));
    }

    private void hear(Ssl ssl, Object... others) {
        say(Words.of(ssl, ssl.failure(), ssl.statistics(), ssl.session()));
        say(Words.of(others));
        for (Object other : others) {
            if (other instanceof SslContext context) {
                say(Words.of(context.statistics(), context.sealerFor(Scene.ANY.suite())));
            }
        }
    }

    private void say(String words) {
        words.lines().forEach(said::add);
    }

    private void refuseThePin(Kind kind) throws TokenException {
        if (kind == Kind.NSS) {
            return; // its token without a database has no PIN
        }
        PinSource wrong = PinSource.of(WRONG_PIN.toCharArray());
        try (Rig rig = Rig.mocked(kind, config -> config.pin(wrong))) {
            SslContext.Builder builder =
                    Link.builder(Scene.ANY).token(rig.token(), OffloadPolicy.TOKEN_ONLY);
            say(Words.of(assertThrows(IllegalArgumentException.class, builder::build)));
            TokenException refused = assertThrows(TokenException.class, rig.token()::open);
            say(Words.of(refused, rig.token(), wrong, rig.config().toBuilder()));
        }
        TokenConfig sun =
                TokenConfig.builder()
                        .module(Outcomes.notNull(pathOf(kind)))
                        .pin(wrong)
                        .engine(TokenRoute.SUNPKCS11)
                        .build();
        try (Token token = Token.of(sun)) {
            say(Words.of(assertThrows(TokenException.class, token::open), token));
        }
    }

    private static Path pathOf(Kind kind) throws TokenException {
        try (SoftwareToken token = SoftwareToken.create(kind)) {
            return token.config().module();
        }
    }

    /** As it is, or as people and programs write bytes. */
    private static void assertTellsNone(byte[] told, List<byte[]> secrets) {
        for (byte[] secret : secrets) {
            String hex = HexFormat.of().formatHex(secret);
            String list = Arrays.toString(secret);
            for (byte[] form :
                    List.of(
                            secret,
                            bytes(hex),
                            bytes(hex.toUpperCase(Locale.ROOT)),
                            bytes(HexFormat.ofDelimiter(":").formatHex(secret)),
                            Base64.getEncoder().withoutPadding().encode(secret),
                            bytes(list.substring(1, list.length() - 1)))) {
                assertFalse(contains(told, form), "a secret of " + secret.length + " bytes");
            }
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static boolean contains(byte[] all, byte[] part) {
        String text = new String(all, StandardCharsets.ISO_8859_1);
        return text.contains(new String(part, StandardCharsets.ISO_8859_1));
    }

    /** The search finds what is there. */
    @Test
    void searchFindsSecrets() {
        byte[] key = HexFormat.of().parseHex("000102030405060708090a0b0c0d0e0f");
        Exception teller = new IllegalStateException("key 000102030405060708090A0B0C0D0E0F");
        Exception told = new Exception("all is well", teller);
        String words = Words.of(List.of(new SslFailure(SslReason.SEAL_FAILED, "nothing", told)));
        assertThrows(AssertionError.class, () -> assertTellsNone(bytes(words), List.of(key)));
        assertTellsNone(bytes("no secret"), List.of(key));
        assertEquals("", Words.of(1, new Object()));
    }
}
