package org.sslwrite;

/**
 * Ways in which {@link Ssl#write} may differ from its default behaviour; the names are those of
 * {@code SSL_CTX_set_mode(3)}.
 */
public enum SslMode {
    /** A write may return after a part of the buffer has gone out, at least one record. */
    ENABLE_PARTIAL_WRITE,
    /** A repeated write may come from other storage, as long as the bytes are the same. */
    ACCEPT_MOVING_WRITE_BUFFER,
    /**
     * A read goes on after a message that is not application data; on unless turned off. Without
     * it, such a read ends with {@code WANT_READ}, so that nobody who polled the transport is held
     * up.
     */
    AUTO_RETRY,
    /** An idle connection gives its record buffers back. */
    RELEASE_BUFFERS
}
