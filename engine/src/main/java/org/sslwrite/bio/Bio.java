package org.sslwrite.bio;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * A transport under a connection: moves bytes, says "retry" or "closed", throws when it is broken.
 *
 * <p>Whether it blocks is its own affair: one that never returns {@link #RETRY} is blocking. One
 * thread at a time may read and one may write, at the same time.
 */
public interface Bio extends Closeable {
    /** Nothing could be moved now; the same call may succeed later ({@code BIO_should_retry}). */
    int RETRY = 0;

    /** The other side, or this one, has closed: no byte will ever move in this direction again. */
    int CLOSED = -1;

    /**
     * Reads what is there, at most what fits.
     *
     * @param dst has room for at least one byte; its position moves by the result
     * @return bytes read, at least 1, or {@link #RETRY}, or {@link #CLOSED} at the end of the
     *     stream
     */
    int read(ByteBuffer dst) throws IOException;

    /**
     * Takes what it can of the source.
     *
     * @param src has at least one byte; its position moves by the result; not to be kept after the
     *     call
     * @return bytes taken, at least 1, or {@link #RETRY}, or {@link #CLOSED}
     * @throws IOException if it is broken: the connection ends for both directions, as OpenSSL's,
     *     and an alert that the peer has sent before is not read any more. Who wants that read says
     *     {@link #RETRY} instead, and has the connection read until it ends.
     */
    int write(ByteBuffer src) throws IOException;

    /**
     * Closes the transport, so that the other side reads the end of the stream. Twice does no harm.
     */
    @Override
    void close() throws IOException;
}
