package org.sslwrite.bio;

import java.nio.ByteBuffer;

/**
 * A growing buffer in memory: what is written can be read back, in order ({@code BIO_s_mem}). Never
 * blocks; reading from an empty one says {@link #RETRY}, or {@link #CLOSED} once it is closed. Safe
 * for use by several threads.
 */
public final class MemoryBio implements Bio {
    private static final int INITIAL = 4096;

    private final int limit;
    private byte[] bytes = new byte[0];
    private int head;
    private int tail;
    private boolean closed;

    /** A buffer with no limit but the heap's. */
    public MemoryBio() {
        this(Integer.MAX_VALUE - 8);
    }

    /**
     * A buffer with a limit.
     *
     * @param limit bytes it holds at most; a write beyond says {@link #RETRY} or takes a part
     */
    public MemoryBio(int limit) {
        if (limit < 1) {
            throw new IllegalArgumentException("limit must be at least 1 byte: " + limit);
        }
        this.limit = limit;
    }

    /** Bytes that can be read now ({@code BIO_pending}). */
    public synchronized int pending() {
        return tail - head;
    }

    @Override
    public synchronized int read(ByteBuffer dst) {
        if (tail == head) {
            return closed ? CLOSED : RETRY;
        }
        int n = Math.min(dst.remaining(), tail - head);
        dst.put(bytes, head, n);
        head += n;
        if (head == tail) {
            head = 0;
            tail = 0;
        }
        return n;
    }

    @Override
    public synchronized int write(ByteBuffer src) {
        if (closed) {
            return CLOSED;
        }
        int n = Math.min(src.remaining(), limit - (tail - head));
        if (n == 0) {
            return RETRY;
        }
        makeRoom(n);
        src.get(bytes, tail, n);
        tail += n;
        return n;
    }

    private void makeRoom(int n) {
        if (bytes.length - tail >= n) {
            return;
        }
        int held = tail - head;
        long wanted = Math.min(limit, Math.max(INITIAL, Math.max((long) held + n, 2L * held)));
        byte[] target = wanted > bytes.length ? new byte[(int) wanted] : bytes;
        System.arraycopy(bytes, head, target, 0, held);
        bytes = target;
        head = 0;
        tail = held;
    }

    /** What is in it can still be read; nothing more can be written. */
    @Override
    public synchronized void close() {
        closed = true;
    }
}
