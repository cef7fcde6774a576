package org.sslwrite.interop;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/** Ends a row that takes too long, by taking away what it waits for. */
public final class Deadline implements AutoCloseable {
    private static final ScheduledExecutorService CLOCK =
            Executors.newSingleThreadScheduledExecutor(
                    Thread.ofPlatform().daemon().name("deadline").factory());

    private final ScheduledFuture<?> end;
    private final List<Runnable> guarded = new ArrayList<>();
    private boolean passed;

    public Deadline(Duration after) {
        this.end = CLOCK.schedule(this::pass, after.toNanos(), TimeUnit.NANOSECONDS);
    }

    /** Runs this when the time is up, or at once if it is up already. */
    public synchronized void guard(Runnable action) {
        guarded.add(action);
        if (passed) {
            action.run();
        }
    }

    private synchronized void pass() {
        passed = true;
        guarded.forEach(Runnable::run);
    }

    public synchronized boolean hasPassed() {
        return passed;
    }

    @Override
    public void close() {
        end.cancel(false);
    }
}
