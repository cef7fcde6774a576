package org.sslwrite.seal.jca;

import org.sslwrite.protocol.BulkCipher;
import org.sslwrite.protocol.MacAlgorithm;

import java.security.GeneralSecurityException;
import java.security.NoSuchAlgorithmException;
import java.security.Provider;
import java.security.spec.AlgorithmParameterSpec;
import java.util.Arrays;
import java.util.HexFormat;

import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.NoSuchPaddingException;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Published test vectors, run through a provider exactly as the sealers use it: the same
 * transformation, one {@code doFinal} over one contiguous heap input, AEAD in place and CBC apart,
 * on a new {@code Cipher} or {@code Mac} and on one that has done a record before; and in two
 * pieces, apart, where a sealer does that.
 */
final class KnownAnswers {
    /**
     * One record's worth of input and output, as bytes in hexadecimal.
     *
     * @param source where it is published
     * @param aad empty for CBC
     * @param output ciphertext, with the tag for an AEAD
     */
    private record Vector(
            String source, String key, String nonce, String aad, String input, String output) {}

    private static final String GCM_INPUT =
            """
            d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72
            1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39\
            """;

    private static final Vector AES_128_GCM =
            new Vector(
                    "test case 4 of the GCM specification by McGrew and Viega",
                    "feffe9928665731c6d6a8f9467308308",
                    "cafebabefacedbaddecaf888",
                    "feedfacedeadbeeffeedfacedeadbeefabaddad2",
                    GCM_INPUT,
                    """
                    42831ec2217774244b7221b784d0d49ce3aa212f2c02a4e035c17e2329aca12e
                    21d514b25466931c7d8f6a5aac84aa051ba30b396a0aac973d58e091
                    5bc94fbc3221a5db94fae95ae7121a47\
                    """);

    private static final Vector AES_256_GCM =
            new Vector(
                    "test case 16 of the GCM specification by McGrew and Viega",
                    "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308",
                    "cafebabefacedbaddecaf888",
                    "feedfacedeadbeeffeedfacedeadbeefabaddad2",
                    GCM_INPUT,
                    """
                    522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa
                    8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662
                    76fc6ece0f4e1768cddf8853bb2d551b\
                    """);

    private static final Vector CHACHA20_POLY1305 =
            new Vector(
                    "RFC 8439 section 2.8.2",
                    "808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f",
                    "070000004041424344454647",
                    "50515253c0c1c2c3c4c5c6c7",
                    """
                    4c616469657320616e642047656e746c656d656e206f662074686520636c6173
                    73206f66202739393a204966204920636f756c64206f6666657220796f75206f
                    6e6c79206f6e652074697020666f7220746865206675747572652c2073756e73
                    637265656e20776f756c642062652069742e\
                    """,
                    """
                    d31a8d34648e60db7b86afbc53ef7ec2a4aded51296e08fea9e2b5a736ee62d6
                    3dbea45e8ca9671282fafb69da92728b1a71de0a9e060b2905d6a5b67ecd3b36
                    92ddbd7f2d778b8c9803aee328091b58fab324e4fad675945585808b4831d7bc
                    3ff4def08e4b7a9de576d26586cec64b6116
                    1ae10b594f09e26a7e902ecbd0600691\
                    """);

    private static final String CBC_INPUT =
            """
            6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51
            30c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710\
            """;

    private static final Vector AES_128_CBC =
            new Vector(
                    "NIST SP 800-38A section F.2.1",
                    "2b7e151628aed2a6abf7158809cf4f3c",
                    "000102030405060708090a0b0c0d0e0f",
                    "",
                    CBC_INPUT,
                    """
                    7649abac8119b246cee98e9b12e9197d5086cb9b507219ee95db113a917678b2
                    73bed6b8e3c1743b7116e69e222295163ff1caa1681fac09120eca307586e1a7\
                    """);

