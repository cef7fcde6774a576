package org.sslwrite.bio;

import java.nio.ByteBuffer;

/**
 * Two transports back to back: what one writes the other reads ({@code BIO_new_bio_pair}). Each
 * direction is a bounded ring; a write to a full one, or a read from an empty one, says {@link
 * Bio#RETRY}. Never blocks. Safe for use by several threads.
 */
public final class BioPair {
    /** Bytes a side holds unless told otherwise: room for one full record, as in OpenSSL. */
    public static final int DEFAULT_CAPACITY = 17 * 1024;

    private final Bio first;
    private final Bio second;

    /** A pair with {@link #DEFAULT_CAPACITY} each way. */
    public BioPair() {
        this(DEFAULT_CAPACITY, DEFAULT_CAPACITY);
    }

    /**
     * A pair with the capacities given.
     *
     * @param firstCapacity bytes that the first side can write ahead of the second's reading; at
     *     least 1
     * @param secondCapacity likewise the other way
     */
    public BioPair(int firstCapacity, int secondCapacity) {
        Ring forth = new Ring(firstCapacity);
        Ring back = new Ring(secondCapacity);
        this.first = new Side(back, forth);
        this.second = new Side(forth, back);
    }

    /** One side. */
    public Bio first() {
        return first;
    }

    /** The other side. */
    public Bio second() {
        return second;
    }

    /**
     * Closing a side ends both directions: the other reads what is left, then {@link Bio#CLOSED};
     * it can write no more.
     */
    private record Side(Ring in, Ring out) implements Bio {
        @Override
        public int read(ByteBuffer dst) {
            return in.take(dst);
        }

        @Override
        public int write(ByteBuffer src) {
            return out.put(src);
        }

        @Override
        public void close() {
            in.close();
            out.close();
        }
    }

    private static final class Ring {
        private final byte[] bytes;
        private int head;
        private int size;
        private boolean closed;

        Ring(int capacity) {
            if (capacity < 1) {
                throw new IllegalArgumentException("capacity must be at least 1 byte: " + capacity);
            }
            this.bytes = new byte[capacity];
        }

        synchronized int put(ByteBuffer src) {
            if (closed) {
                return Bio.CLOSED;
            }
            int n = Math.min(src.remaining(), bytes.length - size);
            int tail = (int) (((long) head + size) % bytes.length);
            int straight = Math.min(n, bytes.length - tail);
            src.get(bytes, tail, straight);
            src.get(bytes, 0, n - straight);
            size += n;
            return n;
        }

        synchronized int take(ByteBuffer dst) {
            if (size == 0) {
                return closed ? Bio.CLOSED : Bio.RETRY;
            }
            int n = Math.min(dst.remaining(), size);
            int straight = Math.min(n, bytes.length - head);
            dst.put(bytes, head, straight);
            dst.put(bytes, 0, n - straight);
            head = (int) (((long) head + n) % bytes.length);
            size -= n;
            return n;
        }

        synchronized void close() {
            closed = true;
        }
    }
}
