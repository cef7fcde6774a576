package org.sslwrite.handshake;

import org.bouncycastle.tls.AlertDescription;
import org.sslwrite.handshake.HandshakeException.Kind;

import java.io.IOException;
import java.util.Arrays;

/**
 * Puts handshake messages together from the records that they came in, and hands each on whole. A
 * message in one record is handed on where it lies.
 */
final class HandshakeMessages {
    /** RFC 8446 section 4: the message's type and its length in three bytes. */
    static final int HEADER = 4;

    private static final byte[] NONE = new byte[0];

    private final int maxLength;
    private byte[] held = NONE;
    private int heldLength;

    /**
     * @param maxLength bytes of a message's body at most
     */
    HandshakeMessages(int maxLength) {
        this.maxLength = maxLength;
    }

    /** Takes a message, header included, that is whole. */
    interface Receiver {
        /**
         * @param rest whether the record has bytes behind this message
         */
        void receive(int type, byte[] bytes, int offset, int length, boolean rest)
                throws IOException;
    }

    /** Whether a message has begun and is not whole yet. */
    boolean isPartial() {
        return heldLength > 0;
    }

    /** Takes the content of a record, and hands on every message that it makes whole. */
    void add(byte[] bytes, int offset, int length, Receiver receiver) throws IOException {
        int from = offset;
        int end = offset + length;
        while (from < end) {
            if (heldLength > 0) {
                from = complete(bytes, from, end, receiver);
                continue;
            }
            int left = end - from;
            int whole = left < HEADER ? 0 : HEADER + bodyLength(bytes, from);
            if (left < HEADER || left < whole) {
                hold(bytes, from, left);
                return;
            }
            receiver.receive(bytes[from] & 0xff, bytes, from, whole, left > whole);
            from += whole;
        }
    }

    /** Goes on with the message that is held; returns where the next one begins. */
    private int complete(byte[] bytes, int from, int end, Receiver receiver) throws IOException {
        int at = from;
        if (heldLength < HEADER) {
            int n = Math.min(HEADER - heldLength, end - at);
            hold(bytes, at, n);
            at += n;
            if (heldLength < HEADER) {
                return at;
            }
        }
        int whole = HEADER + bodyLength(held, 0);
        int n = Math.min(whole - heldLength, end - at);
        hold(bytes, at, n);
        at += n;
        if (heldLength == whole) {
            byte[] message = held;
            held = NONE;
            heldLength = 0;
            receiver.receive(message[0] & 0xff, message, 0, whole, at < end);
        }
        return at;
    }

    /** Memory grows with what has come, never with what a header promises. */
    private void hold(byte[] bytes, int offset, int length) {
        if (held.length - heldLength < length) {
            held = Arrays.copyOf(held, Math.max(heldLength + length, 2 * heldLength));
        }
        System.arraycopy(bytes, offset, held, heldLength, length);
        heldLength += length;
    }

    private int bodyLength(byte[] bytes, int at) throws Refusal {
        int length =
                (bytes[at + 1] & 0xff) << 16 | (bytes[at + 2] & 0xff) << 8 | bytes[at + 3] & 0xff;
        if (length > maxLength) {
            throw new Refusal(
                    Kind.MESSAGE_TOO_LONG,
                    AlertDescription.illegal_parameter,
                    "the peer sent a handshake message of "
                            + length
                            + " bytes; at most "
                            + maxLength
                            + " are accepted (maxHandshakeMessageSize)");
        }
        return length;
    }

    void clear() {
        held = NONE;
        heldLength = 0;
    }
}
