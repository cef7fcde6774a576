package org.sslwrite;

/**
 * What {@link Ssl#getError} says of a call's result; the names are those of {@code
 * SSL_get_error(3)}.
 */
public enum SslError {
    /** The call did what it was asked to. */
    NONE,
    /** The protocol or its use went wrong; {@link Ssl#failure()} has the reason. */
    SSL,
    /**
     * The call needs bytes from the peer that are not there yet; repeat it with the same arguments.
     */
    WANT_READ,
    /**
     * The transport takes no more now; repeat the call with the same arguments. A read that says so
     * has something to send first, and can go on as well once there is something to read.
     */
    WANT_WRITE,
    /**
     * The transport broke, or ended without a word; {@link Ssl#failure()} has the reason, and the
     * cause where there is one. With 0 of a read, the peer hung up without close_notify: data may
     * be missing, and writing goes on until the transport refuses.
     */
    SYSCALL,
    /** The peer has closed the connection properly, with close_notify. */
    ZERO_RETURN
}
