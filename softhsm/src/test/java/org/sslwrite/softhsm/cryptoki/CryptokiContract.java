package org.sslwrite.softhsm.cryptoki;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.sslwrite.pkcs11.TokenException;
import org.sslwrite.pkcs11.cryptoki.AeadOperation;
import org.sslwrite.pkcs11.cryptoki.CbcOperation;
import org.sslwrite.pkcs11.cryptoki.CryptokiToken;
import org.sslwrite.pkcs11.cryptoki.HmacOperation;
import org.sslwrite.pkcs11.cryptoki.KeyProtection;
import org.sslwrite.pkcs11.cryptoki.TokenConnection;
import org.sslwrite.pkcs11.cryptoki.ffi.Ckm;
import org.sslwrite.pkcs11.cryptoki.ffi.CryptokiException;
import org.sslwrite.softhsm.SoftwareToken;
import org.sslwrite.softhsm.SunCleaner;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;

import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/** What the binding of the C API must do with any token, compared with SunJCE. */
@Timeout(120)
abstract class CryptokiContract {
    private static final int[] SIZES = {
        0, 1, 15, 16, 17, 31, 32, 33, 255, 256, 257, 1000, 4095, 8192, 16383, 16384, 16385
    };
    private static final int ROOM = 20_000;

    private final Random random = new Random(4);
    private final Arena arena = Arena.ofShared();
    private final MemorySegment in = arena.allocate(ROOM);
    private final MemorySegment out = arena.allocate(ROOM);

    final SoftwareToken software;
    TokenConnection connection;

    CryptokiContract(SoftwareToken software) {
        this.software = software;
    }

    @BeforeEach
    void connect() {
        connection = new TokenConnection(software.config());
    }

    @AfterEach
    void close() {
        connection.close();
        arena.close();
    }

    /** The algorithms of TLS's AEAD suites. */
    enum Aead {
        AES_128(Ckm.CKM_AES_GCM, 16, "AES/GCM/NoPadding", "AES"),
        AES_256(Ckm.CKM_AES_GCM, 32, "AES/GCM/NoPadding", "AES"),
        CHACHA20(Ckm.CKM_CHACHA20_POLY1305, 32, "ChaCha20-Poly1305", "ChaCha20");

        final long mechanism;
        final int keyLength;
        private final String transformation;
        private final String keyAlgorithm;

        Aead(long mechanism, int keyLength, String transformation, String keyAlgorithm) {
            this.mechanism = mechanism;
            this.keyLength = keyLength;
            this.transformation = transformation;
            this.keyAlgorithm = keyAlgorithm;
        }

        byte[] seal(byte[] key, byte[] nonce, byte[] aad, byte[] plaintext)
                throws GeneralSecurityException {
            Cipher cipher = Cipher.getInstance(transformation, "SunJCE");
            cipher.init(
                    Cipher.ENCRYPT_MODE,
                    new SecretKeySpec(key, keyAlgorithm),
                    this == CHACHA20
                            ? new IvParameterSpec(nonce)
                            : new GCMParameterSpec(128, nonce));
            cipher.updateAAD(aad);
            return cipher.doFinal(plaintext);
        }
    }

    enum Hmac {
        SHA1(Ckm.CKM_SHA_1_HMAC, "HmacSHA1", 20),
        SHA256(Ckm.CKM_SHA256_HMAC, "HmacSHA256", 32),
        SHA384(Ckm.CKM_SHA384_HMAC, "HmacSHA384", 48);

        final long mechanism;
        final String jcaName;
        final int length;

        Hmac(long mechanism, String jcaName, int length) {
            this.mechanism = mechanism;
            this.jcaName = jcaName;
            this.length = length;
        }
    }

    abstract boolean has(Aead aead);

    /** What it answers to C_EncryptInit after C_Finalize. */
    abstract String codeOfAFinalizedModule();

    byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    private static void put(MemorySegment memory, byte[] bytes) {
        MemorySegment.copy(bytes, 0, memory, ValueLayout.JAVA_BYTE, 0, bytes.length);
    }

    private static byte[] get(MemorySegment memory, int length) {
        return memory.asSlice(0, length).toArray(ValueLayout.JAVA_BYTE);
    }

    /** Seals with the token and with SunJCE. */
    private void seal(
            Aead aead, AeadOperation operation, byte[] key, byte[] plaintext, boolean apart)
            throws Exception {
        byte[] nonce = bytes(12);
        byte[] aad = bytes(plaintext.length % 2 == 0 ? 5 : 13);
        MemorySegment to = apart ? out : in;
        put(in, plaintext);
        to.asSlice(plaintext.length + 16, 8).fill((byte) 0x55);
        operation.encrypt(nonce, aad, in.address(), plaintext.length, to.address());
        assertArrayEquals(
                aead.seal(key, nonce, aad, plaintext),
                get(to, plaintext.length + 16),
                plaintext.length + " bytes, apart: " + apart);
        byte[] behind = to.asSlice(plaintext.length + 16, 8).toArray(ValueLayout.JAVA_BYTE);
        assertEquals(0x5555555555555555L, ByteBuffer.wrap(behind).getLong(), "wrote too much");
    }

