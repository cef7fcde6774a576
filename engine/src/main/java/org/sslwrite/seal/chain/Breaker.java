package org.sslwrite.seal.chain;

import org.jspecify.annotations.Nullable;
import org.sslwrite.seal.BreakerState;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * Keeps new epochs away from an engine that has failed several times in a row. After a while one
 * epoch is let through as a trial: if it seals, all may follow; if it fails, the waiting begins
 * anew. Safe for use by several threads.
 */
public final class Breaker {
    private final int failuresAllowed;
    private final long pauseNanos;
    private final LongSupplier clock;
    private BreakerState state = BreakerState.CLOSED;
    private int failures;
    private long waitingSince;
    private @Nullable String reason;

    /**
     * @param failuresAllowed failures in a row that open it, at least 1
     * @param pause from then, or from the start of a trial that never ends, to the next trial
     */
    public Breaker(int failuresAllowed, Duration pause) {
        this(failuresAllowed, pause, System::nanoTime);
    }

    Breaker(int failuresAllowed, Duration pause, LongSupplier clock) {
        if (failuresAllowed < 1) {
            throw new IllegalArgumentException(
                    "a breaker opens after at least 1 failure, not " + failuresAllowed);
        }
        if (pause.isNegative() || pause.isZero()) {
            throw new IllegalArgumentException("a breaker's pause must be positive: " + pause);
        }
        this.failuresAllowed = failuresAllowed;
        this.pauseNanos = pause.toNanos();
        this.clock = clock;
    }

    /** Whether no epoch may use the engine now, not even as a trial. */
    public synchronized boolean isWaiting() {
        return state != BreakerState.CLOSED && clock.getAsLong() - waitingSince < pauseNanos;
    }

    /** Whether a new epoch may use the engine; one that may not must not report. */
    public synchronized boolean admits() {
        if (state == BreakerState.CLOSED) {
            return true;
        }
        if (isWaiting()) {
            return false;
        }
        state = BreakerState.HALF_OPEN;
        waitingSince = clock.getAsLong();
        return true;
    }

    /**
     * The engine has sealed for an epoch.
     *
     * @return whether this closed the breaker
     */
    public synchronized boolean succeeded() {
        boolean closes = state != BreakerState.CLOSED;
        state = BreakerState.CLOSED;
        failures = 0;
        return closes;
    }

    /**
     * The engine has failed an epoch.
     *
     * @return whether this opened the breaker
     */
    public synchronized boolean failed(String why) {
        reason = why;
        failures++;
        if (state == BreakerState.OPEN
                || (state == BreakerState.CLOSED && failures < failuresAllowed)) {
            return false;
        }
        state = BreakerState.OPEN;
        waitingSince = clock.getAsLong();
        return true;
    }

    /** What it does now. */
    public synchronized BreakerState state() {
        return state;
    }

    /** In words, why an epoch is kept away. */
    public synchronized String explanation() {
        long left = Math.max(0, pauseNanos - (clock.getAsLong() - waitingSince));
        return "it failed %d times, last: %s; tried again in %d s"
                .formatted(failures, reason, Math.ceilDiv(left, 1_000_000_000L));
    }
}
