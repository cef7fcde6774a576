package org.sslwrite.seal.token;

import java.nio.ByteBuffer;
import java.util.Objects;

/** Bytes of buffers by absolute positions, within the buffers' capacity, without garbage. */
final class Memory {
    private static final int WORD = 8;

    private Memory() {}

    /**
     * Refuses a record that does not fit, before anything is written.
     *
     * @throws IndexOutOfBoundsException if source or destination is too short
     */
    static void requireRoom(
            ByteBuffer src, int srcIndex, int length, ByteBuffer dst, int dstIndex, int body) {
        Objects.checkFromIndexSize(srcIndex, length, src.limit());
        Objects.checkFromIndexSize(dstIndex, body, dst.limit());
    }

    /** Copies, unless the bytes are where they belong already. */
    static void move(ByteBuffer src, int srcIndex, int length, ByteBuffer dst, int dstIndex) {
        if (src != dst || srcIndex != dstIndex) {
            dst.put(dstIndex, src, srcIndex, length);
        }
    }

    /** Whether every byte is 0, which a tag or a MAC is but once in 2^128 times. */
    static boolean isZero(ByteBuffer memory, int index, int length) {
        for (int i = index; i < index + length; i++) {
            if (memory.get(i) != 0) {
                return false;
            }
        }
        return true;
    }

    static void wipe(ByteBuffer memory, int index, int length) {
        int end = index + length;
        int i = index;
        for (; i <= end - WORD; i += WORD) {
            memory.putLong(i, 0);
        }
        for (; i < end; i++) {
            memory.put(i, (byte) 0);
        }
    }
}
