package org.sslwrite.handshake;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Application data that is decrypted and not read yet. Usually a piece of the array that the record
 * came in, borrowed until the transport is read again; copied only when more comes before that.
 */
final class DecryptedBuffer {
    private static final byte[] EMPTY = new byte[0];

    private byte[] bytes = EMPTY;
    private int head;
    private int tail;
    private boolean borrowed;

    int available() {
        return tail - head;
    }

    /** Takes a decrypted fragment; the array may change once {@link #keep} was called. */
    void add(byte[] array, int offset, int length) {
        if (length == 0) {
            return;
        }
        if (available() == 0) {
            bytes = array;
            head = offset;
            tail = offset + length;
            borrowed = true;
            return;
        }
        keep();
        if (bytes.length - tail < length) {
            int held = available();
            byte[] larger = new byte[Math.max(held + length, 2 * held)];
            System.arraycopy(bytes, head, larger, 0, held);
            bytes = larger;
            head = 0;
            tail = held;
        }
        System.arraycopy(array, offset, bytes, tail, length);
        tail += length;
    }

    /** Copies what is borrowed, because its array is about to change. */
    void keep() {
        if (borrowed) {
            bytes = Arrays.copyOfRange(bytes, head, tail);
            tail -= head;
            head = 0;
            borrowed = false;
        }
    }

    int read(ByteBuffer dst) {
        int n = Math.min(dst.remaining(), available());
        dst.put(bytes, head, n);
        head += n;
        if (head == tail) {
            clear();
        }
        return n;
    }

    void clear() {
        bytes = EMPTY;
        head = 0;
        tail = 0;
        borrowed = false;
    }
}
