package org.sslwrite.pkcs11.cryptoki;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.locks.LockSupport;

/**
 * Counts the calls that are under way in a module, and can keep new ones out until there are none:
 * "the behavior of C_Finalize is undefined if it is called while other threads of the application
 * are making Cryptoki calls" (PKCS#11 2.40, C_Finalize). Entering and leaving allocate nothing and
 * take no lock. Safe for use by several threads.
 */
final class CallGate {
    /** For calls that are good in every {@linkplain HandleRegistry#generation generation}. */
    static final int ANY_GENERATION = -1;

    /** Counters of their own for threads that would wait for each other's cache line. */
    private static final int STRIPES = 16;

    private static final int INTS_OF_CACHE_LINES = 32;

    private final AtomicIntegerArray underWay =
            new AtomicIntegerArray(STRIPES * INTS_OF_CACHE_LINES);
    private final HandleRegistry claims;
    private volatile boolean isShut;

    CallGate(HandleRegistry claims) {
        this.claims = claims;
    }

    /**
     * A call begins, unless its generation is over. Waits while the gate is shut.
     *
     * @return whether it may be made, and {@link #leave} is due
     */
    boolean enter(int generation) {
        int stripe = stripe();
        underWay.getAndIncrement(stripe);
        while (isShut) {
            underWay.getAndDecrement(stripe);
            if (!awaitOpen(generation)) {
                return false;
            }
            underWay.getAndIncrement(stripe);
        }
        if (isPresent(generation)) {
            return true;
        }
        underWay.getAndDecrement(stripe);
        return false;
    }

    /** Ends a call, on the thread that began it. */
    void leave() {
        underWay.getAndDecrement(stripe());
    }

    private static int stripe() {
        return ((int) Thread.currentThread().threadId() & STRIPES - 1) * INTS_OF_CACHE_LINES;
    }

    private boolean isPresent(int generation) {
        return generation == ANY_GENERATION || generation == claims.generation();
    }

    /** False if the generation is over. */
    private synchronized boolean awaitOpen(int generation) {
        boolean interrupted = false;
        while (isShut && isPresent(generation)) {
            try {
                wait();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return isPresent(generation);
    }

    /**
     * Lets no call begin any more, until {@link #open}. Only one thread at a time.
     *
     * @param patience how long to wait for those under way
     * @return whether none is; otherwise the gate is open again
     */
    boolean shut(Duration patience) {
        long end = System.nanoTime() + patience.toNanos();
        isShut = true;
        while (isAnyUnderWay()) {
            if (System.nanoTime() - end >= 0) {
                open();
                return false;
            }
            LockSupport.parkNanos(100_000);
        }
        return true;
    }

    private boolean isAnyUnderWay() {
        for (int i = 0; i < STRIPES; i++) {
            if (underWay.get(i * INTS_OF_CACHE_LINES) != 0) {
                return true;
            }
        }
        return false;
    }

    synchronized void open() {
        isShut = false;
        notifyAll();
    }

    /** A generation is over: who waits with it need not wait longer. */
    synchronized void generationEnded() {
        notifyAll();
    }
}
