package org.sslwrite.cli;

import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Something that must happen however the command ends: when this is closed, or when the JVM is told
 * to stop (Ctrl-C) before. It happens once.
 */
final class AtExit implements AutoCloseable {
    private static volatile boolean exiting;

    private final Runnable action;
    private final AtomicBoolean done = new AtomicBoolean();
    private final Thread hook;

    private AtExit(Runnable action) {
        this.action = action;
        this.hook = new Thread(this::onExit, "at-exit");
    }

    static AtExit run(Runnable action) {
        AtExit atExit = new AtExit(action);
        try {
            Runtime.getRuntime().addShutdownHook(atExit.hook);
        } catch (IllegalStateException e) {
            atExit.onExit(); // the JVM is stopping already
        }
        return atExit;
    }

    /** Whether the JVM is stopping because it was told to. */
    static boolean exiting() {
        return exiting;
    }

    private void onExit() {
        exiting = true;
        once();
    }

    private void once() {
        if (done.compareAndSet(false, true)) {
            action.run();
        }
    }

    @Override
    public void close() {
        once();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // the JVM is stopping: the hook finds its work done
        }
    }
}
