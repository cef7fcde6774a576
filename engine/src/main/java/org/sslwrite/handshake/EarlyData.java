package org.sslwrite.handshake;

import org.bouncycastle.tls.AlertDescription;
import org.sslwrite.handshake.HandshakeException.Kind;
import org.sslwrite.protocol.RecordLayout;

/**
 * 0-RTT data, which our server never takes: it is skipped, up to a limit. RFC 8446 section 4.2.10:
 * a server "ignores the extension and returns a regular 1-RTT response. The server then skips past
 * early data by attempting to deprotect received records using the handshake traffic key,
 * discarding records which fail deprotection"; after a HelloRetryRequest it skips "all records with
 * an external content type of "application_data"".
 */
final class EarlyData {
    /**
     * Bytes of records that are skipped at most. Servers of other makes let clients send 16 KiB of
     * content; small records have as much around it again.
     */
    static final int MAX_BYTES = 4 * RecordLayout.MAX_FRAGMENT;

    private boolean expected;
    private boolean helloAwaited;
    private boolean justSkipped;
    private int bytes;

    /**
     * A ClientHello of TLS 1.3 has come.
     *
     * @param offered whether it has the early_data extension
     * @param second whether it answers a HelloRetryRequest
     */
    void hello(boolean offered, boolean second) throws Refusal {
        if (second && offered) {
            // RFC 8446 section 4.1.2: "Removing the "early_data" extension if one was present.
            // Early data is not permitted after a HelloRetryRequest."
            throw new Refusal(
                    Kind.ALERT_SENT,
                    AlertDescription.illegal_parameter,
                    "the client offers early data again after a HelloRetryRequest");
        }
        helloAwaited = false;
        expected = offered;
    }

    /** Our answer is a HelloRetryRequest: early data comes before the second ClientHello. */
    void awaitSecondHello() {
        helloAwaited = expected;
    }

    /** Whether a record of application data that comes now has no keys of ours. */
    boolean comesUnreadable() {
        return helloAwaited;
    }

    /** Whether a record that cannot be decrypted may be early data. */
    boolean isExpected() {
        return expected;
    }

    /** A record has been decrypted: none comes any more. */
    void end() {
        expected = false;
    }

    /**
     * A record that cannot be decrypted is skipped: an empty one takes its place.
     *
     * @param length its length without the header
     */
    void skip(int length) throws Refusal {
        skipUnreadable(length);
        justSkipped = true;
    }

    /** A record is skipped that has no keys of ours; nothing takes its place. */
    void skipUnreadable(int length) throws Refusal {
        bytes += RecordLayout.HEADER + length;
        if (bytes > MAX_BYTES) {
            throw new Refusal(
                    Kind.TOO_MUCH_EARLY_DATA,
                    AlertDescription.unexpected_message,
                    "the client sent more than " + MAX_BYTES + " bytes of early data");
        }
    }

    /** Whether the record in hand took the place of one that was skipped; to be asked once. */
    boolean wasSkipped() {
        boolean skipped = justSkipped;
        justSkipped = false;
        return skipped;
    }
}
