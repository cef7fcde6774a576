package org.sslwrite.pkcs11.cryptoki;

import org.jspecify.annotations.Nullable;
import org.sslwrite.pkcs11.cryptoki.ffi.Ckr;
import org.sslwrite.pkcs11.cryptoki.ffi.CryptokiException;

import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The sessions in which an incarnation works, each in use by one call at a time. The one used last
 * is used next. Borrowing and giving back allocate nothing; the lock is never held during a call to
 * the token.
 */
final class SessionPool {
    /** How often to look whether the token has a session again, when others have them all. */
    private static final long RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    /** Opens and closes sessions. */
    interface Source {
        long openSession() throws CryptokiException;

        void closeSession(long session);

        /** What is to be thrown when there is none. */
        CryptokiException noSession(long rv, String detail);
    }

    private final Source source;
    private final int limit;
    private final long waitNanos;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition returned = lock.newCondition();
    private long[] idle = new long[8];
    private int idleCount;
    private int borrowed;
    private boolean closed;
    private boolean retired;
    private @Nullable Runnable whenUnused;

    /**
     * @param limit sessions at most
     * @param waitNanos how long to wait for one when all are in use
     */
    SessionPool(Source source, int limit, long waitNanos) {
        this.source = source;
        this.limit = limit;
        this.waitNanos = waitNanos;
    }

    /** A session for one call; it must be given back or discarded. */
    long borrow() throws CryptokiException {
        lock.lock();
        try {
            requireOpen();
            if (idleCount > 0) {
                borrowed++;
                return idle[--idleCount];
            }
        } finally {
            lock.unlock();
        }
        return borrowSlowly();
    }

    private long borrowSlowly() throws CryptokiException {
        long end = System.nanoTime() + waitNanos;
        boolean interrupted = false;
        try {
            while (true) {
                long session = idleOrNew();
                if (session != 0) {
                    return session;
                }
                interrupted |= awaitReturn(end);
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** 0 if there is none at present. */
    private long idleOrNew() throws CryptokiException {
        lock.lock();
        try {
            requireOpen();
            if (idleCount > 0) {
                borrowed++;
                return idle[--idleCount];
            }
            if (borrowed >= limit) {
                return 0;
            }
            borrowed++;
        } finally {
            lock.unlock();
        }
        return open();
    }

    private long open() throws CryptokiException {
        long session = 0;
        try {
            session = source.openSession();
        } catch (CryptokiException e) {
            if (e.rv() != Ckr.CKR_SESSION_COUNT) {
                throw e;
            }
        } finally {
            if (session == 0) {
                forgetBorrowed();
            }
        }
        return session;
    }

    /** Waits for one to be given back; true if the thread was interrupted. */
    private boolean awaitReturn(long end) throws CryptokiException {
        long left = end - System.nanoTime();
        if (left <= 0) {
            throw source.noSession(
                    Ckr.CKR_SESSION_COUNT,
                    "all sessions are in use (maxSessions, or the token's own limit)");
        }
        lock.lock();
        try {
            if (idleCount == 0 && !closed) {
                returned.awaitNanos(Math.min(left, RETRY_NANOS));
            }
            return false;
        } catch (InterruptedException e) {
            return true;
        } finally {
            lock.unlock();
        }
    }

    private void requireOpen() throws CryptokiException {
        if (closed) {
            throw source.noSession(Ckr.CKR_SESSION_CLOSED, "the token was closed");
        }
    }

    void giveBack(long session) {
        lock.lock();
        try {
            if (!closed && !retired) {
                borrowed--;
                if (idleCount == idle.length) {
                    idle = Arrays.copyOf(idle, idleCount * 2);
                }
                idle[idleCount++] = session;
                returned.signal();
                return;
            }
        } finally {
            lock.unlock();
        }
        discard(session);
    }

    /** For a session in which something failed: it is closed, not used again. */
    void discard(long session) {
        try {
            source.closeSession(session);
        } finally {
            forgetBorrowed();
        }
    }

    /** A call begins in a session that isn't the pool's; the pool isn't closed until it ends. */
    void beginCall() throws CryptokiException {
        lock.lock();
        try {
            requireOpen();
            borrowed++;
        } finally {
            lock.unlock();
        }
    }

    void endCall() {
        forgetBorrowed();
    }

    private void forgetBorrowed() {
        Runnable then = null;
        lock.lock();
        try {
            borrowed--;
            returned.signal();
            if (closed && borrowed == 0) {
                then = whenUnused;
                whenUnused = null;
            }
        } finally {
            lock.unlock();
        }
        if (then != null) {
            then.run();
        }
    }

    /** Keeps no session that is not in use, from now on. */
    void retire() {
        long[] unused;
        lock.lock();
        try {
            retired = true;
            unused = Arrays.copyOf(idle, idleCount);
            idleCount = 0;
        } finally {
            lock.unlock();
        }
        for (long session : unused) {
            source.closeSession(session);
        }
    }

    /**
     * Lets nobody borrow any more.
     *
     * @param whenUnused run once, when the last session that is in use now has come back
     */
    void close(Runnable whenUnused) {
        lock.lock();
        try {
            if (closed) {
                return;
            }
            closed = true;
            returned.signalAll();
            if (borrowed > 0) {
                this.whenUnused = whenUnused;
                return;
            }
        } finally {
            lock.unlock();
        }
        whenUnused.run();
    }

    /** Closes those that are idle, but for one; after {@link #close}. */
    void closeIdleBut(long last) {
        for (int i = 0; i < idleCount; i++) {
            if (idle[i] != last) {
                source.closeSession(idle[i]);
            }
        }
        idleCount = 0;
    }
}
