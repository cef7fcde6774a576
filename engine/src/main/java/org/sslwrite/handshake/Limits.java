package org.sslwrite.handshake;

import org.bouncycastle.tls.AlertDescription;
import org.jspecify.annotations.Nullable;
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
    private final int maxHandshakeMessage;
    private @Nullable Count @Nullable [] counts;

    /**
     * @param maxHandshakeMessage bytes of a handshake message at most
     * @param sentBytes bytes of application data that we have sent
     */
    Limits(int maxHandshakeMessage, LongSupplier sentBytes) {
        this.maxHandshakeMessage = maxHandshakeMessage;
        this.sentBytes = sentBytes;
    }

    /** What is counted. The numbers of empty records, warnings and KeyUpdates are OpenSSL's. */
    private enum Thing {
        EMPTY_RECORD(32, 64),
        WARNING(4, 16 << 10),
        KEY_UPDATE(32, 1 << 10),
        RENEGOTIATION(8, 64 << 10),
        OTHER_RECORD(1024, 64),
        HANDSHAKE_MESSAGE(1024, 1 << 10),
        /** However small the records are. Certificate and CertificateRequest may be long. */
        HANDSHAKE_BYTE(4, 1);

        /** So many times the number in a row may be unpaid: a burst is no flood. */
        static final int PATIENCE = 8;

        final int maxInARow;
        final int bytesForOne;

        /**
         * @param maxInARow how many may come without application data between them; of bytes, how
         *     many messages of the greatest length
         * @param bytesForOne application data that pays for one of them
         */
        Thing(int maxInARow, int bytesForOne) {
            this.maxInARow = maxInARow;
            this.bytesForOne = bytesForOne;
        }
    }

    /** How many of a thing have come: in a row, and in the long run without being paid for. */
    private static final class Count {
        private long inARow;
        private long unpaid;
        private long dataBefore;
        private long paidUntil;

        void add(long count, int bytesForOne, long dataBytes) {
            long paid = (dataBytes - paidUntil) / bytesForOne;
            paidUntil = paid >= unpaid ? dataBytes : paidUntil + paid * bytesForOne;
            unpaid = Math.max(0, unpaid - paid) + count;
            inARow = dataBytes == dataBefore ? inARow + count : count;
            dataBefore = dataBytes;
        }

        boolean isWithin(long maxInARow) {
            return inARow <= maxInARow && unpaid <= Thing.PATIENCE * maxInARow;
        }
    }

    private void take(Thing thing, int number, Kind kind, String what) throws Refusal {
        Count count = countOf(thing);
        count.add(number, thing.bytesForOne, receivedBytes + sentBytes.getAsLong());
        long max =
                thing == Thing.HANDSHAKE_BYTE
                        ? (long) thing.maxInARow * maxHandshakeMessage
                        : thing.maxInARow;
        if (!count.isWithin(max)) {
            throw new Refusal(
                    kind,
                    AlertDescription.unexpected_message,
                    "the peer sent too many " + what + " for so little application data");
        }
    }

    /** Made when it is first needed: an idle connection has counted nothing. */
    private Count countOf(Thing thing) {
        @Nullable Count[] all = counts;
        if (all == null) {
            all = new Count[Thing.values().length];
            counts = all;
        }
        Count count = all[thing.ordinal()];
        if (count == null) {
            count = new Count();
            all[thing.ordinal()] = count;
        }
        return count;
    }

    void applicationData(int length, int unread) throws Refusal {
        if (length == 0) {
            take(Thing.EMPTY_RECORD, 1, Kind.TOO_MANY_EMPTY_RECORDS, "empty records");
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
        take(Thing.HANDSHAKE_BYTE, length, Kind.ALERT_SENT, "bytes of handshake messages");
    }

    void handshakeMessage() throws Refusal {
        take(Thing.HANDSHAKE_MESSAGE, 1, Kind.ALERT_SENT, "handshake messages");
    }

    /** The first handshake is complete: what it took counts no more. */
    void forgetHandshake() {
        counts = null;
    }

    /** A record that has neither handshake messages nor application data. */
    void otherRecord() throws Refusal {
        take(Thing.OTHER_RECORD, 1, Kind.ALERT_SENT, "alerts or ChangeCipherSpec records");
    }

    void warning() throws Refusal {
        take(Thing.WARNING, 1, Kind.TOO_MANY_WARNINGS, "warning alerts");
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
        take(Thing.KEY_UPDATE, 1, Kind.TOO_MANY_KEY_UPDATES, "KeyUpdates");
    }

    void renegotiation() throws Refusal {
        take(Thing.RENEGOTIATION, 1, Kind.NO_RENEGOTIATION, "renegotiations");
    }
}
