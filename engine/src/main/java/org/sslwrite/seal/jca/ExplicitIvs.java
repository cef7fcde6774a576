package org.sslwrite.seal.jca;

import java.security.SecureRandom;

/**
 * IVs for CBC records, which RFC 5246 section 6.2.3.2 wants unpredictable. Drawn from the generator
 * many at a time, because its fixed cost is larger than a short record's.
 */
final class ExplicitIvs {
    private static final int DRAWN_AT_ONCE = 32;

    private final SecureRandom random = new SecureRandom();
    private final int length;
    private final byte[] drawn;
    private int next;

    ExplicitIvs(int length) {
        this.length = length;
        this.drawn = new byte[DRAWN_AT_ONCE * length];
        this.next = drawn.length;
    }

    /** Writes the next IV. */
    void put(byte[] array, int index) {
        if (next == drawn.length) {
            random.nextBytes(drawn);
            next = 0;
        }
        System.arraycopy(drawn, next, array, index, length);
        next += length;
    }
}
