package org.sslwrite.pkcs11.cryptoki;

import org.sslwrite.pkcs11.TokenException;
import org.sslwrite.pkcs11.cryptoki.ffi.AeadLayout;
import org.sslwrite.pkcs11.cryptoki.ffi.Ckm;

import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.security.spec.AlgorithmParameterSpec;

import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * What a token must make of a plaintext, computed by the JDK: new at random each time, so that no
 * token can know it by heart.
 *
 * @param key of one use
 * @param sealed ciphertext and tag
 */
record AeadKnownAnswer(byte[] key, byte[] nonce, byte[] aad, byte[] plaintext, byte[] sealed) {
    private static final int AAD_BYTES = 13;
    private static final SecureRandom RANDOM = new SecureRandom();

    /**
     * @param mechanism CKM_AES_GCM or CKM_CHACHA20_POLY1305
     * @param length of the plaintext
     */
    static AeadKnownAnswer of(long mechanism, byte[] key, int length) throws TokenException {
        byte[] nonce = random(AeadLayout.NONCE_BYTES);
        byte[] aad = random(AAD_BYTES);
        byte[] plaintext = random(length);
        return new AeadKnownAnswer(
                key, nonce, aad, plaintext, sealed(mechanism, key, nonce, aad, plaintext));
    }

    static byte[] random(int length) {
        byte[] bytes = new byte[length];
        RANDOM.nextBytes(bytes);
        return bytes;
    }

    private static byte[] sealed(
            long mechanism, byte[] key, byte[] nonce, byte[] aad, byte[] plaintext)
            throws TokenException {
        boolean gcm = mechanism == Ckm.CKM_AES_GCM;
        AlgorithmParameterSpec parameters =
                gcm ? new GCMParameterSpec(128, nonce) : new IvParameterSpec(nonce);
        try {
            Cipher cipher =
                    Cipher.getInstance(gcm ? "AES/GCM/NoPadding" : "ChaCha20-Poly1305", "SunJCE");
            cipher.init(
                    Cipher.ENCRYPT_MODE,
                    new SecretKeySpec(key, gcm ? "AES" : "ChaCha20"),
                    parameters);
            cipher.updateAAD(aad);
            return cipher.doFinal(plaintext);
        } catch (GeneralSecurityException e) {
            throw new TokenException("the JDK cannot compute a known answer", e);
        }
    }
}
