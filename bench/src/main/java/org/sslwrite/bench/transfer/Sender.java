package org.sslwrite.bench.transfer;

import java.io.IOException;
import java.nio.ByteBuffer;

/** The writing end of a TLS connection over a socket. Of one thread. */
interface Sender extends AutoCloseable {
    /**
     * Writes all of a buffer, so many times one after the other, each as one write of an
     * application; returns when the socket has taken everything.
     */
    void send(ByteBuffer src, long times) throws IOException, InterruptedException;

    /** Ends the stream, with a close_notify. */
    @Override
    void close() throws IOException;
}