    private static final Vector AES_256_CBC =
            new Vector(
                    "NIST SP 800-38A section F.2.5",
                    "603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4",
                    "000102030405060708090a0b0c0d0e0f",
                    "",
                    CBC_INPUT,
                    """
                    f58c4c04d6e5f1ba779eabfb5f7bfbd69cfc4e967edb808d679f777bc6702c7d
                    39f23369a9d9bacfa530e26304231461b2eb05e2c39be9fcda6c19078c6a9d1b\
                    """);

    /** The input of all three HMAC vectors: "Hi There" under twenty bytes 0x0b. */
    private static final byte[] MAC_INPUT = {'H', 'i', ' ', 'T', 'h', 'e', 'r', 'e'};

    /** Room behind the output, so that what a provider appends shows as a wrong length. */
    private static final int SLACK = 64;

    private KnownAnswers() {}

    /** Refuses a provider that does not compute the cipher as published. */
    static void check(Provider provider, BulkCipher cipher) throws GeneralSecurityException {
        Vector vector =
                switch (cipher) {
                    case AES_128_GCM -> AES_128_GCM;
                    case AES_256_GCM -> AES_256_GCM;
                    case CHACHA20_POLY1305 -> CHACHA20_POLY1305;
                    case AES_128_CBC -> AES_128_CBC;
                    case AES_256_CBC -> AES_256_CBC;
                };
        String name = JcaSealerFactory.transformation(cipher);
        Cipher used = newCipher(provider, name);
        check(used, cipher, vector, name);
        // Another nonce in between: a Cipher may refuse the one it saw last.
        seal(used, cipher, vector, new byte[bytes(vector.nonce).length]);
        check(used, cipher, vector, name);
        if (JcaAeadSealer.takesPieces(provider, cipher)) {
            seal(used, cipher, vector, new byte[bytes(vector.nonce).length]);
            byte[] actual = sealInPieces(used, cipher, vector);
            compare(name, "output in two pieces", bytes(vector.output), actual, vector.source);
        }
    }

    private static void check(Cipher used, BulkCipher cipher, Vector vector, String name)
            throws GeneralSecurityException {
        byte[] actual = seal(used, cipher, vector, bytes(vector.nonce));
        compare(name, "output", bytes(vector.output), actual, vector.source);
    }

    /** The last byte comes by itself, as the content type of a TLS 1.3 record does. */
    private static byte[] sealInPieces(Cipher used, BulkCipher cipher, Vector vector)
            throws GeneralSecurityException {
        byte[] input = bytes(vector.input);
        int most = input.length - 1;
        byte[] out = new byte[input.length + SLACK];
        try {
            used.init(
                    Cipher.ENCRYPT_MODE,
                    new SecretKeySpec(bytes(vector.key), "AES"),
                    parameters(cipher, bytes(vector.nonce)));
            used.updateAAD(bytes(vector.aad));
            int n = used.update(input, 0, most, out, 0);
            n += used.doFinal(input, most, 1, out, n);
            return Arrays.copyOf(out, n);
        } catch (GeneralSecurityException | RuntimeException e) {
            throw failure(used.getAlgorithm(), e);
        }
    }

    private static byte[] seal(Cipher used, BulkCipher cipher, Vector vector, byte[] nonce)
            throws GeneralSecurityException {
        byte[] input = bytes(vector.input);
        byte[] in = Arrays.copyOf(input, input.length + SLACK);
        byte[] out = cipher.isAead() ? in : new byte[in.length];
        String algorithm = cipher == BulkCipher.CHACHA20_POLY1305 ? "ChaCha20" : "AES";
        try {
            used.init(
                    Cipher.ENCRYPT_MODE,
                    new SecretKeySpec(bytes(vector.key), algorithm),
                    parameters(cipher, nonce));
            if (cipher.isAead()) {
                used.updateAAD(bytes(vector.aad));
            }
            return Arrays.copyOf(out, used.doFinal(in, 0, input.length, out, 0));
        } catch (GeneralSecurityException | RuntimeException e) {
            throw failure(used.getAlgorithm(), e);
        }
    }

