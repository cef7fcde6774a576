package org.sslwrite.softhsm.sun;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.sslwrite.pkcs11.KeySelector;
import org.sslwrite.pkcs11.TokenException;
import org.sslwrite.pkcs11.config.TokenConfig;
import org.sslwrite.pkcs11.cryptoki.CryptokiModule;
import org.sslwrite.pkcs11.cryptoki.CryptokiToken;
import org.sslwrite.pkcs11.cryptoki.CryptokiToken.KeyPairKind;
import org.sslwrite.pkcs11.cryptoki.TokenConnection;
import org.sslwrite.pkcs11.cryptoki.ffi.CryptokiFunctions;
import org.sslwrite.pkcs11.key.TokenPrivateKey;
import org.sslwrite.pkcs11.key.TokenSignatures;
import org.sslwrite.pkcs11.sun.SunPkcs11;
import org.sslwrite.softhsm.SoftwareToken;
import org.sslwrite.softhsm.SoftwareToken.KeyPair;
import org.sslwrite.softhsm.SoftwareToken.Kind;
import org.sslwrite.softhsm.SunCleaner;
import org.sslwrite.softhsm.junit.WithToken;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PublicKey;
import java.security.Signature;
import java.security.SignatureException;
import java.security.cert.X509Certificate;
import java.security.spec.AlgorithmParameterSpec;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.stream.Stream;

@WithToken(Kind.SOFTHSM)
class SunKeysTest {
    private static final byte[] MESSAGE = "a transcript".getBytes(StandardCharsets.US_ASCII);
    private static final Map<KeyPairKind, KeyPair> KEYS = new EnumMap<>(KeyPairKind.class);
    private static final Map<KeyPairKind, X509Certificate> CERTIFICATES =
            new EnumMap<>(KeyPairKind.class);

    private final SoftwareToken token;

    SunKeysTest(SoftwareToken token) {
        this.token = token;
    }

    @BeforeAll
    static void generateKeys(SoftwareToken token) throws Exception {
        TestCertificates authority = new TestCertificates();
        for (KeyPairKind kind : KeyPairKind.values()) {
            KeyPair key = token.generateKeyPair(kind);
            X509Certificate certificate = authority.of(kind.name(), key.publicKey());
            token.storeCertificate(key, certificate);
            KEYS.put(kind, key);
            CERTIFICATES.put(kind, certificate);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "RSA_2048, RSA, RSASSA-PSS, SHA-256, 32",
        "RSA_2048, RSA, RSASSA-PSS, SHA-384, 48",
        "RSA_2048, RSA, SHA256withRSA, ,",
        "RSA_2048, RSA, SHA384withRSA, ,",
        "EC_P256, EC, SHA256withECDSA, ,",
        "EC_P384, EC, SHA384withECDSA, ,",
    })
    void signs(
            KeyPairKind kind,
            String keyAlgorithm,
            String algorithm,
            @Nullable String hash,
            @Nullable Integer saltLength)
            throws Exception {
        AlgorithmParameterSpec parameters = pss(hash, saltLength);
        try (SunPkcs11 sun = new SunPkcs11(token.config())) {
            TokenPrivateKey key = sun.privateKey(key(kind).selector());
            assertEquals(keyAlgorithm, key.getAlgorithm());
            assertNull(key.getEncoded());
            byte[] signature = sign(key, algorithm, parameters);
            assertVerifies(key(kind).publicKey(), algorithm, parameters, signature);
            assertEquals(
                    List.of(Objects.requireNonNull(CERTIFICATES.get(kind))),
                    sun.certificates(key(kind).selector()));
        }
    }

    @Test
    void keyIsFoundByLabelAndById() throws Exception {
        KeySelector both = key(KeyPairKind.EC_P256).selector();
        try (SunPkcs11 sun = new SunPkcs11(token.config())) {
            for (KeySelector selector :
                    List.of(
                            both,
                            new KeySelector(both.label(), null),
                            new KeySelector(null, both.idHex()))) {
                byte[] signature = sign(sun.privateKey(selector), "SHA256withECDSA", null);
                assertVerifies(
                        key(KeyPairKind.EC_P256).publicKey(), "SHA256withECDSA", null, signature);
            }
        }
    }

    @Test
    void keysThatAreNotThereAreNamed() throws Exception {
        try (SunPkcs11 sun = new SunPkcs11(token.config())) {
            for (KeySelector selector :
                    List.of(
                            KeySelector.byLabel("nowhere"),
                            KeySelector.byId(new byte[] {1, 2, 3}),
                            new KeySelector(
                                    key(KeyPairKind.EC_P256).selector().label(),
                                    key(KeyPairKind.EC_P384).selector().idHex()))) {
                TokenException e =
                        assertThrows(TokenException.class, () -> sun.privateKey(selector));
                assertTrue(String.valueOf(e.getMessage()).contains(token.config().name()));
            }
        }
    }

