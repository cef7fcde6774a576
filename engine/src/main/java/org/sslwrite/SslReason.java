package org.sslwrite;

import org.jspecify.annotations.Nullable;

/**
 * Why a call failed, by OpenSSL's reason names ({@code SSL_R_…}). Those that begin with {@code
 * SSLV3_ALERT}, {@code TLSV1} or {@code TLSV13} are alerts received from the peer.
 */
public enum SslReason {
    /** Neither the connect nor the accept state was set, or a transport is missing. */
    UNINITIALIZED,
    /** The handshake was asked for with neither the connect nor the accept state set. */
    CONNECTION_TYPE_NOT_SET,
    /** A write was repeated from other storage. */
    BAD_WRITE_RETRY,
    /** A write was repeated with less than what is sealed already. */
    BAD_LENGTH,
    /** We have said that we send no more. */
    PROTOCOL_IS_SHUTDOWN,
    /** Shutdown was asked for in the middle of a handshake. */
    SHUTDOWN_WHILE_IN_INIT,
    /** The peer still sends data where only its close_notify was awaited; {@code read} has it. */
    APPLICATION_DATA_AFTER_CLOSE_NOTIFY,
    /** The transport ended without close_notify: data may have been cut off. */
    UNEXPECTED_EOF_WHILE_READING,
    /** The transport broke; the cause says how. */
    TRANSPORT_FAILED,
    /** The transport is closed. */
    TRANSPORT_CLOSED,
    /** The peer speaks plain HTTP. */
    HTTP_REQUEST,
    /** The peer speaks plain HTTP, to a proxy. */
    HTTPS_PROXY_REQUEST,
    /** The peer speaks something that is not TLS. */
    WRONG_VERSION_NUMBER,
    /** The peer's certificate is not trusted, is not for this host, or cannot be used. */
    CERTIFICATE_VERIFY_FAILED,
    /** The client sent no certificate where one is required. */
    PEER_DID_NOT_RETURN_A_CERTIFICATE,
    /**
     * The token could not seal a record, and the policy allows no other engine; nothing of it went
     * out.
     */
    OFFLOAD_FAILED,
    /** No engine could seal a record; nothing of it went out. */
    SEAL_FAILED,
    /** The call is not for this protocol version. */
    WRONG_SSL_VERSION,
    /** The handshake is not complete yet. */
    STILL_IN_INIT,
    /** A record of a content type that is none of TLS. */
    UNEXPECTED_RECORD,
    /** A record longer than any may be. */
    PACKET_LENGTH_TOO_LONG,
    /** A handshake message longer than is accepted. */
    EXCESSIVE_MESSAGE_SIZE,
    /** More early data (0-RTT) than is skipped. */
    TOO_MUCH_EARLY_DATA,
    /** The peer does not know secure renegotiation, RFC 5746, and must. */
    UNSAFE_LEGACY_RENEGOTIATION_DISABLED,
    /** The peer wants its records smaller than the context lets them be. */
    SSL3_EXT_INVALID_MAX_FRAGMENT_LENGTH,
    /** Too many empty records for so little application data. */
    RECORD_TOO_SMALL,
    /** Too many warning alerts for so little application data. */
    TOO_MANY_WARN_ALERTS,
    /** Too many KeyUpdates for so little application data. */
    TOO_MANY_KEY_UPDATES,
    /** A signature of the peer's under a scheme that was not offered, or is not allowed here. */
    WRONG_SIGNATURE_TYPE,
    /** A curve of the peer's that was not offered, or is not its key's. */
    WRONG_CURVE,
    /** Handshake bytes behind a message after which keys change. */
    NOT_ON_RECORD_BOUNDARY,
    /** Another record between the parts of a handshake message. */
    MIXED_HANDSHAKE_AND_NON_HANDSHAKE_DATA,
    /** A part of an alert in a record, or several alerts. */
    INVALID_ALERT,
    /** An extension of the peer's cannot be taken. */
    BAD_EXTENSION,
    /** A key share of the peer's that comes twice, or for a group that it does not offer. */
    BAD_KEY_SHARE,
    /** The peer's public key for the key agreement is none. */
    BAD_ECPOINT,
    /** The peer offers compression, which TLS 1.3 has none of. */
    INVALID_COMPRESSION_ALGORITHM,
    /** The client does not offer to go without compression. */
    NO_COMPRESSION_SPECIFIED,
    /** Extended master secret in one handshake of a connection and not in another. */
    INCONSISTENT_EXTMS,
    /** Something of our own went wrong. */
    INTERNAL_ERROR,