    private static AlgorithmParameterSpec parameters(BulkCipher cipher, byte[] nonce) {
        return switch (cipher) {
            case AES_128_GCM, AES_256_GCM -> new GCMParameterSpec(8 * cipher.tagLength(), nonce);
            case CHACHA20_POLY1305, AES_128_CBC, AES_256_CBC -> new IvParameterSpec(nonce);
        };
    }

    /** Refuses a provider that does not compute the MAC as published. */
    static void check(Provider provider, MacAlgorithm algorithm) throws GeneralSecurityException {
        String source =
                switch (algorithm) {
                    case AEAD -> throw new IllegalArgumentException("an AEAD has no MAC");
                    case HMAC_SHA1 -> "test case 1 of RFC 2202 section 3";
                    case HMAC_SHA256, HMAC_SHA384 -> "test case 1 of RFC 4231";
                };
        byte[] output =
                switch (algorithm) {
                    case AEAD -> new byte[0];
                    case HMAC_SHA1 -> bytes("b617318655057264e28bc0b6fb378c8ef146be00");
                    case HMAC_SHA256 ->
                            bytes(
                                    """
                                    b0344c61d8db38535ca8afceaf0bf12b
                                    881dc200c9833da726e9376c2e32cff7\
                                    """);
                    case HMAC_SHA384 ->
                            bytes(
                                    """
                                    afd03944d84895626b0825f4ab46907f15f9dadbe4101ec6
                                    82aa034c7cebc59cfaea9ea9076ede7f4af152e8b2fa9cb6\
                                    """);
                };
        byte[] key = new byte[20];
        Arrays.fill(key, (byte) 0x0b);
        String name = algorithm.jcaName();
        Mac mac = newMac(provider, name);
        try {
            mac.init(new SecretKeySpec(key, name));
        } catch (GeneralSecurityException | RuntimeException e) {
            throw failure(name, e);
        }
        compare(name, "MAC", output, authenticate(mac), source);
        compare(name, "MAC", output, authenticate(mac), source);
    }

    private static byte[] authenticate(Mac mac) throws GeneralSecurityException {
        int length = MAC_INPUT.length;
        byte[] array = Arrays.copyOf(MAC_INPUT, length + SLACK);
        try {
            mac.update(array, 0, length);
            mac.doFinal(array, length);
            return Arrays.copyOfRange(array, length, length + mac.getMacLength());
        } catch (GeneralSecurityException | RuntimeException e) {
            throw failure(mac.getAlgorithm(), e);
        }
    }

    private static GeneralSecurityException failure(String name, Exception cause) {
        return new GeneralSecurityException(
                "fails at " + name + ": " + JcaSealerFactory.words(cause), cause);
    }

    private static Cipher newCipher(Provider provider, String name)
            throws GeneralSecurityException {
        try {
            return Cipher.getInstance(name, provider);
        } catch (NoSuchAlgorithmException | NoSuchPaddingException e) {
            throw new NoSuchAlgorithmException("has no " + name, e);
        }
    }

    private static Mac newMac(Provider provider, String name) throws GeneralSecurityException {
        try {
            return Mac.getInstance(name, provider);
        } catch (NoSuchAlgorithmException e) {
            throw new NoSuchAlgorithmException("has no " + name, e);
        }
    }

    private static void compare(
            String name, String what, byte[] expected, byte[] actual, String source)
            throws GeneralSecurityException {
        if (actual.length != expected.length) {
            throw new GeneralSecurityException(
                    "computes %s wrongly: %d bytes instead of the %d of %s"
                            .formatted(name, actual.length, expected.length, source));
        }
        if (!Arrays.equals(actual, expected)) {
            throw new GeneralSecurityException(
                    "computes %s wrongly: not the %s of %s".formatted(name, what, source));
        }
    }

    private static byte[] bytes(String hex) {
        return HexFormat.of().parseHex(hex.replace("\n", ""));
    }
}
