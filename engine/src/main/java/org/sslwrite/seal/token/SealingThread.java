package org.sslwrite.seal.token;

import org.jspecify.annotations.Nullable;
import org.sslwrite.pkcs11.TokenException;
import org.sslwrite.pkcs11.timeout.DeadlineWorker;
import org.sslwrite.seal.RecordSealer;
import org.sslwrite.seal.SealException;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * A thread that seals one record at a time for whoever has borrowed it, with a limit on how long
 * that may take. One that was given up is left to its call, with all that it works on.
 */
final class SealingThread implements DeadlineWorker.Task {
    private final Pool pool;
    private final DeadlineWorker worker;
    private @Nullable RecordSealer sealer;
    private @Nullable ByteBuffer memory;
    private long sequence;
    private int contentType;
    private int contentAt;
    private int length;
    private int padding;
    private @Nullable Exception failure;

    private SealingThread(Pool pool) {
        this.pool = pool;
        this.worker = new DeadlineWorker(pool.what, pool.limit, this);
    }

    /**
     * Seals in place, at the start of the memory, on the thread, and waits for it.
     *
     * @throws SealException if the sealer did
     * @throws TokenException if there was no answer in time: sealer and memory are then lost
     */
    void seal(
            RecordSealer with,
            long number,
            int type,
            ByteBuffer in,
            int at,
            int contentLength,
            int zeros)
            throws SealException, TokenException {
        sealer = with;
        memory = in;
        sequence = number;
        contentType = type;
        contentAt = at;
        length = contentLength;
        padding = zeros;
        failure = null;
        worker.run();
        sealer = null;
        memory = null;
        switch (failure) {
            case null -> {}
            case SealException e -> throw e;
            case RuntimeException e -> throw e;
            default -> throw new IllegalStateException(failure);
        }
    }

    @Override
    public void run() {
        RecordSealer with = sealer;
        ByteBuffer in = memory;
        if (with == null || in == null) {
            throw new IllegalStateException("nothing to seal");
        }
        try {
            with.seal(sequence, contentType, in, contentAt, length, padding, in, 0);
        } catch (SealException | RuntimeException e) {
            failure = e;
        }
    }

    @Override
    public void abandoned() {
        RecordSealer with = sealer;
        ByteBuffer in = memory;
        try {
            if (with != null && in != null) {
                Memory.wipe(in, 0, in.capacity());
                with.close();
            }
        } finally {
            pool.permits.release();
        }
    }

    /** Threads that nobody has borrowed. Safe for use by several threads. */
    static final class Pool {
        /** Calls at a time. More than a token works on; as many hang only if all do. */
        static final int MOST = 256;

        /** Stands for no limit; System.nanoTime() can count it. */
        private static final Duration FOREVER = Duration.ofDays(36_500);

        private final String what;
        private final Duration limit;
        private final Semaphore permits = new Semaphore(MOST);
        private final ArrayDeque<SealingThread> idle = new ArrayDeque<>();

        /**
         * @param what token and operation, for messages
         * @param limit zero for none
         */
        Pool(String what, Duration limit) {
            this.what = what;
            this.limit = limit.isZero() ? FOREVER : limit;
        }

        /**
         * A thread; waits for one if all are in use, even if interrupted.
         *
         * @throws TokenException if none is given back within the limit
         */
        SealingThread take() throws TokenException {
            if (!permits.tryAcquire() && !acquire()) {
                throw new TokenException(
                        what + ": not tried, for " + MOST + " calls are under way already");
            }
            boolean taken = false;
            try {
                SealingThread thread = idleOrNew();
                taken = true;
                return thread;
            } finally {
                if (!taken) {
                    permits.release();
                }
            }
        }

        private SealingThread idleOrNew() {
            synchronized (idle) {
                SealingThread thread = idle.pollLast();
                return thread != null ? thread : new SealingThread(this);
            }
        }

        private boolean acquire() {
            long start = System.nanoTime();
            boolean interrupted = false;
            try {
                while (true) {
                    try {
                        long left = limit.toNanos() - (System.nanoTime() - start);
                        return permits.tryAcquire(left, TimeUnit.NANOSECONDS);
                    } catch (InterruptedException e) {
                        interrupted = true;
                    }
                }
            } finally {
                if (interrupted) {
                    Thread.currentThread().interrupt();
                }
            }
        }

        /** Takes back one that has answered. */
        void give(SealingThread thread) {
            try {
                synchronized (idle) {
                    idle.addLast(thread);
                }
            } finally {
                permits.release();
            }
        }
    }
}
