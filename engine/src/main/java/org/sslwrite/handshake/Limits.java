package org.sslwrite.handshake;

import org.bouncycastle.tls.AlertDescription;
import org.sslwrite.handshake.HandshakeException.Kind;

/**
 * Counts what a peer may do for ever without getting anywhere, and ends it. Application data sets
 * every count back. The first three numbers are OpenSSL's.
 */
final class Limits {
    private static final int EMPTY_RECORDS = 32;
    private static final int WARNINGS = 4;
    private static final int KEY_UPDATES = 32;
    private static final int RENEGOTIATIONS = 8;

    /** More than any message needs, cut as small as may be sensible. */
    private static final int RECORDS = 1024;

    /** What a peer may send while a write of ours waits for a renegotiation: nobody reads it. */
    private static final int UNREAD_BYTES = 1 << 20;

    private int emptyRecords;
    private int warnings;
    private int keyUpdates;
    private int keyUpdatesExpected;
    private int renegotiations;
    private int records;

    void applicationData(int length, int unread) throws Refusal {
        if (length == 0) {
            if (++emptyRecords > EMPTY_RECORDS) {
                throw tooMany(Kind.TOO_MANY_EMPTY_RECORDS, "empty records");
            }
            return;
        }
        emptyRecords = 0;
        warnings = 0;
        keyUpdates = 0;
        renegotiations = 0;
        records = 0;
        if (unread > UNREAD_BYTES) {
            throw new Refusal(
                    Kind.ALERT_SENT,
                    AlertDescription.unexpected_message,
                    "the peer sends data and does not finish the renegotiation");
        }
    }

    void record() throws Refusal {
        if (++records > RECORDS) {
            throw tooMany(Kind.ALERT_SENT, "records without application data");
        }
    }

    void warning() throws Refusal {
        if (++warnings > WARNINGS) {
            throw tooMany(Kind.TOO_MANY_WARNINGS, "warning alerts");
        }
    }

    /** The peer is asked for one: it does not count. */
    void expectKeyUpdate() {
        keyUpdatesExpected++;
    }

    void keyUpdate() throws Refusal {
        if (keyUpdatesExpected > 0) {
            keyUpdatesExpected--;
            return;
        }
        if (++keyUpdates > KEY_UPDATES) {
            throw tooMany(Kind.TOO_MANY_KEY_UPDATES, "KeyUpdates");
        }
    }

    void renegotiation() throws Refusal {
        if (++renegotiations > RENEGOTIATIONS) {
            throw tooMany(Kind.NO_RENEGOTIATION, "renegotiations");
        }
    }

    private static Refusal tooMany(Kind kind, String what) {
        return new Refusal(
                kind,
                AlertDescription.unexpected_message,
                "the peer sent too many " + what + " in a row");
    }
}
