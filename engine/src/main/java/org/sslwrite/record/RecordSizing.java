package org.sslwrite.record;

import java.util.function.LongSupplier;

/**
 * How the records of a connection begin after it was idle: the first goes out by itself, so that
 * the peer can begin with it while the next are sealed; and with dynamic record sizing the first
 * records are small, so that each arrives in one packet and can be read as soon as it has.
 */
final class RecordSizing {
    /** For {@link #RecordSizing}: no connection counts as idle. */
    static final long NEVER = Long.MAX_VALUE;

    /**
     * Content of a small record: with header, tag and the headers of TCP and IPv6 it fits into one
     * Ethernet frame.
     */
    static final int SMALL_FRAGMENT = 1350;

    /** Bytes sent in small records before records grow. */
    static final int SMALL_BYTES = 64 * 1024;

    private final LongSupplier clock;
    private final long idleNanos;
    private final boolean dynamic;
    private boolean begun;
    private long lastWrite;
    private int smallBytesLeft;

    /**
     * @param idleNanos a connection is idle that has begun no write for so long, or none yet; or
     *     {@link #NEVER}
     * @param dynamic whether records are small after idleness
     */
    RecordSizing(long idleNanos, boolean dynamic) {
        this(idleNanos, dynamic, System::nanoTime);
    }

    RecordSizing(long idleNanos, boolean dynamic, LongSupplier clock) {
        this.idleNanos = idleNanos;
        this.dynamic = dynamic;
        this.clock = clock;
    }

    /**
     * A write begins.
     *
     * @return whether the connection was idle
     */
    boolean begin() {
        if (idleNanos == NEVER) {
            return false;
        }
        long now = clock.getAsLong();
        boolean idle = !begun || now - lastWrite >= idleNanos;
        begun = true;
        lastWrite = now;
        if (dynamic && idle) {
            smallBytesLeft = SMALL_BYTES;
        }
        return idle;
    }

    /** Whether it matters when a write of one record begins. */
    boolean watchesEveryWrite() {
        return dynamic;
    }

    /** Bytes of content in the next record at most. */
    int limit(int fragmentLimit) {
        return smallBytesLeft > 0 ? Math.min(fragmentLimit, SMALL_FRAGMENT) : fragmentLimit;
    }

    /** A record was sealed. */
    void sealed(int length) {
        if (smallBytesLeft > 0) {
            smallBytesLeft = Math.max(0, smallBytesLeft - length);
        }
    }
}
