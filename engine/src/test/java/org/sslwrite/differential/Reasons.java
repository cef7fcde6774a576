package org.sslwrite.differential;

import java.util.Map;
import java.util.stream.Collectors;

/**
 * The reasons in OpenSSL's error codes by number, since the words differ between versions. A name
 * is that of {@code SSL_R_…}; every family that has it gives it this number.
 */
final class Reasons {
    private static final int ERR_LIB_SSL = 20;

    private static final int ERR_R_INTERNAL_ERROR = 0xc0103;
    private static final int OLD_ERR_R_INTERNAL_ERROR = 68;

    /** Of {@code SSL_R_…}. */
    private static final String TABLE =
            """
            105 BAD_HELLO_REQUEST
            116 BAD_PROTOCOL_VERSION_NUMBER
            118 NO_SUITABLE_SIGNATURE_ALGORITHM
            121 STILL_IN_INIT
            127 BAD_WRITE_RETRY
            129 BLOCK_CIPHER_PAD_IS_WRONG
            132 TOO_MANY_KEY_UPDATES
            134 CERTIFICATE_VERIFY_FAILED
            144 CONNECTION_TYPE_NOT_SET
            146 DATA_LENGTH_TOO_LONG
            149 DIGEST_CHECK_FAILED
            150 ENCRYPTED_LENGTH_TOO_LONG
            152 EXCESSIVE_MESSAGE_SIZE
            155 HTTPS_PROXY_REQUEST
            156 HTTP_REQUEST
            159 LENGTH_MISMATCH
            182 NOT_ON_RECORD_BOUNDARY
            191 NO_PROTOCOLS_AVAILABLE
            193 NO_SHARED_CIPHER
            198 PACKET_LENGTH_TOO_LONG
            199 PEER_DID_NOT_RETURN_A_CERTIFICATE
            205 INVALID_ALERT
            207 PROTOCOL_IS_SHUTDOWN
            217 UNSOLICITED_EXTENSION
            229 SSL_HANDSHAKE_FAILURE
            235 NO_APPLICATION_PROTOCOL
            240 BAD_PACKET
            244 UNEXPECTED_MESSAGE
            245 UNEXPECTED_RECORD
            246 UNKNOWN_ALERT_TYPE
            248 UNKNOWN_CIPHER_RETURNED
            252 UNKNOWN_PROTOCOL
            258 UNSUPPORTED_PROTOCOL
            259 UNSUPPORTED_SSL_VERSION
            261 WRONG_CIPHER_RETURNED
            266 WRONG_SSL_VERSION
            267 WRONG_VERSION_NUMBER
            271 BAD_LENGTH
            276 UNINITIALIZED
            281 DECRYPTION_FAILED_OR_BAD_RECORD_MAC
            291 APPLICATION_DATA_AFTER_CLOSE_NOTIFY
            294 UNEXPECTED_EOF_WHILE_READING
            298 RECORD_TOO_SMALL
            335 RENEGOTIATE_EXT_TOO_LONG
            339 NO_RENEGOTIATION
            373 INAPPROPRIATE_FALLBACK
            384 BAD_VALUE
            396 VERSION_TOO_LOW
            407 SHUTDOWN_WHILE_IN_INIT
            409 TOO_MANY_WARN_ALERTS
            443 BAD_RECORD_TYPE
            999 UNKNOWN
            1010 SSLV3_ALERT_UNEXPECTED_MESSAGE
            1020 SSLV3_ALERT_BAD_RECORD_MAC
            1021 TLSV1_ALERT_DECRYPTION_FAILED
            1022 TLSV1_ALERT_RECORD_OVERFLOW
            1030 SSLV3_ALERT_DECOMPRESSION_FAILURE
            1040 SSLV3_ALERT_HANDSHAKE_FAILURE
            1041 SSLV3_ALERT_NO_CERTIFICATE
            1042 SSLV3_ALERT_BAD_CERTIFICATE
            1043 SSLV3_ALERT_UNSUPPORTED_CERTIFICATE
            1044 SSLV3_ALERT_CERTIFICATE_REVOKED
            1045 SSLV3_ALERT_CERTIFICATE_EXPIRED
            1046 SSLV3_ALERT_CERTIFICATE_UNKNOWN
            1047 SSLV3_ALERT_ILLEGAL_PARAMETER
            1048 TLSV1_ALERT_UNKNOWN_CA
            1049 TLSV1_ALERT_ACCESS_DENIED
            1050 TLSV1_ALERT_DECODE_ERROR
            1051 TLSV1_ALERT_DECRYPT_ERROR
            1060 TLSV1_ALERT_EXPORT_RESTRICTION
            1070 TLSV1_ALERT_PROTOCOL_VERSION
            1071 TLSV1_ALERT_INSUFFICIENT_SECURITY
            1080 TLSV1_ALERT_INTERNAL_ERROR
            1086 TLSV1_ALERT_INAPPROPRIATE_FALLBACK
            1090 TLSV1_ALERT_USER_CANCELLED
            1100 TLSV1_ALERT_NO_RENEGOTIATION
            1109 TLSV13_ALERT_MISSING_EXTENSION
            1110 TLSV1_UNSUPPORTED_EXTENSION
            1111 TLSV1_CERTIFICATE_UNOBTAINABLE
            1112 TLSV1_UNRECOGNIZED_NAME
            1113 TLSV1_BAD_CERTIFICATE_STATUS_RESPONSE
            1114 TLSV1_BAD_CERTIFICATE_HASH_VALUE
            1115 TLSV1_ALERT_UNKNOWN_PSK_IDENTITY
            1116 TLSV13_ALERT_CERTIFICATE_REQUIRED
            1120 TLSV1_ALERT_NO_APPLICATION_PROTOCOL
            """;

    private static final Map<Integer, String> NAMES =
            TABLE.lines()
                    .map(line -> line.split(" "))
                    .collect(Collectors.toMap(pair -> Integer.valueOf(pair[0]), pair -> pair[1]));

    private Reasons() {}

    /** ERR_GET_LIB of this family. */
    private static int library(Family family, long error) {
        return (int) (error >> (isOld(family) ? 24 : 23)) & 0xff;
    }

    /** ERR_GET_REASON of this family. */
    private static int reason(Family family, long error) {
        return (int) error & (isOld(family) ? 0xfff : 0x7fffff);
    }

    private static boolean isOld(Family family) {
        return family == Family.OPENSSL_1_1_1 || family == Family.LIBRESSL;
    }

    static boolean isOfLibSsl(Family family, long error) {
        return library(family, error) == ERR_LIB_SSL;
    }

    static String name(Family family, long error) {
        int reason = reason(family, error);
        if (reason == (isOld(family) ? OLD_ERR_R_INTERNAL_ERROR : ERR_R_INTERNAL_ERROR)) {
            return "INTERNAL_ERROR";
        }
        return isOfLibSsl(family, error) && NAMES.containsKey(reason)
                ? NAMES.get(reason)
                : "library " + library(family, error) + " reason " + reason;
    }
}
