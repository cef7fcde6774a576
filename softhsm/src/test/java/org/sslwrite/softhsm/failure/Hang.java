package org.sslwrite.softhsm.failure;

import static org.junit.jupiter.api.Assertions.assertTrue;

import org.sslwrite.softhsm.failure.FailingFunctions.Fault;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** A call that does not return until it is released; then it is done after all. */
final class Hang implements Fault {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final CountDownLatch begun = new CountDownLatch(1);
    private final CountDownLatch released = new CountDownLatch(1);
    private final CountDownLatch done = new CountDownLatch(1);

    @Override
    public long answer(Call call, LongSupplier module) {
        begun.countDown();
        await(released);
        try {
            return module.getAsLong();
        } finally {
            done.countDown();
        }
    }

    /** Waits until a call hangs. */
    void awaitBegun() {
        await(begun);
    }

    /** Lets the call go on, and waits until the module has answered it. */
    void release() {
        released.countDown();
        await(done);
    }

    /** Lets calls go on, if there are any. */
    void letGo() {
        released.countDown();
    }

    private static void await(CountDownLatch latch) {
        try {
            assertTrue(latch.await(PATIENCE.toSeconds(), TimeUnit.SECONDS), "nothing happens");
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
