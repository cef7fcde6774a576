package org.sslwrite.pkcs11.timeout;

import org.jspecify.annotations.Nullable;
import org.sslwrite.pkcs11.TokenException;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Calls to a token that may never return. No call into C can be broken off, so the call runs on a
 * daemon thread; when its time is up, the thread is left to it, together with the memory that the
 * call uses, and the caller goes on.
 */
public final class Deadline {
    private static final long IDLE_SECONDS = 10;

    /** Far more than are in use at a time; as many are there only if tokens hang. */
    public static final int MAX_THREADS = 1024;

    private static final Executor THREADS =
            new ThreadPoolExecutor(
                    0,
                    MAX_THREADS,
                    IDLE_SECONDS,
                    TimeUnit.SECONDS,
                    new SynchronousQueue<>(),
                    Thread.ofPlatform().daemon().name("pkcs11-call-", 0).factory());

    private Deadline() {}

    /**
     * Calls, and waits for the answer as long as allowed, even if the waiting thread is interrupted
     * (it stays interrupted).
     *
     * @param limit zero: as long as it takes, on the caller's own thread unless that is virtual
     * @param what token and operation, for the message
     * @throws NoAnswerException when the time is up
     */
    public static <T extends @Nullable Object> T call(
            Duration limit, String what, TokenCall<T> call) throws TokenException {
        return call(limit, what, call, late -> {});
    }

    /**
     * As above.
     *
     * @param late given, on the daemon thread, what was answered after the time was up
     */
    public static <T extends @Nullable Object> T call(
            Duration limit, String what, TokenCall<T> call, Consumer<? super T> late)
            throws TokenException {
        if (!limit.isPositive() && !mustHandOver()) {
            return call.call();
        }
        CompletableFuture<T> answer = new CompletableFuture<>();
        CountDownLatch underWay = new CountDownLatch(1);
        try {
            THREADS.execute(() -> answer(answer, call, late, underWay));
        } catch (RejectedExecutionException e) {
            throw new TokenException(
                    what + ": not tried, for " + MAX_THREADS + " calls are under way already", e);
        }
        return await(answer, limit, what, () -> underWay.getCount() > 0);
    }

    /**
     * Whether the present thread must not call into C: a virtual one would hold its carrier until
     * the call returns, and there are no more carriers than processors.
     */
    public static boolean mustHandOver() {
        return Thread.currentThread().isVirtual();
    }

    /**
     * Calls C from a thread that {@link #mustHandOver}: on a daemon thread, without a limit.
     *
     * @throws IllegalStateException if there is no thread for it, because that many calls hang
     */
    public static long offCarrier(String function, LongSupplier call) {
        try {
            return Deadline.<Long>call(Duration.ZERO, function, call::getAsLong);
        } catch (TokenException e) {
            throw new IllegalStateException(e.getMessage(), e);
        }
    }

    /**
     * Calls on a daemon thread, and leaves it to that; nobody hears of the answer. Not done if that
     * many calls hang that there is no thread for it.
     */
    public static void leave(Runnable call) {
        try {
            THREADS.execute(call);
        } catch (RejectedExecutionException e) {
            return; // what is left behind is little, compared with what hangs
        }
    }

    private static <T extends @Nullable Object> void answer(
            CompletableFuture<T> answer,
            TokenCall<T> call,
            Consumer<? super T> late,
            CountDownLatch underWay) {
        try {
            T value = call.call();
            if (!answer.complete(value)) {
                late.accept(value);
            }
        } catch (Throwable e) {
            answer.completeExceptionally(e);
        } finally {
            underWay.countDown();
        }
    }

    /**
     * Waits for another thread's answer, for which nobody else waits, even if this one is
     * interrupted (it stays interrupted).
     *
     * @param limit zero: as long as it takes
     * @throws NoAnswerException when the time is up
     */
    public static <T extends @Nullable Object> T await(
            CompletableFuture<T> answer, Duration limit, String what) throws TokenException {
        return await(answer, limit, what, () -> false);
    }

    private static <T extends @Nullable Object> T await(
            CompletableFuture<T> answer, Duration limit, String what, BooleanSupplier underWay)
            throws TokenException {
        long nanos = limit.isZero() ? Long.MAX_VALUE : limit.toNanos();
        long start = System.nanoTime();
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    long passed = System.nanoTime() - start;
                    return answer.get(nanos - passed, TimeUnit.NANOSECONDS);
                } catch (InterruptedException e) {
                    interrupted = true;
                } catch (TimeoutException e) {
                    answer.completeExceptionally(new NoAnswerException(what, limit, underWay));
                } catch (ExecutionException e) {
                    throw failure(e.getCause());
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    static TokenException failure(Throwable cause) {
        return switch (cause) {
            case TokenException e -> e;
            case RuntimeException e -> throw e;
            case Error e -> throw e;
            default -> throw new IllegalStateException(cause);
        };
    }
}
