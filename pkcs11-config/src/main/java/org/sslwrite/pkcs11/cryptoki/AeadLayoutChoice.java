package org.sslwrite.pkcs11.cryptoki;

import org.jspecify.annotations.Nullable;
import org.sslwrite.pkcs11.TokenException;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.ref.Reference;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.security.spec.AlgorithmParameterSpec;
import java.util.Arrays;
import java.util.StringJoiner;

import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Finds out by a known answer which {@link AeadLayout} a token understands, and whether it takes
 * our nonce and AAD at all: some tokens answer CKR_OK with a nonce of their own. Remembered for the
 * module's slot.
 */
final class AeadLayoutChoice {
    private static final int PLAINTEXT_BYTES = 32;
    private static final int AAD_BYTES = 13;

    private final CryptokiToken token;
    private final long mechanism;
    private final byte[] keyBytes;
    private final byte[] nonce = new byte[AeadLayout.NONCE_BYTES];
    private final byte[] aad = new byte[AAD_BYTES];
    private final byte[] plaintext = new byte[PLAINTEXT_BYTES];
    private final StringJoiner failures = new StringJoiner("; ");

    private AeadLayoutChoice(CryptokiToken token, long mechanism, int keyLength) {
        this.token = token;
        this.mechanism = mechanism;
        this.keyBytes = new byte[keyLength];
        SecureRandom random = new SecureRandom();
        random.nextBytes(keyBytes);
        random.nextBytes(nonce);
        random.nextBytes(aad);
        random.nextBytes(plaintext);
    }

    /** The layout that works; finds it out if it isn't known. */
    static AeadLayout of(CryptokiToken token, long mechanism, int keyLength) throws TokenException {
        AeadLayout.Use use = new AeadLayout.Use(token.slot(), mechanism);
        AeadLayout known = token.module().aeadLayouts().get(use);
        if (known == null) {
            known = new AeadLayoutChoice(token, mechanism, keyLength).find();
            token.module().aeadLayouts().put(use, known);
        }
        return known;
    }

    private AeadLayout find() throws TokenException {
        byte[] expected = expected();
        long key = imported();
        try {
            for (AeadLayout layout : AeadLayout.of(mechanism)) {
                byte[] given = encrypt(layout, key);
                if (Arrays.equals(given, expected)) {
                    return layout;
                }
                if (given != null) {
                    failures.add(
                            layout
                                    + ": a ciphertext that is wrong for this nonce and AAD; does"
                                    + " the token make its own nonce?");
                }
            }
        } finally {
            token.objects().destroy(key);
        }
        throw useless(null);
    }

    private long imported() throws TokenException {
        try {
            return token.keys().aead(mechanism, keyBytes);
        } catch (CryptokiException e) {
            if (!e.incapable()) {
                throw e;
            }
            failures.add("a key for it: " + e.function() + ": " + e.code());
            throw useless(e);
        }
    }

    private TokenException useless(@Nullable CryptokiException cause) {
        return new IncapableException(
                token.name()
                        + ": cannot seal TLS records with "
                        + Ckm.name(mechanism)
                        + " ("
                        + failures
                        + "); let it do other suites, or the handshake's key alone",
                cause);
    }

    /** Null if the token cannot; what may pass is thrown. */
    private byte @Nullable [] encrypt(AeadLayout layout, long key) throws CryptokiException {
        AeadBlock block = new AeadBlock(layout);
        try (Arena arena = Arena.ofConfined()) {
            block.set(nonce, aad);
            int due = PLAINTEXT_BYTES + AeadLayout.TAG_BYTES;
            MemorySegment data = arena.allocate(due);
            Memory.put(data.address(), plaintext);
            long at = data.address();
            token.sessions()
                    .encrypt(block.mechanism(), key, at, PLAINTEXT_BYTES, at, due, block.length());
            return data.toArray(ValueLayout.JAVA_BYTE);
        } catch (CryptokiException e) {
            if (!meansAnotherLayout(e)) {
                throw e;
            }
            failures.add(layout + ": " + e.function() + ": " + e.code());
            return null;
        } finally {
            Reference.reachabilityFence(block);
        }
    }

    /** A token with its own nonce may append it: then there is more than is due. */
    private static boolean meansAnotherLayout(CryptokiException e) {
        return e.incapable()
                || e.rv() == Ckr.CKR_ARGUMENTS_BAD
                || e.rv() == Ckr.CKR_BUFFER_TOO_SMALL
                || e.rv() == Ckr.CKR_OK;
    }

    private byte[] expected() throws TokenException {
        boolean gcm = mechanism == Ckm.CKM_AES_GCM;
        AlgorithmParameterSpec parameters =
                gcm ? new GCMParameterSpec(128, nonce) : new IvParameterSpec(nonce);
        try {
            Cipher cipher =
                    Cipher.getInstance(gcm ? "AES/GCM/NoPadding" : "ChaCha20-Poly1305", "SunJCE");
            cipher.init(
                    Cipher.ENCRYPT_MODE,
                    new SecretKeySpec(keyBytes, gcm ? "AES" : "ChaCha20"),
                    parameters);
            cipher.updateAAD(aad);
            return cipher.doFinal(plaintext);
        } catch (GeneralSecurityException e) {
            throw new TokenException("the JDK cannot compute a known answer", e);
        }
    }
}
