package org.sslwrite.pkcs11.timeout;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.sslwrite.pkcs11.TokenException;

import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;

@Timeout(60)
class DeadlineTest {
    private static final Duration LONG = Duration.ofSeconds(30);
    private static final Duration SHORT = Duration.ofMillis(50);

    private final CountDownLatch never = new CountDownLatch(1);

    private boolean waitForEver() {
        try {
            never.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        return true;
    }

    @Test
    void withoutALimitTheCallerCalls() throws Exception {
        Thread thread = Deadline.call(Duration.ZERO, "x", Thread::currentThread);
        assertSame(Thread.currentThread(), thread);
    }

    @Test
    void withALimitADaemonCalls() throws Exception {
        Thread thread = Deadline.call(LONG, "x", Thread::currentThread);
        assertNotSame(Thread.currentThread(), thread);
        assertTrue(thread.isDaemon());
    }

    @Test
    void whatItThrowsComesThrough() {
        TokenException checked = new TokenException("no");
        TokenException thrown =
                assertThrows(
                        TokenException.class,
                        () ->
                                Deadline.call(
                                        LONG,
                                        "x",
                                        () -> {
                                            throw checked;
                                        }));
        assertSame(checked, thrown);
        assertThrows(
                ArithmeticException.class,
                () ->
                        Deadline.call(
                                LONG,
                                "x",
                                () -> {
                                    throw new ArithmeticException();
                                }));
    }

    @Test
    void whatComesLateIsHandedOver() throws Exception {
        CompletableFuture<Boolean> late = new CompletableFuture<>();
        NoAnswerException e =
                assertThrows(
                        NoAnswerException.class,
                        () ->
                                Deadline.call(
                                        SHORT, "the token: x", this::waitForEver, late::complete));
        assertEquals("the token: x: no answer within 0.05 s (callTimeout)", e.getMessage());
        assertFalse(late.isDone());
        never.countDown();
        assertTrue(late.get(30, TimeUnit.SECONDS));
    }

    @Test
    void anInterruptedCallerWaitsAndStaysInterrupted() throws Exception {
        Thread.currentThread().interrupt();
        int answer = Deadline.call(LONG, "x", () -> 42);
        assertTrue(Thread.interrupted());
        assertEquals(42, answer);
    }

    @Test
    void withoutALimitTheCallerCallsUnlessItIsVirtual() throws Exception {
        assertSame(
                Thread.currentThread(), Deadline.call(Duration.ZERO, "x", Thread::currentThread));
        FutureTask<Thread> task =
                new FutureTask<>(() -> Deadline.call(Duration.ZERO, "x", Thread::currentThread));
        Thread.ofVirtual().start(task);
        assertFalse(task.get().isVirtual());
    }

    @Test
    void aWorkerThatFoundNoThreadFindsOneLater() throws Exception {
        boolean[] isShort = {true};
        int[] runs = {0};
        ThreadFactory threads =
                task ->
                        new Thread(task) {
                            @Override
                            public void start() {
                                if (isShort[0]) {
                                    throw new OutOfMemoryError("no native thread");
                                }
                                setDaemon(true);
                                super.start();
                            }
                        };
        try (DeadlineWorker worker = new DeadlineWorker("x", LONG, () -> runs[0]++, threads)) {
            assertThrows(OutOfMemoryError.class, worker::run);
            assertThrows(OutOfMemoryError.class, worker::run);
            isShort[0] = false;
            worker.run();
        }
        assertEquals(1, runs[0]);
    }

    @Test
    void aTaskIsToldThatNobodyWaits() throws Exception {
        CompletableFuture<Boolean> told = new CompletableFuture<>();
        DeadlineWorker.Task task =
                new DeadlineWorker.Task() {
                    @Override
                    public void run() throws TokenException {
                        waitForEver();
                    }

                    @Override
                    public void abandoned() {
                        told.complete(true);
                    }
                };
        DeadlineWorker worker = new DeadlineWorker("x", SHORT, task);
        assertThrows(NoAnswerException.class, worker::run);
        assertFalse(told.isDone());
        never.countDown();
        assertTrue(told.get(30, TimeUnit.SECONDS));
    }

    @Test
    void aWorkerRunsAgainAndAgain() throws Exception {
        int[] runs = {0};
        try (DeadlineWorker worker = new DeadlineWorker("x", LONG, () -> runs[0]++)) {
            for (int i = 0; i < 1000; i++) {
                worker.run();
            }
        }
        assertEquals(1000, runs[0]);
    }

    @Test
    void aWorkerThrowsWhatItsTaskThrows() throws Exception {
        TokenException checked = new TokenException("no");
        TokenException[] next = {checked};
        DeadlineWorker.Task task =
                () -> {
                    if (next[0] != null) {
                        throw next[0];
                    }
                };
        try (DeadlineWorker worker = new DeadlineWorker("x", LONG, task)) {
            assertSame(checked, assertThrows(TokenException.class, worker::run));
            next[0] = null;
            worker.run();
        }
    }

    @Test
    void aWorkerThatHangsIsOfNoMoreUse() throws Exception {
        DeadlineWorker worker = new DeadlineWorker("x", SHORT, this::waitForEver);
        assertFalse(worker.isAbandoned());
        assertThrows(NoAnswerException.class, worker::run);
        assertTrue(worker.isAbandoned());
        assertThrows(NoAnswerException.class, worker::run);
        never.countDown();
        assertThrows(NoAnswerException.class, worker::run);
        worker.close();
        worker.close();
    }

    @Test
    void anInterruptedCallerOfAWorkerWaitsAndStaysInterrupted() throws Exception {
        try (DeadlineWorker worker = new DeadlineWorker("x", LONG, () -> {})) {
            Thread.currentThread().interrupt();
            worker.run();
            assertTrue(Thread.interrupted());
        }
    }

    @Test
    void aWorkersCallAllocatesNothing() throws Exception {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        try (DeadlineWorker worker = new DeadlineWorker("x", LONG, () -> {})) {
            long bytes = Long.MAX_VALUE;
            for (int round = 0; round < 20 && bytes > 0; round++) {
                long before = threads.getCurrentThreadAllocatedBytes();
                for (int i = 0; i < 500; i++) {
                    worker.run();
                }
                bytes = Math.min(bytes, threads.getCurrentThreadAllocatedBytes() - before);
            }
            assertEquals(0, bytes);
        }
    }
}