    @Test
    void sharedLabelOfCertificatesDoesNotMixKeysUp() throws Exception {
        TestCertificates authority = new TestCertificates();
        KeyPair one = token.generateKeyPair(KeyPairKind.EC_P256);
        KeyPair other = token.generateKeyPair(KeyPairKind.EC_P256);
        for (KeyPair key : List.of(one, other)) {
            KeySelector named = new KeySelector("same", key.selector().idHex());
            token.storeCertificate(
                    new KeyPair(named, key.publicKey()), authority.of("same", key.publicKey()));
        }
        try (SunPkcs11 sun = new SunPkcs11(token.config())) {
            for (KeyPair key : List.of(one, other)) {
                byte[] signature = sign(sun.privateKey(key.selector()), "SHA256withECDSA", null);
                assertVerifies(key.publicKey(), "SHA256withECDSA", null, signature);
            }
        }
    }

    @Test
    void signsWithinATimeLimit() throws Exception {
        TokenConfig config = token.config().toBuilder().callTimeout(Duration.ofSeconds(20)).build();
        try (SunPkcs11 sun = new SunPkcs11(config)) {
            TokenPrivateKey key = sun.privateKey(key(KeyPairKind.EC_P256).selector());
            byte[] signature = sign(key, "SHA256withECDSA", null);
            assertVerifies(
                    key(KeyPairKind.EC_P256).publicKey(), "SHA256withECDSA", null, signature);
        }
    }

    @Test
    void algorithmsThatTheTokenLacksAreNamed() throws Exception {
        try (SunPkcs11 sun = new SunPkcs11(token.config())) {
            TokenPrivateKey key = sun.privateKey(key(KeyPairKind.EC_P256).selector());
            Exception e = assertThrows(Exception.class, () -> sign(key, "SHA256withRSA", null));
            assertFalse(String.valueOf(e.getMessage()).isEmpty());
            sign(key, "SHA256withECDSA", null);
        }
    }

    @Test
    void removedTokenIsReportedAndNothingHangs() throws Exception {
        try (SoftwareToken removed = SoftwareToken.create(Kind.SOFTHSM)) {
            KeyPair pair = removed.generateKeyPair(KeyPairKind.EC_P256);
            removed.storeCertificate(pair, new TestCertificates().of("r", pair.publicKey()));
            try (SunPkcs11 sun = new SunPkcs11(removed.config())) {
                TokenPrivateKey key = sun.privateKey(pair.selector());
                sign(key, "SHA256withECDSA", null);
                delete(Objects.requireNonNull(removed.tokenDirectory()));
                CryptokiModule module = CryptokiModule.load(removed.config().module(), null);
                SunCleaner.awaitAsleep();
                module.finalizeModule();
                module.initialize();
                SignatureException e =
                        assertThrows(
                                SignatureException.class, () -> sign(key, "SHA256withECDSA", null));
                assertTrue(trace(e).contains("has no token"), trace(e));
            }
        }
    }