    /** A message that has no place here. */
    UNEXPECTED_MESSAGE,
    /** A record that is not authentic. */
    DECRYPTION_FAILED_OR_BAD_RECORD_MAC,
    /** A record whose content is longer than was agreed on. */
    DATA_LENGTH_TOO_LONG,
    /** The two sides have no cipher suite in common. */
    NO_SHARED_CIPHER,
    /** The two sides have no group in common. */
    NO_SHARED_GROUPS,
    /** No certificate of ours can sign as the client wants it. */
    NO_SUITABLE_SIGNATURE_ALGORITHM,
    /** The two sides could not agree; the message says on what, where it is known. */
    SSL_HANDSHAKE_FAILURE,
    /** A message of the peer's has a value that is not allowed. */
    BAD_VALUE,
    /** A message of the peer's cannot be parsed. */
    BAD_PACKET,
    /** A signature of the peer's is not true. */
    BAD_SIGNATURE,
    /** The peer's Finished is not true. */
    DIGEST_CHECK_FAILED,
    /** The peer names a key that nobody knows. */
    PSK_IDENTITY_NOT_FOUND,
    UNSUPPORTED_PROTOCOL,
    INAPPROPRIATE_FALLBACK,
    NO_RENEGOTIATION,
    MISSING_EXTENSION,
    UNSOLICITED_EXTENSION,
    NO_APPLICATION_PROTOCOL,

    SSLV3_ALERT_UNEXPECTED_MESSAGE(10),
    SSLV3_ALERT_BAD_RECORD_MAC(20),
    TLSV1_ALERT_DECRYPTION_FAILED(21),
    TLSV1_ALERT_RECORD_OVERFLOW(22),
    SSLV3_ALERT_DECOMPRESSION_FAILURE(30),
    SSLV3_ALERT_HANDSHAKE_FAILURE(40),
    SSLV3_ALERT_NO_CERTIFICATE(41),
    SSLV3_ALERT_BAD_CERTIFICATE(42),
    SSLV3_ALERT_UNSUPPORTED_CERTIFICATE(43),
    SSLV3_ALERT_CERTIFICATE_REVOKED(44),
    SSLV3_ALERT_CERTIFICATE_EXPIRED(45),
    SSLV3_ALERT_CERTIFICATE_UNKNOWN(46),
    SSLV3_ALERT_ILLEGAL_PARAMETER(47),
    TLSV1_ALERT_UNKNOWN_CA(48),
    TLSV1_ALERT_ACCESS_DENIED(49),
    TLSV1_ALERT_DECODE_ERROR(50),
    TLSV1_ALERT_DECRYPT_ERROR(51),
    TLSV1_ALERT_EXPORT_RESTRICTION(60),
    TLSV1_ALERT_PROTOCOL_VERSION(70),
    TLSV1_ALERT_INSUFFICIENT_SECURITY(71),
    TLSV1_ALERT_INTERNAL_ERROR(80),
    TLSV1_ALERT_INAPPROPRIATE_FALLBACK(86),
    TLSV1_ALERT_USER_CANCELLED(90),
    TLSV1_ALERT_NO_RENEGOTIATION(100),
    TLSV13_ALERT_MISSING_EXTENSION(109),
    TLSV1_UNSUPPORTED_EXTENSION(110),
    TLSV1_CERTIFICATE_UNOBTAINABLE(111),
    TLSV1_UNRECOGNIZED_NAME(112),
    TLSV1_BAD_CERTIFICATE_STATUS_RESPONSE(113),
    TLSV1_BAD_CERTIFICATE_HASH_VALUE(114),
    TLSV1_ALERT_UNKNOWN_PSK_IDENTITY(115),
    TLSV13_ALERT_CERTIFICATE_REQUIRED(116),
    TLSV1_ALERT_NO_APPLICATION_PROTOCOL(120),
    /** An alert that is not in the IANA registry. */
    UNKNOWN_ALERT_TYPE;

    private final @Nullable Integer receivedAlert;

    SslReason() {
        this.receivedAlert = null;
    }

    SslReason(int receivedAlert) {
        this.receivedAlert = receivedAlert;
    }

    static SslReason ofAlertReceived(int alert) {
        for (SslReason reason : values()) {
            if (reason.receivedAlert != null && reason.receivedAlert == alert) {
                return reason;
            }
        }
        return UNKNOWN_ALERT_TYPE;
    }

    static SslReason ofAlertSent(int alert) {
        return switch (alert) {
            case 10 -> UNEXPECTED_MESSAGE;
            case 20 -> DECRYPTION_FAILED_OR_BAD_RECORD_MAC;
            case 22 -> DATA_LENGTH_TOO_LONG;
            case 40 -> SSL_HANDSHAKE_FAILURE;
            case 42, 43, 44, 45, 46, 48, 49, 113 -> CERTIFICATE_VERIFY_FAILED;
            case 47 -> BAD_VALUE;
            case 50 -> BAD_PACKET;
            case 51 -> DIGEST_CHECK_FAILED;
            case 70 -> UNSUPPORTED_PROTOCOL;
            case 80 -> INTERNAL_ERROR;
            case 86 -> INAPPROPRIATE_FALLBACK;
            case 100 -> NO_RENEGOTIATION;
            case 109 -> MISSING_EXTENSION;
            case 110 -> UNSOLICITED_EXTENSION;
            case 112 -> BAD_EXTENSION;
            case 115 -> PSK_IDENTITY_NOT_FOUND;
            case 116 -> PEER_DID_NOT_RETURN_A_CERTIFICATE;
            case 120 -> NO_APPLICATION_PROTOCOL;
            default -> BAD_PACKET;
        };
    }
}