    void seal(AeadOperation operation, byte[] key) throws Exception {
        seal(Aead.AES_128, operation, key, bytes(100), false);
    }

    private AeadOperation gcm(byte[] key) throws TokenException {
        return connection.token().aead(Ckm.CKM_AES_GCM, key);
    }

    @ParameterizedTest
    @EnumSource(Aead.class)
    void aeadGivesKnownAnswers(Aead aead) throws Exception {
        if (!has(aead)) {
            TokenException e =
                    assertThrows(
                            TokenException.class,
                            () -> connection.token().aead(aead.mechanism, bytes(aead.keyLength)));
            assertTrue(e.getMessage().contains("cannot seal TLS records"), e.getMessage());
            assertFalse(connection.token().isCondemned());
            return;
        }
        byte[] key = bytes(aead.keyLength);
        try (AeadOperation operation = connection.token().aead(aead.mechanism, key)) {
            for (int size : SIZES) {
                seal(aead, operation, key, bytes(size), false);
                seal(aead, operation, key, bytes(size), true);
            }
        }
        assertEquals(KeyProtection.SENSITIVE, connection.token().keyProtection());
    }

    @ParameterizedTest
    @ValueSource(ints = {16, 32})
    void cbcGivesKnownAnswers(int keyLength) throws Exception {
        byte[] key = bytes(keyLength);
        Cipher cipher = Cipher.getInstance("AES/CBC/NoPadding", "SunJCE");
        MemorySegment nativeIv = arena.allocate(16);
        try (CbcOperation operation = connection.token().cbc(key)) {
            for (int size : SIZES) {
                byte[] plaintext = bytes(size / 16 * 16);
                byte[] iv = bytes(16);
                cipher.init(
                        Cipher.ENCRYPT_MODE,
                        new SecretKeySpec(key, "AES"),
                        new IvParameterSpec(iv));
                byte[] expected = cipher.doFinal(plaintext);
                put(nativeIv, iv);
                for (MemorySegment to : List.of(out, in)) {
                    put(in, plaintext);
                    operation.encrypt(
                            nativeIv.address(), in.address(), plaintext.length, to.address());
                    assertArrayEquals(expected, get(to, plaintext.length), size + " bytes");
                }
            }
            assertThrows(IllegalArgumentException.class, () -> operation.encrypt(0, 0, 15, 0));
        }
    }

    @ParameterizedTest
    @EnumSource(Hmac.class)
    void hmacGivesKnownAnswers(Hmac hmac) throws Exception {
        byte[] key = bytes(hmac.length);
        Mac mac = Mac.getInstance(hmac.jcaName, "SunJCE");
        mac.init(new SecretKeySpec(key, hmac.jcaName));
        try (HmacOperation operation = connection.token().hmac(hmac.mechanism, key)) {
            for (int size : SIZES) {
                byte[] message = bytes(size);
                put(in, message);
                MemorySegment to = in.asSlice(size);
                operation.sign(in.address(), size, to.address());
                assertArrayEquals(mac.doFinal(message), get(to, hmac.length), size + " bytes");
            }
        }
    }