    /** Between calls: SoftHSM 2.6 does not survive that a session is closed under one. */
    @Test
    void manyThreadsSignOnAfterSessionsWereClosed() throws Exception {
        ReadWriteLock calls = new ReentrantReadWriteLock();
        try (SunPkcs11 sun = new SunPkcs11(token.config());
                ExecutorService threads = Executors.newFixedThreadPool(4)) {
            TokenPrivateKey key = sun.privateKey(key(KeyPairKind.EC_P256).selector());
            CountDownLatch started = new CountDownLatch(4);
            List<Future<Boolean>> signers = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                signers.add(
                        threads.submit(
                                () -> {
                                    for (int n = 0; n < 25; n++) {
                                        byte[] signature = signUnder(calls.readLock(), key);
                                        assertVerifies(
                                                key(KeyPairKind.EC_P256).publicKey(),
                                                "SHA256withECDSA",
                                                null,
                                                signature);
                                        started.countDown();
                                    }
                                    return true;
                                }));
            }
            assertTrue(started.await(20, TimeUnit.SECONDS));
            CryptokiModule module = CryptokiModule.load(token.config().module(), null);
            calls.writeLock().lock();
            try {
                SunCleaner.awaitAsleep();
                module.closeAllSessions(module.slotOf(token.config().token()));
            } finally {
                calls.writeLock().unlock();
            }
            for (Future<Boolean> signer : signers) {
                assertTrue(signer.get(60, TimeUnit.SECONDS));
            }
        }
    }

    private static byte[] signUnder(Lock lock, TokenPrivateKey key) throws Exception {
        lock.lock();
        try {
            return sign(key, "SHA256withECDSA", null);
        } finally {
            lock.unlock();
        }
    }

    /** A login for each signature is nothing that the JDK's provider knows. */
    @Test
    void keyThatWantsThePinEachTimeIsRefused() throws Exception {
        byte[] id = {77};
        KeySelector selector = KeySelector.byId(id);
        try (TokenConnection connection = new TokenConnection(token.config());
                SunPkcs11 sun = new SunPkcs11(token.config())) {
            generateAlwaysAuthenticated(connection.token(), id);
            TokenException e = assertThrows(TokenException.class, () -> sun.privateKey(selector));
            assertTrue(e.getMessage().contains("CKA_ALWAYS_AUTHENTICATE"), e.getMessage());
            assertTrue(e.getMessage().contains("engine = cryptoki"), e.getMessage());
            sign(connection.privateKey(selector), "SHA256withECDSA", null);
        }
    }

    private static void generateAlwaysAuthenticated(CryptokiToken open, byte[] id) {
        CryptokiFunctions functions = open.module().functions();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment session = arena.allocate(ValueLayout.JAVA_LONG);
            assertEquals(0, functions.C_OpenSession(open.slot(), 6, 0, 0, session.address()));
            long handle = session.get(ValueLayout.JAVA_LONG, 0);
            MemorySegment mechanism = arena.allocate(ValueLayout.JAVA_LONG, 3);
            mechanism.set(ValueLayout.JAVA_LONG, 0, 0x1040); // CKM_EC_KEY_PAIR_GEN
            byte[] yes = {1};
            byte[] p256 = HexFormat.of().parseHex("06082a8648ce3d030107");
            // CKA_TOKEN, CKA_EC_PARAMS; CKA_TOKEN, CKA_PRIVATE, CKA_SIGN, CKA_ALWAYS_AUTHENTICATE,
            // CKA_ID
            MemorySegment publicHalf = attributes(arena, Map.of(1L, yes, 0x180L, p256));
            MemorySegment privateHalf =
                    attributes(
                            arena, Map.of(1L, yes, 2L, yes, 0x108L, yes, 0x202L, yes, 0x102L, id));
            MemorySegment keys = arena.allocate(ValueLayout.JAVA_LONG, 2);
            assertEquals(
                    0,
                    functions.C_GenerateKeyPair(
                            handle,
                            mechanism.address(),
                            publicHalf.address(),
                            2,
                            privateHalf.address(),
                            5,
                            keys.address(),
                            keys.address() + Long.BYTES));
            assertEquals(0, functions.C_CloseSession(handle));
        }
    }

    private static MemorySegment attributes(Arena arena, Map<Long, byte[]> values) {
        MemorySegment template = arena.allocate(ValueLayout.JAVA_LONG, 3L * values.size());
        int at = 0;
        for (Map.Entry<Long, byte[]> value : values.entrySet()) {
            MemorySegment bytes = arena.allocateFrom(ValueLayout.JAVA_BYTE, value.getValue());
            template.setAtIndex(ValueLayout.JAVA_LONG, at++, value.getKey());
            template.setAtIndex(ValueLayout.JAVA_LONG, at++, bytes.address());
            template.setAtIndex(ValueLayout.JAVA_LONG, at++, bytes.byteSize());
        }
        return template;
    }

    /** Of a key with several certificates; the provider's key store tells them apart. */
    @ParameterizedTest
    @EnumSource(
            value = KeyPairKind.class,
            names = {"RSA_2048", "EC_P256"})
    void renewedCertificateIsTaken(KeyPairKind kind) throws Exception {
        TestCertificates authority = new TestCertificates();
        KeyPair key = token.generateKeyPair(kind);
        KeyPair other = token.generateKeyPair(kind);
        X509Certificate expired = authority.of("site", key.publicKey(), -20, -1);
        X509Certificate renewed = authority.of("site", key.publicKey(), -2, 20);
        token.storeCertificate(key, expired);
        token.storeCertificate(key, renewed);
        token.storeCertificate(key, authority.of("authority", other.publicKey(), -1, 30));
        try (SunPkcs11 sun = new SunPkcs11(token.config())) {
            assertEquals(List.of(renewed), sun.certificates(key.selector()));
            TokenPrivateKey found = sun.privateKey(key.selector());
            String algorithm = kind == KeyPairKind.RSA_2048 ? "SHA256withRSA" : "SHA256withECDSA";
            assertVerifies(key.publicKey(), algorithm, null, sign(found, algorithm, null));
        }
    }

    @Test
    void keyWithoutACertificateIsInvisible() throws Exception {
        KeyPair lonely = token.generateKeyPair(KeyPairKind.EC_P256);
        try (SunPkcs11 sun = new SunPkcs11(token.config())) {
            TokenException e =
                    assertThrows(TokenException.class, () -> sun.privateKey(lonely.selector()));
            assertTrue(String.valueOf(e.getMessage()).contains("engine = cryptoki"));
        }
    }

    @Test
    void keyThatIsNotStoredIsInvisible(@WithToken(Kind.NSS) SoftwareToken nss) throws Exception {
        KeyPair key = nss.generateKeyPair(KeyPairKind.EC_P256);
        nss.storeCertificate(key, new TestCertificates().of("nss", key.publicKey()));
        try (SunPkcs11 sun = new SunPkcs11(nss.config())) {
            TokenException e =
                    assertThrows(TokenException.class, () -> sun.privateKey(key.selector()));
            assertTrue(String.valueOf(e.getMessage()).contains("engine = cryptoki"));
        }
    }

    @Test
    void keySignsOnAfterSessionsWereClosedBehindItsBack() throws Exception {
        assertSignsOnAfter(
                module -> module.closeAllSessions(module.slotOf(token.config().token())));
    }

    @Test
    void keySignsOnAfterTheModuleWasFinalizedBehindItsBack() throws Exception {
        assertSignsOnAfter(CryptokiModule::finalizeModule);
    }

    @Test
    void keySignsOnAfterALogoutBehindItsBack() throws Exception {
        assertSignsOnAfter(this::logOut);
    }

    private void logOut(CryptokiModule module) throws TokenException {
        long slot = module.slotOf(token.config().token());
        CryptokiFunctions functions = module.functions();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment session = arena.allocate(ValueLayout.JAVA_LONG);
            assertEquals(0, functions.C_OpenSession(slot, 4, 0, 0, session.address()));
            long handle = session.get(ValueLayout.JAVA_LONG, 0);
            assertEquals(0, functions.C_Logout(handle));
            assertEquals(0, functions.C_CloseSession(handle));
        }
    }

    /** Something that is done to the module behind everybody's back. */
    @FunctionalInterface
    private interface Harm {
        void to(CryptokiModule module) throws TokenException;
    }

    private void assertSignsOnAfter(Harm harm) throws Exception {
        AtomicInteger asked = new AtomicInteger();
        TokenConfig config =
                token.config().toBuilder().pin(SunPkcs11Test.counting(token, asked)).build();
        try (SunPkcs11 sun = new SunPkcs11(config)) {
            TokenPrivateKey key = sun.privateKey(key(KeyPairKind.RSA_2048).selector());
            sign(key, "SHA256withRSA", null);
            for (int round = 0; round < 3; round++) {
                SunCleaner.awaitAsleep();
                harm.to(CryptokiModule.load(config.module(), null));
                byte[] signature = sign(key, "SHA256withRSA", null);
                assertVerifies(
                        key(KeyPairKind.RSA_2048).publicKey(), "SHA256withRSA", null, signature);
            }
        }
        assertEquals(1, asked.get(), "a person is asked once");
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> tree = Files.walk(directory)) {
            for (Path path : tree.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }

    private static String trace(Throwable e) {
        StringWriter text = new StringWriter();
        e.printStackTrace(new PrintWriter(text));
        return text.toString();
    }

    private static KeyPair key(KeyPairKind kind) {
        return Objects.requireNonNull(KEYS.get(kind));
    }

    private static @Nullable AlgorithmParameterSpec pss(
            @Nullable String hash, @Nullable Integer saltLength) {
        return hash == null || saltLength == null
                ? null
                : new PSSParameterSpec(hash, "MGF1", new MGF1ParameterSpec(hash), saltLength, 1);
    }

    private static byte[] sign(
            TokenPrivateKey key, String algorithm, @Nullable AlgorithmParameterSpec parameters)
            throws Exception {
        Signature signature = Signature.getInstance(algorithm, TokenSignatures.PROVIDER);
        signature.initSign(key);
        if (parameters != null) {
            signature.setParameter(parameters);
        }
        signature.update(MESSAGE);
        return signature.sign();
    }

    private static void assertVerifies(
            PublicKey key,
            String algorithm,
            @Nullable AlgorithmParameterSpec parameters,
            byte[] signature)
            throws Exception {
        Signature verifier = Signature.getInstance(algorithm);
        verifier.initVerify(key);
        if (parameters != null) {
            verifier.setParameter(parameters);
        }
        verifier.update(MESSAGE);
        assertTrue(verifier.verify(signature));
    }
}
