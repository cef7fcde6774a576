package org.sslwrite.differential;

import org.sslwrite.SslMode;
import org.sslwrite.differential.Pipe.Obstacle;

import java.util.Locale;

/** One step of a case: a call on the subject, a turn of the peer, or a change of the transport. */
sealed interface Step {
    /** The handshake from end to end: calls of the subject and turns of the peer. */
    record Connect() implements Step {}

    /** One call to do or go on with the handshake. */
    record Handshake() implements Step {}

    /**
     * One write.
     *
     * @param buffer 0, or 1 for the same bytes in another place
     */
    record Write(int buffer, int offset, int length) implements Step {
        @Override
        public String toString() {
            return "write " + length + " at " + offset + (buffer == 0 ? "" : ", moved");
        }
    }

    /**
     * Writes until all is written: repeats what is unfinished with the peer reading in between, and
     * goes on where a write ended early.
     *
     * @param moving whether every repeat comes from the other buffer
     */
    record WriteAll(int offset, int length, boolean moving) implements Step {
        @Override
        public String toString() {
            return "write all " + length + " at " + offset + (moving ? ", moving" : "");
        }
    }

    /** Repeats a write, with the peer reading in between, until it need not be repeated. */
    record Finish(Write write) implements Step {
        @Override
        public String toString() {
            return write + ", repeated";
        }
    }

    /** One read of at most so many bytes. */
    record Read(int length) implements Step {
        @Override
        public String toString() {
            return "read " + length;
        }
    }

    /** Reads until the answer is not data. */
    record ReadAll() implements Step {}

    /** One call to shutdown. */
    record Shutdown() implements Step {}

    record KeyUpdate(boolean requestPeer) implements Step {}

    record Renegotiate() implements Step {}

    record SetMode(SslMode mode, boolean on) implements Step {}

    record QuietShutdown(boolean on) implements Step {}

    record BlockPadding(int block) implements Step {}

    /** Asks whether this is a maximum for a record's content. */
    record MaxSendFragment(int bytes) implements Step {}

    /** Asks what the subject says of itself. */
    record Ask() implements Step {}

    /** The subject gets its transport without a role; {@link Begin} gives it one. */
    record Attach() implements Step {}

    /** The subject gets its role and its transport; every other case begins with it by itself. */
    record Begin() implements Step {}

    /** So many bytes of the subject's pass, then comes the obstacle. */
    record Room(long bytes, Obstacle then) implements Step {
        @Override
        public String toString() {
            return bytes == Long.MAX_VALUE
                    ? "the transport takes all"
                    : "the transport takes " + bytes + ", then " + then;
        }
    }

    /** So many bytes for the subject pass, then comes the obstacle. */
    record InRoom(long bytes, Obstacle then) implements Step {
        @Override
        public String toString() {
            return bytes == Long.MAX_VALUE
                    ? "the transport brings all"
                    : "the transport brings " + bytes + ", then " + then;
        }
    }

    /** A call on the transport moves so many bytes at most. */
    record PerCall(int bytes) implements Step {}

    /** Every second call on the transport says "retry". */
    record EverySecondRetries(boolean on) implements Step {}

    /** What the subject writes goes to a new transport from now on. */
    record NewWriteTransport() implements Step {}

    /** What the subject reads comes from a new transport from now on. */
    record NewReadTransport() implements Step {}

    /** The next call on the transport calls the subject's write in its turn. */
    record ReenterFromTransport() implements Step {}

    /** The peer takes what the subject has sent, and answers if it must. */
    record PeerReads() implements Step {}

    record PeerWrites(int offset, int length) implements Step {
        @Override
        public String toString() {
            return "peer writes " + length;
        }
    }

    record PeerShutdown() implements Step {}

    record PeerKeyUpdate(boolean requestSubject) implements Step {}

    record PeerRenegotiates() implements Step {}

    /** The peer hangs up: the subject reads what is there, then the end. */
    record PeerHangsUp() implements Step {}

    /** One bit of the last bytes on the way to the subject turns over. */
    record Corrupt() implements Step {}

    /** One bit of the last bytes on the way to the peer turns over. */
    record CorruptOutgoing() implements Step {}

    /** How many bytes the subject has put on the wire since the last time that this was asked. */
    record Sent() implements Step {}

    /**
     * Bytes come to the subject that the peer has not sent.
     *
     * @param bytes in hexadecimal digits
     */
    record Garbage(String what, String bytes) implements Step {
        @Override
        public String toString() {
            return what + " comes in";
        }
    }

    /** The step in words. */
    default String label() {
        String text = toString();
        int bracket = text.indexOf('[');
        if (bracket < 0) {
            return text;
        }
        String words =
                text.substring(0, bracket)
                        .replaceAll("(?<!^)([A-Z])", " $1")
                        .toLowerCase(Locale.ROOT);
        String values = text.substring(bracket + 1, text.length() - 1);
        return values.isEmpty() ? words : words + " (" + values + ")";
    }
}
