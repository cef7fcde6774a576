package org.sslwrite.softhsm;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.sslwrite.pkcs11.TokenException;
import org.sslwrite.pkcs11.TokenSelector;
import org.sslwrite.pkcs11.config.TokenConfig;
import org.sslwrite.pkcs11.cryptoki.CryptokiToken.KeyPairKind;
import org.sslwrite.pkcs11.cryptoki.HmacOperation;
import org.sslwrite.pkcs11.cryptoki.TokenConnection;
import org.sslwrite.pkcs11.cryptoki.ffi.Ckm;
import org.sslwrite.pkcs11.pin.Pin;
import org.sslwrite.pkcs11.vendor.Vendor;
import org.sslwrite.pkcs11.vendor.VendorCatalogue;
import org.sslwrite.softhsm.SoftwareToken.KeyPair;
import org.sslwrite.softhsm.SoftwareToken.Kind;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Throw-away tokens come, work, and are gone. */
class SoftwareTokenTest {
    @BeforeEach
    void requireLibraries() {
        for (Kind kind : Kind.values()) {
            String reason = SoftwareToken.reasonAgainst(kind);
            assumeTrue(reason == null, reason);
        }
    }

    /** A known answer, so that the token is seen to work and not only to be there. */
    private static void assertWorks(TokenConfig config)
            throws TokenException, GeneralSecurityException {
        byte[] key = "a key of thirty-two bytes, or 256".getBytes(StandardCharsets.US_ASCII);
        byte[] message = "a message".getBytes(StandardCharsets.US_ASCII);
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(key, "HmacSHA256"));
        try (TokenConnection connection = new TokenConnection(config);
                HmacOperation hmac = connection.token().hmac(Ckm.CKM_SHA256_HMAC, key);
                Arena arena = Arena.ofConfined()) {
            MemorySegment in = arena.allocateFrom(ValueLayout.JAVA_BYTE, message);
            MemorySegment out = arena.allocate(32);
            hmac.sign(in.address(), message.length, out.address());
            assertArrayEquals(mac.doFinal(message), out.toArray(ValueLayout.JAVA_BYTE));
        }
    }

    private static Path directoryOf(SoftwareToken token) {
        Path directory = token.tokenDirectory();
        assertNotNull(directory);
        return directory;
    }

    private static String labelOf(SoftwareToken token) {
        return assertInstanceOfLabel(token.config().token());
    }

    private static String assertInstanceOfLabel(TokenSelector selector) {
        return selector instanceof TokenSelector.ByLabel(String label) ? label : "no label";
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void aTokenWorks(Kind kind) throws Exception {
        try (SoftwareToken token = SoftwareToken.create(kind)) {
            assertEquals(kind, token.kind());
            assertWorks(token.config());
        }
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void keysLiveInTheTokenAndSign(Kind kind) throws Exception {
        try (SoftwareToken token = SoftwareToken.create(kind)) {
            for (KeyPairKind keyKind : KeyPairKind.values()) {
                KeyPair key = token.generateKeyPair(keyKind);
                X509Certificate certificate = SelfSignedCertificate.of(token, key);
                certificate.verify(key.publicKey());
                token.storeCertificate(key, certificate);
                try (TokenConnection connection = new TokenConnection(token.config())) {
                    assertEquals(List.of(certificate), connection.certificates(key.selector()));
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void keysAreGoneWithTheToken(Kind kind) throws Exception {
        KeyPair key;
        try (SoftwareToken token = SoftwareToken.create(kind)) {
            key = token.generateKeyPair(KeyPairKind.EC_P256);
        }
        try (SoftwareToken next = SoftwareToken.create(kind);
                TokenConnection connection = new TokenConnection(next.config())) {
            assertThrows(TokenException.class, () -> connection.privateKey(key.selector()));
        }
    }

    @Test
    void twoSofthsmTokensHaveLabelPinAndDirectoryOfTheirOwn() throws Exception {
        try (SoftwareToken one = SoftwareToken.create(Kind.SOFTHSM);
                SoftwareToken two = SoftwareToken.create(Kind.SOFTHSM)) {
            assertNotEquals(labelOf(one), labelOf(two));
            assertTrue(labelOf(one).matches("sslwrite-[0-9a-f]{8}"), labelOf(one));
            assertNotEquals(directoryOf(one), directoryOf(two));
            assertWorks(one.config());
            assertWorks(two.config());
            TokenConfig crossed = one.config().toBuilder().pin(two.config().pin()).build();
            TokenException refused =
                    assertThrows(
                            TokenException.class,
                            () -> {
                                try (TokenConnection connection = new TokenConnection(crossed)) {
                                    connection.token();
                                }
                            });
            assertTrue(
                    String.valueOf(refused.getMessage()).contains("CKR_PIN_INCORRECT"),
                    refused.getMessage());
        }
    }

    @Test
    void onlyItsUserCanReadIt() throws Exception {
        try (SoftwareToken token = SoftwareToken.create(Kind.SOFTHSM)) {
            Path home = Path.of(token.environment().get("SOFTHSM2_CONF")).getParent();
            assertTrue(directoryOf(token).startsWith(home), home.toString());
            for (Path directory : List.of(home, home.resolve("tokens"), directoryOf(token))) {
                String mode =
                        PosixFilePermissions.toString(Files.getPosixFilePermissions(directory));
                assertEquals("rwx------", mode, directory.toString());
            }
        }
    }

    @Test
    void aClosedTokenIsGoneAndTheOtherIsNot() throws Exception {
        SoftwareToken one = SoftwareToken.create(Kind.SOFTHSM);
        try (SoftwareToken two = SoftwareToken.create(Kind.SOFTHSM)) {
            TokenConfig config = one.config();
            one.close();
            one.close();
            assertFalse(Files.exists(directoryOf(one)));
            assertThrows(TokenException.class, () -> config.pin().pin("the token"));
            assertThrows(TokenException.class, () -> assertWorks(config));
            assertWorks(two.config());
        }
    }

    @Test
    void theLastTokenTakesTheWholeDirectoryAlongAndAnotherCanCome() throws Exception {
        Path home;
        try (SoftwareToken token = SoftwareToken.create(Kind.SOFTHSM)) {
            home = Path.of(token.environment().get("SOFTHSM2_CONF")).getParent();
        }
        assertFalse(Files.exists(home), home.toString());
        try (SoftwareToken token = SoftwareToken.create(Kind.SOFTHSM)) {
            assertTrue(directoryOf(token).startsWith(home), home.toString());
            assertWorks(token.config());
        }
        assertFalse(Files.exists(home), home.toString());
    }

    @Test
    void aTokenWhoseDirectoryIsDeletedCanBeClosed() throws Exception {
        try (SoftwareToken token = SoftwareToken.create(Kind.SOFTHSM)) {
            assertWorks(token.config());
            DirectoryTree.delete(directoryOf(token));
        }
        try (SoftwareToken token = SoftwareToken.create(Kind.SOFTHSM)) {
            assertWorks(token.config());
        }
    }

    @Test
    void thePinIsNowhereToBeRead() throws Exception {
        try (SoftwareToken token = SoftwareToken.create(Kind.SOFTHSM);
                Pin pin = token.config().pin().pin("the token")) {
            assertNotNull(pin);
            String secret = new String(pin.chars());
            String told = token + " " + token.config() + " " + token.environment();
            assertFalse(told.contains(secret));
            Path home = Path.of(token.environment().get("SOFTHSM2_CONF")).getParent();
            try (Stream<Path> files = Files.walk(home).filter(Files::isRegularFile)) {
                for (Path file : files.toList()) {
                    String content =
                            new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
                    assertFalse(content.contains(secret), file.toString());
                }
            }
        }
    }

    @Test
    void nssNeedsNoDirectoryAndNoPin() throws Exception {
        try (SoftwareToken token = SoftwareToken.create(Kind.NSS)) {
            assertNull(token.tokenDirectory());
            assertEquals(Map.of(), token.environment());
            assertNull(token.config().pin().pin("the token"));
            assertEquals("NSS Generic Crypto Services", labelOf(token));
        }
    }

    @Test
    void manyThreadsCanMakeTokensAtOnce() throws Exception {
        Callable<List<String>> making =
                () -> {
                    List<String> labels = new ArrayList<>();
                    for (int i = 0; i < 3; i++) {
                        try (SoftwareToken token = SoftwareToken.create(Kind.SOFTHSM)) {
                            assertWorks(token.config());
                            labels.add(labelOf(token));
                        }
                    }
                    return labels;
                };
        Set<String> labels = new HashSet<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
            for (Future<List<String>> made :
                    threads.invokeAll(List.of(making, making, making, making))) {
                labels.addAll(made.get(60, TimeUnit.SECONDS));
            }
        }
        assertEquals(12, labels.size());
    }

    @Test
    void anotherProgramSeesTheTokenIfItIsTold() throws Exception {
        try (SoftwareToken token = SoftwareToken.create(Kind.SOFTHSM)) {
            ProcessBuilder builder = new ProcessBuilder("softhsm2-util", "--show-slots");
            builder.redirectErrorStream(true).environment().putAll(token.environment());
            Process process = builder.start();
            String output =
                    new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertTrue(output.contains(labelOf(token)), output);
        }
    }

    @Test
    void anotherProcessHasItsOwnAndLeavesNothingBehindWhenItIsEnded() throws Exception {
        try (SoftwareToken ours = SoftwareToken.create(Kind.SOFTHSM);
                OtherProcess other = OtherProcess.start("hold", Map.of())) {
            Path directory = Path.of(other.line());
            assertTrue(Files.isDirectory(directory), directory.toString());
            Path home = directory.getParent().getParent();
            assertFalse(directoryOf(ours).startsWith(home));
            other.terminate();
            assertFalse(Files.exists(home), home.toString());
            assertWorks(ours.config());
        }
    }

    @Test
    void somebodyElsesTokensAreNotTouched(@TempDir Path theirs) throws Exception {
        Path tokens = Files.createDirectory(theirs.resolve("tokens"));
        Path configuration = theirs.resolve("softhsm2.conf");
        Files.writeString(configuration, "directories.tokendir = " + tokens + "\n");
        try (OtherProcess other =
                OtherProcess.start(
                        "come-late", Map.of("SOFTHSM2_CONF", configuration.toString()))) {
            String said = other.line();
            assertTrue(said.contains("somebody else's configuration"), said);
        }
        try (Stream<Path> left = Files.list(tokens)) {
            assertEquals(List.of(), left.toList());
        }
    }

    @Test
    void theirConfigurationIsOverruledIfWeComeFirst(@TempDir Path theirs) throws Exception {
        Path configuration = theirs.resolve("softhsm2.conf");
        Files.writeString(configuration, "directories.tokendir = /nowhere\n");
        try (OtherProcess other =
                OtherProcess.start("create", Map.of("SOFTHSM2_CONF", configuration.toString()))) {
            String said = other.line();
            assertTrue(said.startsWith("made SoftHSM2 token \"sslwrite-"), said);
        }
    }

    @Test
    void aPathThatSofthsmCannotReadIsRefused(@TempDir Path temporary) throws Exception {
        Path odd = Files.createDirectory(temporary.resolve("no#1"));
        try (OtherProcess other =
                OtherProcess.start("create", Map.of(), "-Djava.io.tmpdir=" + odd)) {
            String said = other.line();
            assertTrue(said.contains("set java.io.tmpdir"), said);
        }
    }

    @Test
    void aMissingLibrarySaysHowToGetIt() throws Exception {
        for (Kind kind : Kind.values()) {
            Vendor there = SoftwareLibrary.of(kind).vendor();
            Vendor gone = withoutLibrary(there);
            SoftwareLibrary library =
                    new SoftwareLibrary(gone, SoftwareLibrary.of(kind).installation());
            String reason = library.reasonAgainst();
            assertNotNull(reason);
            for (String hint : List.of("apt-get install", "dnf install", "brew install")) {
                assertTrue(reason.contains(hint), reason);
            }
            TokenException e = assertThrows(TokenException.class, library::path);
            assertEquals(reason, e.getMessage());
        }
    }

    private static Vendor withoutLibrary(Vendor vendor) {
        return new Vendor(
                vendor.id(),
                vendor.name(),
                Map.of(),
                new EnumMap<>(Vendor.Capability.class),
                List.of(),
                List.of(),
                vendor.defaults(),
                vendor.install());
    }

    @Test
    void theCatalogueKnowsBoth() throws IOException {
        assertNotNull(VendorCatalogue.find(SoftwareLibrary.of(Kind.SOFTHSM).vendor()));
        assertNotNull(VendorCatalogue.find(SoftwareLibrary.of(Kind.NSS).vendor()));
    }
}
