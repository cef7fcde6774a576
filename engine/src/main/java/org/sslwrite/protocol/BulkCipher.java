package org.sslwrite.protocol;

/**
 * The cipher that protects records, with the sizes that the key schedule and the record layout
 * need. All in bytes.
 */
public enum BulkCipher {
    /** AES in Galois/Counter Mode, 128-bit key. */
    AES_128_GCM(16, 16),
    /** AES in Galois/Counter Mode, 256-bit key. */
    AES_256_GCM(32, 16),
    /** RFC 8439. */
    CHACHA20_POLY1305(32, 16),
    /** AES in CBC mode with a separate HMAC, 128-bit key. TLS 1.2 only. */
    AES_128_CBC(16, 0),
    /** AES in CBC mode with a separate HMAC, 256-bit key. TLS 1.2 only. */
    AES_256_CBC(32, 0);

    private final int keyLength;
    private final int tagLength;

    BulkCipher(int keyLength, int tagLength) {
        this.keyLength = keyLength;
        this.tagLength = tagLength;
    }

    /** Length of the cipher key. */
    public int keyLength() {
        return keyLength;
    }

    /** Length of the authentication tag; 0 for CBC, where the suite's HMAC does its work. */
    public int tagLength() {
        return tagLength;
    }

    /** Whether the cipher authenticates by itself. */
    public boolean isAead() {
        return tagLength > 0;
    }

    /** Whether it is AES in Galois/Counter Mode. */
    public boolean isGcm() {
        return this == AES_128_GCM || this == AES_256_GCM;
    }

    /**
     * Length of the part of the nonce that comes from the key schedule: 4 for AES-GCM in TLS 1.2
     * (RFC 5288 section 3), 12 for every other AEAD, 0 for CBC, whose IV travels with the record.
     */
    public int fixedIvLength(TlsVersion version) {
        if (!isAead()) {
            return 0;
        }
        return hasExplicitNonce(version) ? 4 : 12;
    }

    /** Length of the nonce or IV that stands at the front of each record's body: 8, 16 or 0. */
    public int recordIvLength(TlsVersion version) {
        if (!isAead()) {
            return 16;
        }
        return hasExplicitNonce(version) ? 8 : 0;
    }

    private boolean hasExplicitNonce(TlsVersion version) {
        return version == TlsVersion.TLSV1_2 && isGcm();
    }
}
