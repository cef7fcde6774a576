package org.sslwrite.handshake;

import org.jspecify.annotations.Nullable;

/** The handshake, or the read side after it, has failed for good. */
public final class HandshakeException extends Exception {
    private static final long serialVersionUID = 1L;

    /** What went wrong. */
    public enum Kind {
        /** The peer sent a fatal alert. */
        ALERT_RECEIVED,
        /** Something of the peer's was refused; a fatal alert waits in the output. */
        ALERT_SENT,
        /** The peer's certificate was refused; a fatal alert waits in the output. */
        CERTIFICATE_REFUSED,
        /**
         * The client sent no certificate, and one is required; a fatal alert waits in the output.
         */
        CERTIFICATE_MISSING
    }

    private final Kind kind;
    private final int alert;

    HandshakeException(Kind kind, int alert, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.kind = kind;
        this.alert = alert;
    }

    /** What went wrong. */
    public Kind kind() {
        return kind;
    }

    /** The alert's code in the IANA registry. */
    public int alert() {
        return alert;
    }
}
