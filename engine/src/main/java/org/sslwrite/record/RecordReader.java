package org.sslwrite.record;

import org.sslwrite.protocol.ContentType;
import org.sslwrite.protocol.RecordLayout;

import java.nio.ByteBuffer;

/** Collects bytes from the transport until a whole record is there. */
public final class RecordReader {
    private static final ByteBuffer NONE = ByteBuffer.allocate(0);

    private ByteBuffer bytes = NONE;
    private int head;

    /** Where the transport puts the bytes that come next. */
    public ByteBuffer room() {
        if (bytes == NONE) {
            bytes = ByteBuffer.allocate(RecordLayout.HEADER + RecordLayout.MAX_BODY);
        }
        if (head > 0) {
            int held = bytes.position() - head;
            System.arraycopy(bytes.array(), head, bytes.array(), 0, held);
            bytes.position(held);
            head = 0;
        }
        return bytes.limit(bytes.capacity());
    }

    /** Bytes that were read and not consumed. */
    public int available() {
        return bytes.position() - head;
    }

    /** Gives the memory back if no byte is held. */
    public void releaseIfEmpty() {
        if (available() == 0) {
            bytes = NONE;
            head = 0;
        }
    }

    /** What {@link #next()} found. */
    public enum Found {
        /** More bytes are needed. */
        NOTHING,
        /** A whole record, {@link #length()} bytes long. */
        RECORD,
        /** A header whose content type is none of TLS. */
        UNKNOWN_TYPE,
        /** A header whose version is none of TLS, or not the one that was agreed on. */
        WRONG_VERSION,
        /** A header that promises more than a record may hold. */
        TOO_LONG
    }

    /**
     * Looks at what has come. What no peer of TLS sends is found by its header alone: nobody waits
     * for a body that a garbled length promises.
     *
     * @param agreed whether a handshake is complete, after which every record bears version 0x0303
     */
    public Found next(boolean agreed) {
        if (available() < RecordLayout.HEADER) {
            return Found.NOTHING;
        }
        if (at(1) != 3 || agreed && at(2) != 3) {
            return Found.WRONG_VERSION;
        }
        int type = at(0);
        if (type < ContentType.CHANGE_CIPHER_SPEC || type > ContentType.APPLICATION_DATA) {
            return Found.UNKNOWN_TYPE;
        }
        if (length() > RecordLayout.HEADER + RecordLayout.MAX_BODY) {
            return Found.TOO_LONG;
        }
        return available() < length() ? Found.NOTHING : Found.RECORD;
    }

    /** Length of the record whose header has come, header included. */
    public int length() {
        return RecordLayout.HEADER + (Byte.toUnsignedInt(at(3)) << 8 | Byte.toUnsignedInt(at(4)));
    }

    /** A byte that is there, counted from the header of the record that comes next. */
    private byte at(int index) {
        return bytes.get(head + index);
    }

    /** The array that has the record, at {@link #offset()}. */
    public byte[] array() {
        return bytes.array();
    }

    /** Where the record that comes next starts in {@link #array()}. */
    public int offset() {
        return head;
    }

    /** Drops so many bytes at the front. */
    public void consume(int length) {
        head += length;
        if (head == bytes.position()) {
            head = 0;
            bytes.position(0);
        }
    }
}
