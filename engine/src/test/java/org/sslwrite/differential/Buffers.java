package org.sslwrite.differential;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.Random;

/**
 * What cases write: the same bytes in two places, so that a write can be repeated from elsewhere;
 * on the heap for ours, in C's memory for both.
 */
final class Buffers {
    static final int SIZE = 1 << 20;

    private static final byte[][] HEAP = {content(), content()};
    private static final MemorySegment[] NATIVE = {copy(HEAP[0]), copy(HEAP[1])};

    private Buffers() {}

    private static byte[] content() {
        byte[] bytes = new byte[SIZE];
        new Random(3).nextBytes(bytes);
        return bytes;
    }

    private static MemorySegment copy(byte[] bytes) {
        return Arena.global().allocate(bytes.length).copyFrom(MemorySegment.ofArray(bytes));
    }

    static byte[] array(int buffer) {
        return HEAP[buffer];
    }

    static ByteBuffer heap(int buffer, int offset, int length) {
        return ByteBuffer.wrap(HEAP[buffer], offset, length);
    }

    static MemorySegment segment(int buffer, int offset, int length) {
        return NATIVE[buffer].asSlice(offset, length);
    }

    static ByteBuffer direct(int buffer, int offset, int length) {
        return NATIVE[buffer].asByteBuffer().position(offset).limit(offset + length);
    }

    /** The same bytes in three pieces; a longer write cuts at the same places. */
    static ByteBuffer[] gathered(int buffer, int offset, int length) {
        int first = Math.min(length, 1000);
        int second = Math.min(length - first, 5000);
        return new ByteBuffer[] {
            heap(buffer, offset, first),
            direct(buffer, offset + first, second),
            heap(buffer, offset + first + second, length - first - second)
        };
    }
}
