package org.sslwrite.softhsm.failure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.sslwrite.kit.WatchedProvider;
import org.sslwrite.pkcs11.TokenException;
import org.sslwrite.pkcs11.cryptoki.AeadOperation;
import org.sslwrite.pkcs11.cryptoki.CryptokiModule;
import org.sslwrite.pkcs11.cryptoki.TokenConnection;
import org.sslwrite.pkcs11.cryptoki.ffi.Ckm;
import org.sslwrite.softhsm.SoftwareToken;
import org.sslwrite.softhsm.SoftwareToken.Kind;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;

import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/** The ledger sees what it is there for, so that its silence means something. */
@Timeout(60)
class NonceLedgerTest {
    private static final byte[] KEY = new byte[16];
    private static final byte[] NONCE = new byte[12];
    private static final byte[] AAD = new byte[13];
    private static final byte[] ONE = {1, 1, 1};
    private static final byte[] OTHER = {1, 1, 2};

    private final NonceLedger ledger = new NonceLedger();

    @Test
    void sameRecordTwiceIsAllowed() {
        ledger.add(KEY, NONCE, AAD, ONE);
        ledger.add(KEY, NONCE, AAD, ONE.clone());
        ledger.add(KEY, NONCE, NonceLedger.UNKNOWN_AAD, ONE);
        assertEquals(3, ledger.uses());
        ledger.assertNoNonceTwice();
        assertEquals(0, ledger.uses());
    }

    @Test
    void otherNonceAndOtherKeyAreAllowed() {
        ledger.add(KEY, NONCE, AAD, ONE);
        ledger.add(KEY, new byte[] {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}, AAD, OTHER);
        ledger.add(new byte[32], NONCE, AAD, OTHER);
        ledger.assertNoNonceTwice();
    }

    @Test
    void secondPlaintextIsFound() {
        ledger.add(KEY, NONCE, AAD, ONE);
        ledger.add(KEY, NONCE, AAD, OTHER);
        assertFindsSomething();
    }

    @Test
    void secondAadIsFound() {
        ledger.add(KEY, NONCE, NonceLedger.UNKNOWN_AAD, ONE);
        ledger.add(KEY, NONCE, AAD, ONE);
        ledger.add(KEY, NONCE, new byte[] {1}, ONE);
        assertFindsSomething();
    }

    private void assertFindsSomething() {
        AssertionError found = assertThrows(AssertionError.class, ledger::assertNoNonceTwice);
        assertTrue(String.valueOf(found.getMessage()).contains("under nonce"), found::toString);
    }

    @Test
    void secondPlaintextIsFoundInATokensCalls() throws TokenException {
        encryptInToken(Kind.SOFTHSM, ONE);
        encryptInToken(Kind.NSS, ONE);
        ledger.assertNoNonceTwice();
        encryptInToken(Kind.SOFTHSM, ONE);
        encryptInToken(Kind.NSS, OTHER);
        assertFindsSomething();
    }

    @Test
    void secondPlaintextIsFoundAcrossTokenAndSoftware() throws Exception {
        encryptInToken(Kind.NSS, ONE);
        ledger.addAll(encryptInSoftware(ONE));
        assertEquals(1, ledger.takenOver());
        ledger.addAll(encryptInSoftware(OTHER));
        assertFindsSomething();
    }

    private void encryptInToken(Kind kind, byte[] plaintext) throws TokenException {
        try (SoftwareToken software = SoftwareToken.create(kind);
                Arena arena = Arena.ofConfined()) {
            CryptokiModule module =
                    CryptokiModule.load(
                            software.config().module(), software.config().libraryParameters());
            FailingFunctions seam =
                    new FailingFunctions(module.functions(), new EncryptionWitness(ledger));
            CryptokiModule watched = CryptokiModule.over(seam.functions(), "watched module");
            MemorySegment memory = arena.allocate(plaintext.length + 16);
            memory.copyFrom(MemorySegment.ofArray(plaintext));
            try (TokenConnection connection = new TokenConnection(software.config(), watched);
                    AeadOperation gcm = connection.token().aead(Ckm.CKM_AES_GCM, KEY)) {
                gcm.encrypt(NONCE, AAD, memory.address(), plaintext.length, memory.address());
            }
        }
    }

    private static List<WatchedProvider.Use> encryptInSoftware(byte[] plaintext) throws Exception {
        WatchedProvider provider = new WatchedProvider("watched here");
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding", provider);
        SecretKeySpec key = new SecretKeySpec(KEY, "AES");
        cipher.init(Cipher.ENCRYPT_MODE, key, new GCMParameterSpec(128, NONCE));
        cipher.updateAAD(AAD);
        cipher.doFinal(plaintext);
        return provider.takeUses();
    }
}
