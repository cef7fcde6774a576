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
        /** A signature of the peer's is not true. */
        BAD_SIGNATURE,
        /**
         * A signature under a scheme that was not offered, or that is not for this key or version.
         */
        WRONG_SIGNATURE_TYPE,
        /**
         * A curve that was not offered, or a signature under a scheme of another curve than the
         * key's.
         */
        WRONG_CURVE,
        /** Handshake bytes behind a message after which keys change. */
        NOT_ON_RECORD_BOUNDARY,
        /** Another record between the parts of a handshake message. */
        MIXED_WITH_HANDSHAKE,
        /** A part of an alert in a record, or several alerts. */
        INVALID_ALERT,
        /** An extension that is malformed, comes twice, or is where it may not be. */
        BAD_EXTENSION,
        /** A key share that comes twice, or for a group that is not offered. */
        KEY_SHARE_MISMATCH,
        /** The peer's public key for the key agreement is none. */
        BAD_KEY_SHARE,
        /** Compression, which TLS 1.3 has none of. */
        BAD_COMPRESSION,
        /** The client does not offer to go without compression. */
        NO_COMPRESSION_METHOD,
        /** The server's random says that an older version was chosen than both sides know. */
        DOWNGRADE,
        /** Extended master secret in one handshake of a connection and not in another. */
        INCONSISTENT_EXTENDED_MASTER_SECRET,
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
        /** More early data than is skipped. */
        TOO_MUCH_EARLY_DATA,
        /** The peer does not know RFC 5746, and must. */
        INSECURE_RENEGOTIATION,
        /** The peer wants its records smaller than we make them. */
        RECORD_LIMIT_TOO_SMALL,
        /** Too many empty records for so little application data. */
        TOO_MANY_EMPTY_RECORDS,
        /** Too many warning alerts for so little application data. */
        TOO_MANY_WARNINGS,
        /** Too many KeyUpdates for so little application data. */
        TOO_MANY_KEY_UPDATES,
        /**
         * Too many renegotiations for so little application data, or the peer will not have the one
         * that we asked for.
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
