package org.sslwrite.differential;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/** Moves bytes between arrays and BIOs through one block of C's memory. Not for several threads. */
final class NativeMemory {
    private static final int SIZE = 1 << 16;
    private static final MemorySegment BLOCK = Arena.global().allocate(SIZE);

    private NativeMemory() {}

    /** The block; what is in it is gone with the next call here. */
    static MemorySegment block() {
        return BLOCK;
    }

    static byte[] copyOfBlock(int length) {
        return BLOCK.asSlice(0, length).toArray(ValueLayout.JAVA_BYTE);
    }

    /** Reads all that a BIO has. */
    static byte[] readAll(MemorySegment bio) {
        byte[] all = new byte[0];
        while (true) {
            int n = LibSsl.BIO_read(bio, BLOCK, SIZE);
            if (n <= 0) {
                return all;
            }
            int at = all.length;
            all = Arrays.copyOf(all, at + n);
            MemorySegment.copy(BLOCK, ValueLayout.JAVA_BYTE, 0, all, at, n);
        }
    }

    /** Writes what a BIO takes; returns how much that was. */
    static int write(MemorySegment bio, byte[] source, int offset, int length) {
        int written = 0;
        while (written < length) {
            int chunk = Math.min(SIZE, length - written);
            MemorySegment.copy(source, offset + written, BLOCK, ValueLayout.JAVA_BYTE, 0, chunk);
            int n = LibSsl.BIO_write(bio, BLOCK, chunk);
            if (n <= 0) {
                return written;
            }
            written += n;
        }
        return written;
    }
}
