package org.sslwrite.softhsm.interop;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.bouncycastle.asn1.tsp.MessageImprint;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.tls.TlsProtocol;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.sslwrite.OffloadPolicy;
import org.sslwrite.Ssl;
import org.sslwrite.SslContext;
import org.sslwrite.TlsIdentity;
import org.sslwrite.Token;
import org.sslwrite.pkcs11.KeySelector;
import org.sslwrite.pkcs11.TokenException;
import org.sslwrite.pkcs11.TokenSelector;
import org.sslwrite.pkcs11.config.TokenConfig;
import org.sslwrite.pkcs11.cryptoki.CryptokiToken.KeyPairKind;
import org.sslwrite.pkcs11.key.TokenSigner;
import org.sslwrite.pkcs11.pin.Pin;
import org.sslwrite.pkcs11.pin.PinSource;
import org.sslwrite.protocol.CipherSuite;
import org.sslwrite.softhsm.SoftwareToken;
import org.sslwrite.softhsm.SoftwareToken.Kind;

import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A program of a user's reaches its token with the options of Java that README gives. */
@Timeout(120)
class ModulePathTest {
    private static final String PIN = "SSLWRITE_TEST_PIN";

    private static SoftwareToken software;
    private static SoftwareToken.KeyPair key;

    @BeforeAll
    static void makeToken() throws Exception {
        String reason = SoftwareToken.reasonAgainst(Kind.SOFTHSM);
        assumeTrue(reason == null, reason);
        software = SoftwareToken.create(Kind.SOFTHSM);
        key = software.generateKeyPair(KeyPairKind.EC_P256);
        try (Token signer = Token.of(software.config())) {
            TlsIdentity made = signer.selfSigned("localhost", key.selector(), key.publicKey());
            software.storeCertificate(key, made.certificate());
        }
    }

    @AfterAll
    static void close() {
        if (software != null) {
            software.close();
        }
    }

    /** The program: signs with the token's key, and has the token seal. */
    static final class Program {
        private Program() {}

        public static void main(String[] arguments) throws Exception {
            TokenConfig config =
                    TokenConfig.builder()
                            .module(Path.of(arguments[0]))
                            .token(new TokenSelector.ByLabel(arguments[1]))
                            .key(new KeySelector(arguments[2], null))
                            .pin(PinSource.environment(PIN))
                            .build();
            try (Token token = Token.of(config)) {
                SslContext context =
                        SslContext.builder()
                                .identity(token.identity())
                                .token(token, OffloadPolicy.TOKEN_PREFERRED)
                                .build();
                System.out.println(
                        Ssl.class.getModule().isNamed()
                                + " "
                                + token.identity()
                                + " "
                                + context.sealerFor(CipherSuite.TLS_AES_128_GCM_SHA256));
            }
        }
    }

    private static String pathOf(Class<?>... types) {
        return Stream.of(types)
                .map(ModulePathTest::placeOf)
                .collect(Collectors.joining(File.pathSeparator));
    }

    private static String placeOf(Class<?> type) {
        try {
            return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI())
                    .toString();
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    /** As README has it: what names the modules, and what names the class path. */
    private static List<String> namesForNativeAccess() throws IOException {
        Matcher said =
                Pattern.compile(
                                "`--enable-native-access=([a-z0-9.,]+)` \\(on the class path:"
                                        + " `([A-Z-]+)`\\)")
                        .matcher(Files.readString(Path.of("../README.md")));
        assertTrue(said.find(), "README says how to start Java");
        return List.of(said.group(1), said.group(2));
    }

    private static String run(String nativeAccess, String... paths) throws Exception {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("--illegal-native-access=deny");
        command.add("--enable-native-access=" + nativeAccess);
        command.addAll(List.of(paths));
        command.add(Program.class.getName());
        command.add(software.config().module().toString());
        command.add(((TokenSelector.ByLabel) software.config().token()).label());
        command.add(key.selector().label());
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().putAll(software.environment());
        builder.environment().put(PIN, pin());
        Process process = builder.start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        return said;
    }

    private static String pin() throws TokenException {
        try (Pin pin = software.config().pin().pin(software.toString())) {
            return String.valueOf(pin.chars());
        }
    }

    private static String runOnTheModulePath(String nativeAccess) throws Exception {
        String libraries =
                pathOf(
                        Ssl.class,
                        TokenConfig.class,
                        TokenSigner.class,
                        BouncyCastleProvider.class,
                        PEMParser.class,
                        TlsProtocol.class,
                        MessageImprint.class);
        return run(
                nativeAccess,
                "--module-path",
                libraries,
                "--add-modules",
                "org.sslwrite",
                "--class-path",
                pathOf(ModulePathTest.class));
    }

    @Test
    void onTheModulePath() throws Exception {
        String said = runOnTheModulePath(namesForNativeAccess().getFirst());
        assertTrue(said.contains("true TlsIdentity[CN=localhost] "), said);
    }

    @Test
    void tokenSaysWhatIsMissing() throws Exception {
        String said = runOnTheModulePath("org.sslwrite");
        assertTrue(said.contains("enable-native-access"), said);
    }

    @Test
    void onTheClassPath() throws Exception {
        String said =
                run(
                        namesForNativeAccess().getLast(),
                        "--class-path",
                        System.getProperty("java.class.path"));
        assertTrue(said.contains("false TlsIdentity[CN=localhost] "), said);
    }
}
