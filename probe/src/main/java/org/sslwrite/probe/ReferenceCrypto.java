package org.sslwrite.probe;

import java.security.GeneralSecurityException;
import java.security.spec.AlgorithmParameterSpec;

import javax.crypto.Cipher;
import javax.crypto.KDF;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.HKDFParameterSpec;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/** The right answers, by the JDK's own SunJCE. */
final class ReferenceCrypto {
    private static final String SUN_JCE = "SunJCE";

    private ReferenceCrypto() {}

    static boolean isMac(Feature feature) {
        return switch (feature) {
            case HMAC_SHA1, HMAC_SHA256, HMAC_SHA384 -> true;
            default -> false;
        };
    }

    static boolean isCbc(Feature feature) {
        return feature == Feature.AES_128_CBC || feature == Feature.AES_256_CBC;
    }

    static String algorithm(Feature feature) {
        return switch (feature) {
            case AES_128_GCM, AES_256_GCM -> "AES/GCM/NoPadding";
            case AES_128_CBC, AES_256_CBC -> "AES/CBC/NoPadding";
            case CHACHA20_POLY1305 -> "ChaCha20-Poly1305";
            case HMAC_SHA1 -> "HmacSHA1";
            case HMAC_SHA256 -> "HmacSHA256";
            case HMAC_SHA384 -> "HmacSHA384";
            case HKDF_SHA256 -> "HKDF-SHA256";
            case HKDF_SHA384 -> "HKDF-SHA384";
            default -> throw new IllegalArgumentException("no known answers for " + feature);
        };
    }

    static String keyAlgorithm(Feature feature) {
        return switch (feature) {
            case AES_128_GCM, AES_256_GCM, AES_128_CBC, AES_256_CBC -> "AES";
            case CHACHA20_POLY1305 -> "ChaCha20";
            default -> algorithm(feature);
        };
    }

    /** In bytes; as long as TLS has it. */
    static int keyLength(Feature feature) {
        return switch (feature) {
            case AES_128_GCM, AES_128_CBC -> 16;
            case HMAC_SHA1 -> 20;
            case AES_256_GCM, AES_256_CBC, CHACHA20_POLY1305, HMAC_SHA256, HKDF_SHA256 -> 32;
            case HMAC_SHA384, HKDF_SHA384 -> 48;
            default -> throw new IllegalArgumentException("no secret key for " + feature);
        };
    }

    static byte[] aead(Feature feature, byte[] key, byte[] nonce, byte[] aad, byte[] plaintext) {
        return answer(
                () -> {
                    Cipher cipher = cipher(feature, Cipher.ENCRYPT_MODE, key, nonce);
                    cipher.updateAAD(aad);
                    return cipher.doFinal(plaintext);
                });
    }

    /** Whether this is the plaintext, sealed under that nonce. */
    static boolean opens(Feature feature, byte[] key, byte[] nonce, byte[] aad, byte[] sealed) {
        try {
            Cipher cipher = cipher(feature, Cipher.DECRYPT_MODE, key, nonce);
            cipher.updateAAD(aad);
            cipher.doFinal(sealed);
            return true;
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    private static Cipher cipher(Feature feature, int mode, byte[] key, byte[] nonce)
            throws GeneralSecurityException {
        AlgorithmParameterSpec parameters =
                feature == Feature.CHACHA20_POLY1305
                        ? new IvParameterSpec(nonce)
                        : new GCMParameterSpec(128, nonce);
        Cipher cipher = Cipher.getInstance(algorithm(feature), SUN_JCE);
        cipher.init(mode, new SecretKeySpec(key, keyAlgorithm(feature)), parameters);
        return cipher;
    }

    static byte[] cbc(Feature feature, byte[] key, byte[] iv, byte[] plaintext) {
        return answer(
                () -> {
                    Cipher cipher = Cipher.getInstance(algorithm(feature), SUN_JCE);
                    SecretKeySpec aes = new SecretKeySpec(key, keyAlgorithm(feature));
                    cipher.init(Cipher.ENCRYPT_MODE, aes, new IvParameterSpec(iv));
                    return cipher.doFinal(plaintext);
                });
    }

    static byte[] hmac(Feature feature, byte[] key, byte[] message) {
        return answer(
                () -> {
                    Mac mac = Mac.getInstance(algorithm(feature), SUN_JCE);
                    mac.init(new SecretKeySpec(key, keyAlgorithm(feature)));
                    return mac.doFinal(message);
                });
    }

    static byte[] hkdfExpand(Feature feature, byte[] secret, byte[] info, int length) {
        return answer(
                () ->
                        KDF.getInstance(algorithm(feature), SUN_JCE)
                                .deriveData(
                                        HKDFParameterSpec.expandOnly(
                                                new SecretKeySpec(secret, "Generic"),
                                                info,
                                                length)));
    }

    @FunctionalInterface
    private interface Computation {
        byte[] run() throws GeneralSecurityException;
    }

    /** SunJCE has all of these in every JDK that runs this. */
    private static byte[] answer(Computation computation) {
        try {
            return computation.run();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("the JDK's own SunJCE failed", e);
        }
    }
}
