package org.sslwrite.pkcs11.timeout;

import org.jspecify.annotations.Nullable;
import org.sslwrite.pkcs11.TokenException;

import java.time.Duration;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * {@link Deadline} for the same kind of call again and again: a daemon thread of its own, which
 * starts with the first call and ends when it was idle for a while. A call allocates nothing.
 *
 * <p>After a call that did not return in time the worker is of no more use: its thread may still be
 * in that call, with all the memory that the task reaches, so none of that may be freed or used
 * again. Used by one caller at a time.
 */
public final class DeadlineWorker implements AutoCloseable {
    /** What the worker does; the same object each time, with its arguments in fields. */
    @FunctionalInterface
    public interface Task {
        /** Calls the token. */
        void run() throws TokenException;

        /** Nobody waited any more when the call returned: what it worked on is nobody's. */
        default void abandoned() {}
    }

    private static final long IDLE_NANOS = Duration.ofSeconds(10).toNanos();

    /** There is no thread. */
    private static final int STOPPED = 0;

    private static final int IDLE = 1;
    private static final int RUNNING = 2;

    /** The task has ended, the caller has not seen it yet. */
    private static final int DONE = 3;

    /** The caller has given up, or closed. */
    private static final int ABANDONED = 4;

    private static final ThreadFactory THREADS =
            Thread.ofPlatform().daemon().name("pkcs11-worker").factory();

    private final ThreadFactory threads;
    private final AtomicInteger state = new AtomicInteger(STOPPED);
    private final String what;
    private final Duration limit;
    private final Task task;

    private @Nullable Thread thread;
    private volatile @Nullable Thread caller;
    private volatile @Nullable Throwable failure;

    /**
     * @param what token and operation, for messages
     * @param limit positive
     */
    public DeadlineWorker(String what, Duration limit, Task task) {
        this(what, limit, task, THREADS);
    }

    /** As above, on threads of somebody else's making. */
    DeadlineWorker(String what, Duration limit, Task task, ThreadFactory threads) {
        this.threads = threads;
        if (!limit.isPositive()) {
            throw new IllegalArgumentException("a deadline of " + limit);
        }
        this.what = what;
        this.limit = limit;
        this.task = task;
    }

    /**
     * Runs the task on the worker's thread and waits for it, even if the waiting thread is
     * interrupted (it stays interrupted). What the caller wrote before, the task sees, and the
     * other way round.
     *
     * @throws NoAnswerException when the time is up, and from then on always
     */
    public void run() throws TokenException {
        caller = Thread.currentThread();
        failure = null;
        start();
        if (!awaitDone()) {
            throw new NoAnswerException(what, limit);
        }
        Throwable thrown = failure;
        if (thrown != null) {
            throw Deadline.failure(thrown);
        }
    }

    private void start() throws TokenException {
        if (state.compareAndSet(IDLE, RUNNING)) {
            LockSupport.unpark(thread);
        } else if (state.compareAndSet(STOPPED, RUNNING)) {
            startThread();
        } else if (state.get() == ABANDONED) {
            throw new NoAnswerException(what, limit);
        } else {
            throw new IllegalStateException(what + ": used by two threads at once");
        }
    }

    /** Where there can be no thread now, there may be one for the next call. */
    private void startThread() {
        boolean started = false;
        try {
            Thread made = threads.newThread(this::work);
            made.start();
            thread = made;
            started = true;
        } finally {
            if (!started) {
                state.set(STOPPED);
            }
        }
    }

    /** False if the time is up. */
    private boolean awaitDone() {
        long end = System.nanoTime() + limit.toNanos();
        boolean interrupted = false;
        while (state.get() == RUNNING) {
            long left = end - System.nanoTime();
            if (left <= 0) {
                state.compareAndSet(RUNNING, ABANDONED);
            } else {
                LockSupport.parkNanos(this, left);
                interrupted |= Thread.interrupted(); // else it would not park again
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return state.compareAndSet(DONE, IDLE);
    }

    private void work() {
        while (awaitTask()) {
            try {
                task.run();
            } catch (Throwable e) {
                failure = e;
            }
            Thread waiting = caller;
            if (!state.compareAndSet(RUNNING, DONE)) {
                task.abandoned();
                return;
            }
            LockSupport.unpark(waiting);
        }
    }

    /** False if there is nothing more to do for this thread. */
    private boolean awaitTask() {
        long end = System.nanoTime() + IDLE_NANOS;
        while (true) {
            int now = state.get();
            if (now == RUNNING) {
                return true;
            }
            long left = end - System.nanoTime();
            if (now == ABANDONED || left <= 0 && state.compareAndSet(IDLE, STOPPED)) {
                return false;
            }
            LockSupport.parkNanos(this, Math.max(left, 1));
        }
    }

    /** Whether a call is still under way that nobody waits for, or was; for tests. */
    boolean isAbandoned() {
        return state.get() == ABANDONED;
    }

    /** Ends the thread, as soon as its call has. Twice does no harm. */
    @Override
    public void close() {
        state.set(ABANDONED);
        LockSupport.unpark(thread);
    }
}
