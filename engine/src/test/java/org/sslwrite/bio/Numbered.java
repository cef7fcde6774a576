package org.sslwrite.bio;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.ByteBuffer;

/**
 * An endless stream in which each byte tells its place, so that a lost, doubled or swapped byte
 * shows. The model of a transport is two of them: one that was written, one that was read.
 */
final class Numbered {
    private long count;

    /** Bytes so far. */
    long count() {
        return count;
    }

    /** The next bytes, without moving on. */
    ByteBuffer peek(int length, boolean direct) {
        ByteBuffer buffer =
                direct ? ByteBuffer.allocateDirect(length) : ByteBuffer.allocate(length);
        for (int i = 0; i < length; i++) {
            buffer.put(i, at(count + i));
        }
        return buffer;
    }

    /** Moves on, by what a transport took of them. */
    void advance(int length) {
        count += length;
    }

    /** Requires that these bytes, up to the buffer's position, are the next ones, and moves on. */
    void verify(ByteBuffer read) {
        for (int i = 0; i < read.position(); i++) {
            long place = count + i;
            assertEquals(at(place), read.get(i), () -> "byte " + place);
        }
        count += read.position();
    }

    private static byte at(long place) {
        return (byte) (place * 0x9E3779B97F4A7C15L >>> 56);
    }
}
