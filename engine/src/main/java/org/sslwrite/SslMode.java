package org.sslwrite;

/**
 * Ways in which {@link Ssl#write} may differ from its default behaviour; the names are those of
 * {@code SSL_CTX_set_mode(3)}.
 */
public enum SslMode {
    /** A write may return after a part of the buffer has gone out, at least one record. */
    ENABLE_PARTIAL_WRITE,
    /** A repeated write may come from other storage, as long as the bytes are the same. */
    ACCEPT_MOVING_WRITE_BUFFER
}
