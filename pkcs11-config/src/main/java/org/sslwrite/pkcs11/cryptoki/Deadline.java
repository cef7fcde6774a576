package org.sslwrite.pkcs11.cryptoki;

import org.jspecify.annotations.Nullable;
import org.sslwrite.pkcs11.TokenException;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/**
 * Calls to a token that may never return. No call into C can be broken off, so the call runs on a
 * daemon thread; when its time is up, the thread is left to it, together with the memory that the
 * call uses, and the caller goes on.
 */
public final class Deadline {
    private static final long IDLE_SECONDS = 10;

    private static final Executor THREADS =
            new ThreadPoolExecutor(
                    0,
                    Integer.MAX_VALUE,
                    IDLE_SECONDS,
                    TimeUnit.SECONDS,
                    new SynchronousQueue<>(),
                    Thread.ofPlatform().daemon().name("pkcs11-call-", 0).factory());

    private Deadline() {}

    /**
     * Calls, and waits for the answer as long as allowed, even if the waiting thread is interrupted
     * (it stays interrupted).
     *
     * @param limit zero: as long as it takes, on the caller's own thread
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
        if (!limit.isPositive()) {
            return call.call();
        }
        CompletableFuture<T> answer = new CompletableFuture<>();
        THREADS.execute(() -> answer(answer, call, late));
        return await(answer, limit, what);
    }

    /** Calls on a daemon thread, and leaves it to that; nobody hears of the answer. */
    static void leave(Runnable call) {
        THREADS.execute(call);
    }

    private static <T extends @Nullable Object> void answer(
            CompletableFuture<T> answer, TokenCall<T> call, Consumer<? super T> late) {
        try {
            T value = call.call();
            if (!answer.complete(value)) {
                late.accept(value);
            }
        } catch (Throwable e) {
            answer.completeExceptionally(e);
        }
    }

    private static <T extends @Nullable Object> T await(
            CompletableFuture<T> answer, Duration limit, String what) throws TokenException {
        long end = System.nanoTime() + limit.toNanos();
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return answer.get(end - System.nanoTime(), TimeUnit.NANOSECONDS);
                } catch (InterruptedException e) {
                    interrupted = true;
                } catch (TimeoutException e) {
                    answer.completeExceptionally(new NoAnswerException(what, limit));
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
