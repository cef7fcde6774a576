package org.sslwrite.handshake;

import org.jspecify.annotations.Nullable;

/**
 * The handshake, or the read side after it, has failed for good. Unless the peer's alert is the
 * reason, a fatal alert of ours waits in the output.
 */
public final class HandshakeException extends Exception {
    private static final long serialVersionUID = 1L;

    /** What went wrong. */
    public enum Kind {
        /** The peer sent a fatal alert. */
        ALERT_RECEIVED,
        /** Something of the peer's was refused; the alert says what. */
        ALERT_SENT,
        /**
         * Something of our own failed: a private key that does not sign, a trust manager or a
         * provider that throws.
         */
        INTERNAL,
        /** No cipher suite of the client's is one of ours. */
        NO_SHARED_CIPHER,
        /** No group of the client's is one of ours. */
        NO_SHARED_GROUP,
        /** No certificate of ours can sign as the client wants it. */
        NO_SHARED_SIGNATURE_ALGORITHM,
        /** The peer's public key for the key agreement is none. */
        BAD_KEY_SHARE,
        /** A signature of the peer's is not true. */
        BAD_SIGNATURE,
        /** A record of ours could not be sealed; no alert can be sealed either. */
        SEAL_FAILED,
        /** The peer's certificate was refused. */
        CERTIFICATE_REFUSED,
        /** The client sent no certificate, and one is required. */
        CERTIFICATE_MISSING,
        /** The peer's close_notify came in the middle of the handshake. */
        CLOSED_IN_HANDSHAKE,
        /** A record of a content type that is none of TLS. */
        UNKNOWN_RECORD_TYPE,
        /** A record of another version than was agreed on. */
        WRONG_RECORD_VERSION,
        /** A record longer than any may be. */
        RECORD_TOO_LONG,
        /** A handshake message longer than is accepted. */
        MESSAGE_TOO_LONG,
        /** Too many empty records in a row. */
        TOO_MANY_EMPTY_RECORDS,
        /** Too many warning alerts in a row. */
        TOO_MANY_WARNINGS,
        /** Too many KeyUpdates in a row. */
        TOO_MANY_KEY_UPDATES,
        /**
         * Too many renegotiations in a row, or the peer will not have the one that we asked for.
         */
        NO_RENEGOTIATION
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
