package org.sslwrite.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sslwrite.Token;
import org.sslwrite.pkcs11.TokenException;
import org.sslwrite.pkcs11.TokenSelector;
import org.sslwrite.pkcs11.config.TokenConfig;
import org.sslwrite.pkcs11.cryptoki.CryptokiToken.KeyPairKind;
import org.sslwrite.pkcs11.cryptoki.ffi.Ckm;
import org.sslwrite.pkcs11.pin.Pin;
import org.sslwrite.softhsm.FaultyModule;
import org.sslwrite.softhsm.SoftwareToken;
import org.sslwrite.softhsm.SoftwareToken.Kind;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import java.util.logging.StreamHandler;
import java.util.stream.Stream;

/** {@code sslwrite serve} with a token that cannot seal, or not everything. */
@Timeout(120)
class TokenLimitsTest {
    private static final long CKM_AES_GCM = 0x1087;
    private static final long CKM_AES_CBC = 0x1082;

    /** Without these no RSASSA-PSS can be made. */
    private static final List<Long> NO_PSS =
            List.of(
                    Ckm.CKM_RSA_PKCS_PSS,
                    Ckm.CKM_SHA256_RSA_PKCS_PSS,
                    Ckm.CKM_SHA384_RSA_PKCS_PSS,
                    Ckm.CKM_SHA512_RSA_PKCS_PSS,
                    Ckm.CKM_RSA_X_509);

    @TempDir private Path folder;

    /** On the class path {@link CommandLog} is not installed; it prints the same. */
    private static final Logger LOGGER = Logger.getLogger("org.sslwrite");

    private final ByteArrayOutputStream log = new ByteArrayOutputStream();
    private final Handler handler =
            new StreamHandler(log, new SimpleFormatter()) {
                @Override
                public synchronized void publish(LogRecord record) {
                    if (record.getLevel().intValue() >= Level.WARNING.intValue()) {
                        super.publish(record);
                        flush();
                    }
                }
            };
    private SoftwareToken token;
    private FaultyModule faulty;
    private Path config;

    @BeforeEach
    void makeToken() throws TokenException, IOException {
        Programs.assumeToken(Kind.SOFTHSM);
        String reason = FaultyModule.reasonAgainst();
        assumeTrue(reason == null, reason);
        token = SoftwareToken.create(Kind.SOFTHSM);
        faulty = FaultyModule.inFrontOf(token.config().module());
        Path pinFile = folder.resolve("pin");
        TokenConfig known = token.config();
        try (Pin pin = known.pin().pin(known.name())) {
            Files.write(pinFile, pin.utf8());
        }
        Files.setPosixFilePermissions(pinFile, PosixFilePermissions.fromString("rw-------"));
        String label = ((TokenSelector.ByLabel) known.token()).label();
        config =
                Files.writeString(
                        folder.resolve("token.properties"),
                        "module = %s\ntoken-label = %s\npin-source = file:%s\n"
                                .formatted(faulty.library(), label, pinFile));
        LOGGER.addHandler(handler);
    }

    @AfterEach
    void close() {
        LOGGER.removeHandler(handler);
        if (token != null) {
            token.close();
        }
        if (faulty != null) {
            faulty.close();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"cryptoki", "sunpkcs11"})
    void tokenOnlySaysWhatCouldBeSealed(String engine) {
        faulty.hideMechanism(CKM_AES_GCM);
        Cli.Result result =
                Cli.run("serve", "--port", 0, folder, "--config", config, "--engine", engine);
        assertEquals(2, result.exit());
        assertEquals(1, result.err().lines().count(), result.err());
        String line = result.err();
        assertTrue(line.contains("cannot seal TLSv1.3: "), line);
        assertTrue(line.contains("can seal TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256, "), line);
        assertTrue(line.contains("--versions TLSv1.2"), line);
    }

    @Test
    void theAdviceCanBeFollowed() throws InterruptedException {
        faulty.hideMechanism(CKM_AES_GCM);
        try (RunningServer server =
                RunningServer.serve(folder, "--config", config, "--versions", "TLSv1.2")) {
            assertTrue(server.port() > 0);
        }
    }

    @Test
    void tokenThatCanSealNothingCanKeepTheKey() {
        faulty.hideMechanism(CKM_AES_GCM);
        faulty.hideMechanism(CKM_AES_CBC);
        Cli.Result result = Cli.run("serve", "--port", 0, folder, "--config", config);
        assertEquals(2, result.exit());
        assertEquals(1, result.err().lines().count(), result.err());
        assertTrue(result.err().contains("--policy software"), result.err());
    }

    @ParameterizedTest
    @ValueSource(strings = {"cryptoki", "sunpkcs11"})
    void tokenPreferredSaysThatTheTokenCannot(String engine) throws InterruptedException {
        faulty.hideMechanism(CKM_AES_GCM);
        assertWarned("cannot seal TLSv1.3, so software does", engine);
    }

    @Test
    void tokenPreferredSaysThatTheTokenCannotBeReached() throws InterruptedException {
        faulty.fail("C_OpenSession", 0x30);
        assertWarned("it could not be reached: ", "cryptoki");
    }

    /** A key that cannot sign in TLS 1.3 serves TLS 1.2, and that is said. */
    @ParameterizedTest
    @ValueSource(strings = {"cryptoki", "sunpkcs11"})
    void keyWithoutPssServesWhatItCan(String engine) throws Exception {
        Programs.assumeInstalled("curl");
        SoftwareToken.KeyPair key = token.generateKeyPair(KeyPairKind.RSA_2048);
        try (Token signer = Token.of(token.config())) {
            token.storeCertificate(
                    key,
                    signer.selfSigned("localhost", key.selector(), key.publicKey()).certificate());
        }
        Files.writeString(
                config, "key-id = " + key.selector().idHex() + "\n", StandardOpenOption.APPEND);
        NO_PSS.forEach(faulty::hideMechanism);
        Object[] options = {
            "--config", config, "--engine", engine, "--key-in-token", "--policy", "software"
        };
        try (RunningServer server = RunningServer.serve(folder, options)) {
            String said = log.toString(Charset.defaultCharset());
            assertTrue(said.contains("TLSv1.3 is left out, for no identity can sign"), said);
            Process curl =
                    new ProcessBuilder("curl", "-sk", server.url("/token.properties")).start();
            curl.getOutputStream().close();
            assertEquals(Files.size(config), curl.getInputStream().readAllBytes().length);
            assertEquals(0, curl.waitFor());
        }
        Cli.Result refused =
                Cli.run(
                        Stream.of(
                                        Stream.of("serve", "--port", 0, folder),
                                        Stream.of(options),
                                        Stream.of("--versions", "TLSv1.3"))
                                .flatMap(s -> s)
                                .toArray());
        assertEquals(2, refused.exit(), refused.err());
        assertEquals(1, refused.err().lines().count(), refused.err());
        assertTrue(refused.err().contains("--versions TLSv1.2"), refused.err());
    }

    /** At once, and at the end. */
    private void assertWarned(String words, String engine) throws InterruptedException {
        try (RunningServer server =
                RunningServer.serve(
                        folder,
                        "--config",
                        config,
                        "--policy",
                        "token-preferred",
                        "--engine",
                        engine)) {
            String said = log.toString(Charset.defaultCharset());
            assertTrue(said.lines().anyMatch(line -> line.contains(words)), said);
            String statistics = server.stop();
            assertTrue(
                    statistics.contains(
                            "\"not_offloaded\":[{\"suites\":[\"TLS_AES_128_GCM_SHA256\","),
                    statistics);
        }
    }
}
