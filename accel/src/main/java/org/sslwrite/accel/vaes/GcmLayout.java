package org.sslwrite.accel.vaes;

/**
 * What the code reads for one key, in bytes from an address that is a multiple of 64.
 *
 * <pre>
 *    0   round keys, 16 bytes each: 11 for AES-128, 15 for AES-256
 *  256   powers of the hash key, the 64th first, the first last, 16 bytes each
 * 1280   fixed IV, with zeros behind it to 16 bytes, in reverse
 * 1344   of these powers, the halves of each added up: 8 bytes each, eight powers in 64 bytes
 * </pre>
 */
public final class GcmLayout {
    static final int BLOCK = 16;
    static final int VECTOR = 64;

    /** Vectors that are encrypted side by side; their blocks need so many powers. */
    static final int VECTORS = 8;

    static final int CHUNK = VECTORS * VECTOR;

    static final int ROUND_KEYS = 0;

    /** Chunks are hashed two at a time, and so many blocks need a power each. */
    static final int BLOCKS = 2 * CHUNK / BLOCK;

    static final int POWERS = 256;
    static final int IV = POWERS + BLOCK * BLOCKS;
    static final int HASH_KEY = IV - BLOCK;
    static final int HALVES = IV + VECTOR;

    /** Bytes of all of it. */
    public static final int SIZE = HALVES + BLOCK / 2 * BLOCKS;

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
