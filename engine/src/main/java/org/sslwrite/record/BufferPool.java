package org.sslwrite.record;

import org.jspecify.annotations.Nullable;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;

/**
 * Direct buffers of one size that outlive the connections that use them: allocating one costs more
 * than a short connection's records, and the collector frees them late. Each begins at a multiple
 * of {@link #ALIGNMENT}. Holds sealed bytes only. Safe for use by several threads.
 */
public final class BufferPool {
    /** Cache lines, and the widest registers there are, begin at its multiples. */
    static final int ALIGNMENT = 64;

    private static final int MAX_IDLE = 64;

    private final int size;
    private final ArrayDeque<ByteBuffer> idle = new ArrayDeque<>();

    /**
     * @param size bytes in each buffer
     */
    public BufferPool(int size) {
        this.size = size;
    }

    int size() {
        return size;
    }

    ByteBuffer take() {
        ByteBuffer buffer = takeIdle();
        return buffer != null ? buffer : allocate();
    }

    private ByteBuffer allocate() {
        int whole = Math.ceilDiv(size, ALIGNMENT) * ALIGNMENT;
        return ByteBuffer.allocateDirect(whole + ALIGNMENT).alignedSlice(ALIGNMENT).slice(0, size);
    }

    private synchronized @Nullable ByteBuffer takeIdle() {
        return idle.pollLast();
    }

    synchronized void give(ByteBuffer buffer) {
        if (buffer.capacity() == size && idle.size() < MAX_IDLE) {
            idle.addLast(buffer.clear());
        }
    }
}
