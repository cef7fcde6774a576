package org.sslwrite.seal.token;

import org.sslwrite.protocol.BulkCipher;
import org.sslwrite.protocol.CipherSuite;
import org.sslwrite.protocol.MacAlgorithm;
import org.sslwrite.protocol.TlsVersion;

import java.util.List;

/**
 * What a token computes for records: a cipher, or the HMAC of a CBC suite. Suites and versions
 * differ in how we use these, and in nothing that a token sees.
 */
enum Primitive {
    AES_128_GCM(BulkCipher.AES_128_GCM, MacAlgorithm.AEAD, "AES-GCM with 128-bit keys"),
    AES_256_GCM(BulkCipher.AES_256_GCM, MacAlgorithm.AEAD, "AES-GCM with 256-bit keys"),
    CHACHA20_POLY1305(BulkCipher.CHACHA20_POLY1305, MacAlgorithm.AEAD, "ChaCha20-Poly1305"),
    AES_128_CBC(BulkCipher.AES_128_CBC, MacAlgorithm.AEAD, "AES-CBC with 128-bit keys"),
    AES_256_CBC(BulkCipher.AES_256_CBC, MacAlgorithm.AEAD, "AES-CBC with 256-bit keys"),
    HMAC_SHA1(BulkCipher.AES_128_CBC, MacAlgorithm.HMAC_SHA1, "HMAC-SHA1"),
    HMAC_SHA256(BulkCipher.AES_128_CBC, MacAlgorithm.HMAC_SHA256, "HMAC-SHA256"),
    HMAC_SHA384(BulkCipher.AES_256_CBC, MacAlgorithm.HMAC_SHA384, "HMAC-SHA384");

    private static final int BLOCK = 16;
    private static final int MAC_HEADER = 13;

    private final BulkCipher cipher;
    private final MacAlgorithm mac;
    private final String text;

    Primitive(BulkCipher cipher, MacAlgorithm mac, String text) {
        this.cipher = cipher;
        this.mac = mac;
        this.text = text;
    }

    /** Those that records of a suite need. */
    static List<Primitive> of(CipherSuite suite) {
        Primitive cipher =
                switch (suite.bulkCipher()) {
                    case AES_128_GCM -> AES_128_GCM;
                    case AES_256_GCM -> AES_256_GCM;
                    case CHACHA20_POLY1305 -> CHACHA20_POLY1305;
                    case AES_128_CBC -> AES_128_CBC;
                    case AES_256_CBC -> AES_256_CBC;
                };
        return switch (suite.mac()) {
            case AEAD -> List.of(cipher);
            case HMAC_SHA1 -> List.of(cipher, HMAC_SHA1);
            case HMAC_SHA256 -> List.of(cipher, HMAC_SHA256);
            case HMAC_SHA384 -> List.of(cipher, HMAC_SHA384);
        };
    }

    /** The cipher; has no meaning for an HMAC. */
    BulkCipher cipher() {
        return cipher;
    }

    /** {@link MacAlgorithm#AEAD} for a cipher. */
    MacAlgorithm mac() {
        return mac;
    }

    boolean isMac() {
        return mac != MacAlgorithm.AEAD;
    }

    /** The longest input that a record with so much content takes, in any suite and version. */
    int inputFor(int content) {
        if (isMac()) {
            // RFC 7366: IV and ciphertext are authenticated.
            return MAC_HEADER + BLOCK + blocks(content + 1);
        }
        return cipher.isAead()
                ? content + 1
                : blocks(content + MacAlgorithm.HMAC_SHA384.length() + 1);
    }

    /** The most content that a record of the suite can have if no input is longer than this. */
    int contentFor(int input, CipherSuite suite) {
        if (isMac()) {
            return (input - MAC_HEADER - BLOCK) / BLOCK * BLOCK - 1;
        }
        return cipher.isAead()
                ? input - (suite.version() == TlsVersion.TLSV1_3 ? 1 : 0)
                : input / BLOCK * BLOCK - suite.mac().length() - 1;
    }

    private static int blocks(int length) {
        return Math.ceilDiv(length, BLOCK) * BLOCK;
    }

    @Override
    public String toString() {
        return text;
    }
}
