package org.sslwrite.seal.nativelib.vaes;

/**
 * What the code reads for one key, in bytes from an address that is a multiple of 64.
 *
 * <pre>
 *    0   round keys, 16 bytes each: 11 for AES-128, 15 for AES-256
 *  240   powers of the hash key, the 33rd first, the first last, 16 bytes each
 *  768   fixed IV, with zeros behind it to 16 bytes, in reverse
 *  832   of powers 32 to 1, the halves of each added up: 8 bytes each, eight powers in 64 bytes
 * </pre>
 */
public final class GcmLayout {
    static final int BLOCK = 16;
    static final int VECTOR = 64;

    /** Vectors that are encrypted side by side; their blocks need so many powers. */
    static final int VECTORS = 8;

    static final int CHUNK = VECTORS * VECTOR;

    static final int ROUND_KEYS = 0;

    /** The power for a chunk's first block. One more is before it. */
    static final int POWERS = 256;

    static final int IV = POWERS + CHUNK;
    static final int HASH_KEY = IV - BLOCK;
    static final int HALVES = IV + VECTOR;

    /** Bytes of all of it. */
    public static final int SIZE = HALVES + CHUNK / 2;

    /** What the address is a multiple of. */
    public static final int ALIGNMENT = VECTOR;

    private GcmLayout() {}

    /** Where the key belongs before it is expanded. */
    public static int key() {
        return ROUND_KEYS;
    }

    /** Where a byte of the fixed IV belongs. */
    public static int fixedIv(int index) {
        return IV + BLOCK - 1 - index;
    }
}
