package org.sslwrite.bench.run;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Has something told that the JVM was asked to stop (Ctrl-C), and keeps it alive until this is
 * closed, for half a minute at most: so that what was measured can be written.
 */
final class Stop implements AutoCloseable {
    private static final long PATIENCE_S = 30;

    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread hook;

    Stop(Runnable told) {
        hook =
                new Thread(
                        () -> {
                            told.run();
                            awaitClose();
                        },
                        "stop");
        Runtime.getRuntime().addShutdownHook(hook);
    }

    private void awaitClose() {
        try {
            closed.await(PATIENCE_S, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        closed.countDown();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // the JVM is stopping: the hook has nothing to wait for any more
        }
    }
}
