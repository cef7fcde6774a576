package org.sslwrite.probe;

/** What one TLS record puts into a token's operation beside its content. */
final class RecordNeeds {
    /** RFC 8446, section 5.1: "The length MUST NOT exceed 2^14 bytes." */
    static final int MAX_FRAGMENT = 1 << 14;

    /** RFC 6066, section 4: the smallest that a peer may ask for. */
    static final int MIN_FRAGMENT = 512;

    /** TLSInnerPlaintext's type (RFC 8446, section 5.2). */
    private static final int INNER_TYPE = 1;

    /** A MAC of SHA-384, and padding up to the next block. */
    private static final int MAC_AND_PADDING = 48 + 16;

    /**
     * RFC 7366, section 3: the MAC is over sequence number, header, IV and ciphertext, whose
     * content is padded up to the next block. Without encrypt-then-MAC it is less.
     */
    private static final int HEADER_IV_AND_PADDING = 13 + 16 + 16;

    private RecordNeeds() {}

    private static int overhead(Feature feature) {
        return switch (feature) {
            case AES_128_GCM, AES_256_GCM, CHACHA20_POLY1305 -> INNER_TYPE;
            case AES_128_CBC, AES_256_CBC -> MAC_AND_PADDING;
            case HMAC_SHA1, HMAC_SHA256, HMAC_SHA384 -> HEADER_IV_AND_PADDING;
            default -> throw new IllegalArgumentException(feature + " seals no records");
        };
    }

    /** Bytes that the operation must take at once for the largest record. */
    static int largestInput(Feature feature) {
        return MAX_FRAGMENT + overhead(feature);
    }

    /** Content of the largest record for which the operation takes so many bytes at once. */
    static int fragment(Feature feature, int largestInput) {
        return Math.min(MAX_FRAGMENT, largestInput - overhead(feature));
    }
}
