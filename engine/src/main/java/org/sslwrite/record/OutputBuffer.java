package org.sslwrite.record;

import org.jspecify.annotations.Nullable;

import java.nio.ByteBuffer;

/**
 * Sealed records that wait for the transport, in the order in which they were sealed, contiguous in
 * one direct buffer.
 *
 * <pre>
 *   start      head              tail           capacity
 *   |  gone    |  sealed, waits  |   room       |
 * </pre>
 *
 * A record is written at {@code tail} and becomes visible to the transport when {@code tail} moves
 * behind it.
 */
final class OutputBuffer {
    private final BufferPool pool;
    private @Nullable ByteBuffer bytes;
    private @Nullable ByteBuffer view;
    private int start;
    private int head;
    private int tail;

    /** Behind the last control record; at or before {@code head} if none waits. */
    private int controlTail;

    OutputBuffer(BufferPool pool) {
        this.pool = pool;
    }

    /**
     * Begins an empty buffer where content that lies so far behind the start of a record is
     * aligned: engines with wide registers take a twentieth less time then.
     */
    void alignContentAt(int contentOffset) {
        start = Math.floorMod(-contentOffset, BufferPool.ALIGNMENT);
        if (isEmpty()) {
            rewind();
        }
    }

    boolean isEmpty() {
        return head == tail;
    }

    int pending() {
        return tail - head;
    }

    /** Whether a record of this length fits without growing. */
    boolean hasRoom(int length) {
        return (bytes == null ? pool.size() : bytes.capacity()) - tail >= length;
    }

    /**
     * The buffer to write a record into, at {@link #tail()}; grows if it must, which only control
     * records ever need.
     */
    ByteBuffer claim(int length) {
        ByteBuffer current = bytes;
        if (current == null) {
            current = pool.take();
            view = current.asReadOnlyBuffer();
            bytes = current;
        }
        if (current.capacity() - tail < length) {
            current = grow(current, length);
        }
        return current;
    }

    private ByteBuffer grow(ByteBuffer current, int length) {
        int waiting = tail - head;
        ByteBuffer larger =
                ByteBuffer.allocateDirect(Math.max(2 * current.capacity(), waiting + length));
        larger.put(0, current, head, waiting);
        pool.give(current);
        bytes = larger;
        view = larger.asReadOnlyBuffer();
        controlTail -= head;
        head = 0;
        tail = waiting;
        return larger;
    }

    int tail() {
        return tail;
    }

    void commit(int length) {
        tail += length;
    }

    void commitControl(int length) {
        tail += length;
        controlTail = tail;
    }

    /** Whether a control record, or a part of one, waits. */
    boolean hasControl() {
        return controlTail > head;
    }

    /** What waits, for the transport to take from; call {@link #taken()} afterwards. */
    ByteBuffer waiting() {
        ByteBuffer current = view;
        if (current == null) {
            throw new IllegalStateException("nothing waits");
        }
        return current.limit(tail).position(head);
    }

    /** Accounts for what the transport took of {@link #waiting()}. */
    void taken() {
        ByteBuffer current = view;
        if (current != null) {
            head = current.position();
        }
        if (head == tail) {
            rewind();
            if (current != null && current.capacity() > pool.size()) {
                release();
            }
        }
    }

    /** Drops what waits and gives the buffer back. */
    void release() {
        ByteBuffer current = bytes;
        if (current != null) {
            pool.give(current);
        }
        bytes = null;
        view = null;
        rewind();
    }

    /** Drops what waits without giving the buffer back: nobody knows who has it. */
    void forget() {
        bytes = null;
        view = null;
        rewind();
    }

    private void rewind() {
        head = start;
        tail = start;
        controlTail = start;
    }
}
