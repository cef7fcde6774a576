package org.sslwrite.handshake;

import org.bouncycastle.tls.AlertDescription;
import org.sslwrite.handshake.HandshakeException.Kind;

import java.util.function.LongSupplier;

/**
 * Bounds what a peer may do for ever without getting anywhere. Application data, in whichever
 * direction, pays for it: a byte now and then does not.
 */
final class Limits {
    /** What a peer may send while a write of ours waits for a renegotiation: nobody reads it. */
    private static final int UNREAD_BYTES = 1 << 20;

    private final LongSupplier sentBytes;
    private long receivedBytes;
    private int keyUpdatesExpected;

    // The numbers of empty records, warnings and KeyUpdates are OpenSSL's.
    private final Allowance emptyRecords = new Allowance(32, 64);
    private final Allowance warnings = new Allowance(4, 16 << 10);
    private final Allowance renegotiations = new Allowance(8, 64 << 10);
    private final Allowance keyUpdates = new Allowance(32, 1 << 10);
    private final Allowance otherRecords = new Allowance(1024, 64);
    private final Allowance messages = new Allowance(1024, 1 << 10);

    /** However small the records are that they come in. */
    private final Allowance handshakeBytes;

    /**
     * @param maxHandshakeMessage bytes of a handshake message at most
     * @param sentBytes bytes of application data that we have sent
     */
    Limits(int maxHandshakeMessage, LongSupplier sentBytes) {
        this.sentBytes = sentBytes;
        // A handshake has two messages that may be long: Certificate and CertificateRequest.
        this.handshakeBytes = new Allowance(4L * maxHandshakeMessage, 1);
    }

    /** So many of a thing in a row, and in the long run as many as application data pays for. */
    private static final class Allowance {
        /** So many times the number in a row may be unpaid: a burst is no flood. */
        private static final int PATIENCE = 8;

        private final long maxInARow;
        private final int bytesForOne;
        private long inARow;
        private long unpaid;
        private long dataBefore;
        private long paidUntil;

        /**
         * @param maxInARow how many may come without application data between them
         * @param bytesForOne application data that pays for one of them
         */
        Allowance(long maxInARow, int bytesForOne) {
            this.maxInARow = maxInARow;
            this.bytesForOne = bytesForOne;
        }

        /** Returns whether so many more were still allowed. */
        boolean take(long count, long dataBytes) {
            long paid = (dataBytes - paidUntil) / bytesForOne;
            paidUntil = paid >= unpaid ? dataBytes : paidUntil + paid * bytesForOne;
            unpaid = Math.max(0, unpaid - paid) + count;
            inARow = dataBytes == dataBefore ? inARow + count : count;
            dataBefore = dataBytes;
            return inARow <= maxInARow && unpaid <= PATIENCE * maxInARow;
        }
    }

    private void take(Allowance allowance, long count, Kind kind, String what) throws Refusal {
        if (!allowance.take(count, receivedBytes + sentBytes.getAsLong())) {
            throw new Refusal(
                    kind,
                    AlertDescription.unexpected_message,
                    "the peer sent too many " + what + " for so little application data");
        }
    }

    void applicationData(int length, int unread) throws Refusal {
        if (length == 0) {
            take(emptyRecords, 1, Kind.TOO_MANY_EMPTY_RECORDS, "empty records");
            return;
        }
        receivedBytes += length;
        if (unread > UNREAD_BYTES) {
            throw new Refusal(
                    Kind.ALERT_SENT,
                    AlertDescription.unexpected_message,
                    "the peer sends data and does not finish the renegotiation");
        }
    }

    /** The content of a record of handshake messages. */
    void handshakeBytes(int length) throws Refusal {
        take(handshakeBytes, length, Kind.ALERT_SENT, "bytes of handshake messages");
    }

    void handshakeMessage() throws Refusal {
        take(messages, 1, Kind.ALERT_SENT, "handshake messages");
    }

    /** A record that has neither handshake messages nor application data. */
    void otherRecord() throws Refusal {
        take(otherRecords, 1, Kind.ALERT_SENT, "alerts or ChangeCipherSpec records");
    }

    void warning() throws Refusal {
        take(warnings, 1, Kind.TOO_MANY_WARNINGS, "warning alerts");
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
        take(keyUpdates, 1, Kind.TOO_MANY_KEY_UPDATES, "KeyUpdates");
    }

    void renegotiation() throws Refusal {
        take(renegotiations, 1, Kind.NO_RENEGOTIATION, "renegotiations");
    }
}
