package org.sslwrite.record;

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
        return bytes;
    }

    /** Bytes that were read and not consumed. */
    public int available() {
        return bytes.position() - head;
    }

    /**
     * Length of the record that comes next, header included, if all of it is there; 0 if more bytes
     * are needed. A header that no peer of TLS sends is given out alone, at once: nobody waits for
     * a body that a garbled length promises.
     */
    public int next() {
        if (available() < RecordLayout.HEADER) {
            return 0;
        }
        int body = Byte.toUnsignedInt(at(3)) << 8 | Byte.toUnsignedInt(at(4));
        if (body > RecordLayout.MAX_BODY || !looksLikeTls()) {
            return RecordLayout.HEADER;
        }
        return available() >= RecordLayout.HEADER + body ? RecordLayout.HEADER + body : 0;
    }

    /** Whether type and version of the record that comes next are those of TLS. */
    public boolean looksLikeTls() {
        int type = at(0);
        return type >= ContentType.CHANGE_CIPHER_SPEC
                && type <= ContentType.APPLICATION_DATA
                && at(1) == 3;
    }

    /** A byte that is there, counted from the header of the record that comes next. */
    public byte at(int index) {
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
