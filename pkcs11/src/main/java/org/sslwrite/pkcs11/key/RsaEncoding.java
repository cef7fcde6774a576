package org.sslwrite.pkcs11.key;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;

/**
 * What an RSA key signs when the token does no padding (CKM_RSA_X_509): as many bytes as the
 * modulus has.
 */
public final class RsaEncoding {
    private RsaEncoding() {}

    /**
     * EMSA-PKCS1-v1_5 (RFC 8017 section 9.2).
     *
     * @param digestInfo DigestInfo in DER
     * @throws IllegalArgumentException if the modulus is too short
     */
    public static byte[] pkcs1(byte[] digestInfo, int modulusBits) {
        int length = (modulusBits + 7) / 8;
        requireLength(length, digestInfo.length + 11);
        byte[] encoded = new byte[length];
        // "EM = 0x00 || 0x01 || PS || 0x00 || T"
        Arrays.fill(encoded, 1, length - digestInfo.length - 1, (byte) 0xff);
        encoded[1] = 1;
        encoded[length - digestInfo.length - 1] = 0;
        System.arraycopy(digestInfo, 0, encoded, length - digestInfo.length, digestInfo.length);
        return encoded;
    }

    /**
     * EMSA-PSS with MGF1 (RFC 8017 section 9.1.1).
     *
     * @param hash the JCA's name of the message's hash, as in SHA-256
     * @param mgfHash that of MGF1
     * @param digest the message's hash
     * @param salt new random bytes
     * @throws IllegalArgumentException if the modulus is too short
     */
    public static byte[] pss(
            String hash, String mgfHash, byte[] digest, byte[] salt, int modulusBits) {
        int bits = modulusBits - 1;
        int length = (bits + 7) / 8;
        requireLength(length, digest.length + salt.length + 2);
        MessageDigest h = digest(hash);
        // "M' = (0x)00 00 00 00 00 00 00 00 || mHash || salt"
        h.update(new byte[8]);
        h.update(digest);
        byte[] hashed = h.digest(salt);
        // "DB = PS || 0x01 || salt"
        byte[] block = new byte[length - hashed.length - 1];
        block[block.length - salt.length - 1] = 1;
        System.arraycopy(salt, 0, block, block.length - salt.length, salt.length);
        mask(block, hashed, mgfHash);
        // "Set the leftmost 8emLen - emBits bits of the leftmost octet in maskedDB to zero."
        block[0] &= (byte) (0xff >> (8 * length - bits));
        // "EM = maskedDB || H || 0xbc", here behind the zero that a modulus of 8n + 1 bits needs
        byte[] encoded = new byte[(modulusBits + 7) / 8];
        int start = encoded.length - length;
        System.arraycopy(block, 0, encoded, start, block.length);
        System.arraycopy(hashed, 0, encoded, start + block.length, hashed.length);
        encoded[encoded.length - 1] = (byte) 0xbc;
        return encoded;
    }

    /** MGF1 (RFC 8017 section B.2.1), xored into the block. */
    private static void mask(byte[] block, byte[] seed, String hash) {
        MessageDigest h = digest(hash);
        int size = h.getDigestLength();
        for (int counter = 0; counter * size < block.length; counter++) {
            h.update(seed);
            byte[] piece = h.digest(new byte[] {0, 0, (byte) (counter >> 8), (byte) counter});
            for (int i = 0; i < size && counter * size + i < block.length; i++) {
                block[counter * size + i] ^= piece[i];
            }
        }
    }

    private static void requireLength(int length, int least) {
        if (length < least) {
            throw new IllegalArgumentException("the RSA key is too short for this signature");
        }
    }

    private static MessageDigest digest(String hash) {
        try {
            return MessageDigest.getInstance(hash);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalArgumentException(e);
        }
    }
}
