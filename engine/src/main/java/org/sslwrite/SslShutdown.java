package org.sslwrite;

/** Which directions are closed; the names are those of {@code SSL_get_shutdown(3)}. */
public enum SslShutdown {
    /** We have sent close_notify. */
    SENT_SHUTDOWN,
    /** The peer's close_notify has come, or a fatal alert. */
    RECEIVED_SHUTDOWN
}
