package org.sslwrite.cli;

import org.jspecify.annotations.Nullable;

/**
 * The other end of the demonstration: connects, receives everything, hashes it. Closing stops it at
 * once.
 */
interface DemoPeer extends AutoCloseable {
    /** Where it connects to. */
    String ADDRESS = "127.0.0.1";

    /** What the result calls it. */
    String name();

    /**
     * Waits until it has seen the connection's end; at most the time that was set when it was
     * started.
     */
    Sha256Sink.Received await() throws CommandFailure, InterruptedException;

    /** Likewise, of a connection that does not end properly: what has come of it. */
    Sha256Sink.Received awaitBroken() throws CommandFailure, InterruptedException;

    /** Whether it is gone already, though nobody has sent it anything. */
    void onEarlyEnd(Runnable action);

    /** What it has to say about what went wrong; null if nothing. */
    @Nullable String complaint();

    @Override
    void close();
}