    @Test
    void eightThreadsAtOnce() throws Exception {
        byte[] key = bytes(16);
        List<CompletableFuture<Void>> all = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            byte nonceByte = (byte) i;
            all.add(
                    CompletableFuture.runAsync(
                            () -> manyRecords(key, nonceByte),
                            task -> Thread.ofPlatform().start(task)));
        }
        for (CompletableFuture<Void> each : all) {
            each.get();
        }
        assertEquals(0, connection.token().objectsAlive());
        assertTrue(connection.token().sessionsAlive() <= 1 + 8);
    }

    /** With operations that come and go. */
    private void manyRecords(byte[] key, byte nonceByte) {
        try (Arena own = Arena.ofConfined()) {
            MemorySegment memory = own.allocate(1016);
            byte[] nonce = new byte[12];
            nonce[0] = nonceByte;
            byte[] plaintext = new byte[1000];
            for (int round = 0; round < 10; round++) {
                try (AeadOperation operation = gcm(key)) {
                    for (int i = 0; i < 20; i++) {
                        nonce[11]++;
                        memory.fill((byte) 0);
                        operation.encrypt(
                                nonce, new byte[5], memory.address(), 1000, memory.address());
                        byte[] expected = Aead.AES_128.seal(key, nonce, new byte[5], plaintext);
                        assertArrayEquals(expected, get(memory, 1016));
                    }
                }
            }
        } catch (TokenException | GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aThousandOperationsLeaveNothing() throws Exception {
        try (TokenConnection other = new TokenConnection(software.config())) {
            LeftOvers leftOvers = new LeftOvers(other.token());
            int before = leftOvers.objects();
            byte[] key = bytes(16);
            for (int i = 0; i < 250; i++) {
                try (AeadOperation first = gcm(key);
                        CbcOperation second = connection.token().cbc(key);
                        HmacOperation third =
                                connection.token().hmac(Ckm.CKM_SHA_1_HMAC, bytes(20))) {
                    seal(first, key);
                    second.encrypt(in.address(), in.address(), 32, in.address());
                    third.sign(in.address(), 32, in.address());
                }
                gcm(key).close();
            }
            assertEquals(before, leftOvers.objects());
            CryptokiToken token = connection.token();
            assertEquals("0 2", token.objectsAlive() + " " + token.sessionsAlive());
            connection.close();
            assertEquals("0 0", token.objectsAlive() + " " + token.sessionsAlive());
            int sessions = other.token().module().tokenInfo(token.slot()).sessions();
            if (sessions >= 0) {
                assertTrue(
                        sessions <= other.token().sessionsAlive() + sessionsOfOthers(),
                        sessions + " sessions");
            }
        }
    }

    /** Sessions that the software token keeps for itself. */
    private static int sessionsOfOthers() {
        return 2;
    }

    @Test
    void closingUnderOpenOperationsLeavesNothing() throws Exception {
        try (TokenConnection other = new TokenConnection(software.config())) {
            LeftOvers leftOvers = new LeftOvers(other.token());
            int before = leftOvers.objects();
            AeadOperation operation = gcm(bytes(16));
            assertEquals(before + 1, leftOvers.objects());
            connection.close();
            assertEquals(before, leftOvers.objects());
            assertThrows(CryptokiException.class, () -> seal(operation, bytes(16)));
            operation.close();
        }
    }

    @Test
    void sessionsClosedBehindOurBack() throws Exception {
        byte[] key = bytes(16);
        CryptokiToken first = connection.token();
        AeadOperation operation = gcm(key);
        seal(operation, key);
        SunCleaner.awaitAsleep();
        first.module().functions().C_CloseAllSessions(first.slot());
        recovers(first, operation, key, "CKR_SESSION_HANDLE_INVALID");
    }

    @Test
    void finalizedBehindOurBack() throws Exception {
        byte[] key = bytes(16);
        CryptokiToken first = connection.token();
        AeadOperation operation = gcm(key);
        seal(operation, key);
        SunCleaner.awaitAsleep();
        assertEquals(0, first.module().functions().C_Finalize(0));
        recovers(first, operation, key, codeOfAFinalizedModule());
    }

    @Test
    void finalizedByUs() throws Exception {
        byte[] key = bytes(16);
        CryptokiToken first = connection.token();
        AeadOperation operation = gcm(key);
        seal(operation, key);
        SunCleaner.awaitAsleep();
        first.module().finalizeModule();
        recovers(first, operation, key, "CKR_SESSION_HANDLE_INVALID");
    }

    private void recovers(CryptokiToken first, AeadOperation old, byte[] key, String code)
            throws Exception {
        CryptokiException e = assertThrows(CryptokiException.class, () -> seal(old, key));
        assertEquals(code, e.code());
        assertTrue(first.isCondemned());
        assertNotSame(first, connection.token());
        try (AeadOperation next = gcm(key)) {
            seal(next, key);
            assertThrows(CryptokiException.class, () -> seal(old, key));
            old.close();
            seal(next, key);
            assertEquals(1, connection.token().objectsAlive());
        }
        assertEquals("0 0", first.objectsAlive() + " " + first.sessionsAlive());
    }

    @Test
    void sealingAllocatesNothing() throws Exception {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        byte[] nonce = new byte[12];
        byte[] aad = new byte[5];
        long bytes = Long.MAX_VALUE;
        try (AeadOperation gcm = gcm(bytes(16));
                CbcOperation cbc = connection.token().cbc(bytes(16));
                HmacOperation hmac = connection.token().hmac(Ckm.CKM_SHA_1_HMAC, bytes(20))) {
            for (int round = 0; round < 50 && bytes > 0; round++) {
                long before = threads.getCurrentThreadAllocatedBytes();
                for (int i = 0; i < 500; i++) {
                    nonce[0]++;
                    gcm.encrypt(nonce, aad, in.address(), 64, in.address());
                    cbc.encrypt(in.address(), in.address(), 64, in.address());
                    hmac.sign(in.address(), 64, out.address());
                }
                bytes = Math.min(bytes, threads.getCurrentThreadAllocatedBytes() - before);
            }
        }
        assertEquals(0, bytes);
    }

    @Test
    void usedAfterCloseIsAMistake() throws Exception {
        AeadOperation operation = gcm(bytes(16));
        operation.close();
        operation.close();
        assertThrows(IllegalStateException.class, () -> seal(operation, bytes(16)));
    }

    @Test
    void aKeyOfAnotherLengthIsRefused() throws Exception {
        assertThrows(TokenException.class, () -> gcm(bytes(15)));
        assertEquals(0, connection.token().objectsAlive());
    }
}
