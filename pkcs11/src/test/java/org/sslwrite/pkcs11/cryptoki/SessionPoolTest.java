package org.sslwrite.pkcs11.cryptoki;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.sslwrite.pkcs11.cryptoki.ffi.Ckr;
import org.sslwrite.pkcs11.cryptoki.ffi.CryptokiException;

import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

@Timeout(60)
class SessionPoolTest {
    private static final long LONG = TimeUnit.SECONDS.toNanos(30);

    /** A mock of a token's sessions, with a limit that the pool isn't told. */
    private static final class MockSource implements SessionPool.Source {
        private final AtomicLong next = new AtomicLong(1);
        private final Set<Long> open = ConcurrentHashMap.newKeySet();
        private volatile int limit = Integer.MAX_VALUE;
        private volatile long failure;

        @Override
        public long openSession() throws CryptokiException {
            if (failure != 0 || open.size() >= limit) {
                throw noSession(failure != 0 ? failure : Ckr.CKR_SESSION_COUNT, "mock");
            }
            long session = next.getAndIncrement();
            open.add(session);
            return session;
        }

        @Override
        public void closeSession(long session) {
            assertTrue(open.remove(session), "closed twice");
        }

        @Override
        public CryptokiException noSession(long rv, String detail) {
            return new CryptokiException("the mock", "C_OpenSession", rv, detail);
        }
    }

    private final MockSource source = new MockSource();

    private static CompletableFuture<Long> borrowElsewhere(SessionPool pool) {
        CompletableFuture<Long> session = new CompletableFuture<>();
        Thread.ofVirtual()
                .start(
                        () -> {
                            try {
                                session.complete(pool.borrow());
                            } catch (CryptokiException e) {
                                session.completeExceptionally(e);
                            }
                        });
        return session;
    }

    @Test
    void theOneUsedLastIsUsedNext() throws Exception {
        SessionPool pool = new SessionPool(source, 100, LONG);
        long[] sessions = new long[20];
        for (int i = 0; i < sessions.length; i++) {
            sessions[i] = pool.borrow();
        }
        for (long session : sessions) {
            pool.giveBack(session);
        }
        assertEquals(sessions[19], pool.borrow());
        assertEquals(sessions[18], pool.borrow());
        assertEquals(20, source.open.size());
    }

    @Test
    void atItsLimitItWaitsForOneToComeBack() throws Exception {
        SessionPool pool = new SessionPool(source, 1, LONG);
        long session = pool.borrow();
        CompletableFuture<Long> waiting = borrowElsewhere(pool);
        pool.giveBack(session);
        assertEquals(session, waiting.get());
    }

    @Test
    void orForOneToBeDiscarded() throws Exception {
        SessionPool pool = new SessionPool(source, 1, LONG);
        CompletableFuture<Long> waiting;
        long session = pool.borrow();
        waiting = borrowElsewhere(pool);
        pool.discard(session);
        assertEquals(session + 1, waiting.get());
    }

    @Test
    void atTheTokensLimitItWaitsToo() throws Exception {
        source.limit = 1;
        SessionPool pool = new SessionPool(source, 100, LONG);
        long session = pool.borrow();
        CompletableFuture<Long> waiting = borrowElsewhere(pool);
        pool.giveBack(session);
        assertEquals(session, waiting.get());
    }

    @Test
    void orUntilOthersHaveGivenTheTokenOneBack() throws Exception {
        source.limit = 0;
        SessionPool pool = new SessionPool(source, 100, LONG);
        CompletableFuture<Long> waiting = borrowElsewhere(pool);
        source.limit = 1;
        assertEquals(1, waiting.get());
    }

    @Test
    void butNotForEver() throws Exception {
        SessionPool pool = new SessionPool(source, 1, TimeUnit.MILLISECONDS.toNanos(20));
        pool.borrow();
        CryptokiException e = assertThrows(CryptokiException.class, pool::borrow);
        assertEquals("C_OpenSession CKR_SESSION_COUNT", e.function() + " " + e.code());
    }

    @Test
    void anotherFailureIsThrownAtOnceAndCountsForNothing() throws Exception {
        source.failure = Ckr.CKR_DEVICE_ERROR;
        SessionPool pool = new SessionPool(source, 1, LONG);
        CryptokiException e = assertThrows(CryptokiException.class, pool::borrow);
        assertEquals("CKR_DEVICE_ERROR", e.code());
        source.failure = 0;
        assertEquals(1, pool.borrow());
    }

    @Test
    void anInterruptedThreadWaitsAndStaysInterrupted() throws Exception {
        SessionPool pool = new SessionPool(source, 1, LONG);
        long session = pool.borrow();
        Thread other = Thread.currentThread();
        CompletableFuture<Void> back =
                CompletableFuture.runAsync(
                        () -> {
                            other.interrupt();
                            pool.giveBack(session);
                        });
        assertEquals(session, pool.borrow());
        back.join();
        assertTrue(Thread.interrupted());
    }

    @Test
    void closedWhenTheLastCallHasEnded() throws Exception {
        SessionPool pool = new SessionPool(source, 100, LONG);
        long first = pool.borrow();
        long second = pool.borrow();
        long idle = pool.borrow();
        pool.giveBack(idle);
        pool.beginCall();
        AtomicBoolean unused = new AtomicBoolean();
        pool.close(() -> unused.set(true));
        CryptokiException e = assertThrows(CryptokiException.class, pool::borrow);
        assertEquals("CKR_SESSION_CLOSED", e.code());
        pool.giveBack(first);
        pool.discard(second);
        assertFalse(unused.get());
        pool.endCall();
        assertTrue(unused.get());
        assertEquals(Set.of(idle), source.open);
        pool.closeIdleBut(0);
        assertEquals(Set.of(), source.open);
    }

    @Test
    void closingWakesWhoWaits() throws Exception {
        SessionPool pool = new SessionPool(source, 1, LONG);
        pool.borrow();
        CompletableFuture<Long> waiting = borrowElsewhere(pool);
        pool.close(() -> {});
        assertThrows(Exception.class, waiting::get);
    }
}
