package org.sslwrite.seal.jca;

import org.sslwrite.protocol.RecordLayout;

import java.util.Arrays;

/**
 * A heap array for one record at a time. Small until the first large record: handshake epochs seal
 * a few hundred bytes and never need more.
 */
final class Staging {
    private static final byte[] NONE = new byte[0];
    private static final int SMALL = 1024;
    private final int largest;
    private byte[] array = NONE;

    /**
     * @param overhead bytes around the content of a full record
     */
    Staging(int overhead) {
        this.largest = RecordLayout.MAX_FRAGMENT + overhead;
    }

    /** An array with room for so many bytes; what the last one held is lost. */
    byte[] atLeast(int length) {
        if (array.length < length) {
            array = new byte[length <= SMALL ? SMALL : Math.max(length, largest)];
        }
        return array;
    }

    /** Gives the array back; the next record takes another. */
    void release() {
        wipe();
        array = NONE;
    }

    void wipe() {
        Arrays.fill(array, (byte) 0);
    }
}
