package org.sslwrite.handshake;

import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.TlsFatalAlert;
import org.sslwrite.handshake.HandshakeException.Kind;

import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;

/** Reads the fields of a handshake message; what is not there is the peer's decode_error. */
final class MessageBytes {
    private final ByteBuffer in;

    private MessageBytes(ByteBuffer in) {
        this.in = in;
    }

    MessageBytes(byte[] bytes) {
        this(ByteBuffer.wrap(bytes));
    }

    /** The body of a message that has its header. */
    static MessageBytes body(byte[] bytes, int offset, int length) {
        int header = HandshakeMessages.HEADER;
        return new MessageBytes(ByteBuffer.wrap(bytes, offset + header, length - header));
    }

    boolean isEmpty() {
        return !in.hasRemaining();
    }

    int uint8() throws TlsFatalAlert {
        return opaque(1)[0] & 0xff;
    }

    int uint16() throws TlsFatalAlert {
        return uint8() << 8 | uint8();
    }

    byte[] opaque(int length) throws TlsFatalAlert {
        byte[] bytes = new byte[Math.min(length, in.remaining())];
        in.get(bytes);
        if (bytes.length < length) {
            throw malformed();
        }
        return bytes;
    }

    byte[] opaque8() throws TlsFatalAlert {
        return opaque(uint8());
    }

    byte[] opaque16() throws TlsFatalAlert {
        return opaque(uint16());
    }

    byte[] opaque24() throws TlsFatalAlert {
        return opaque(uint8() << 16 | uint16());
    }

    void end() throws TlsFatalAlert {
        if (!isEmpty()) {
            throw malformed();
        }
    }

    private static TlsFatalAlert malformed() {
        return new TlsFatalAlert(
                AlertDescription.decode_error, "the peer sent a malformed message");
    }

    /**
     * Extensions up to the end, in their order; none at all if nothing is left.
     *
     * <p>RFC 8446 section 4.2: "There MUST NOT be more than one extension of the same type in a
     * given extension block."
     */
    Map<Integer, byte[]> extensions() throws TlsFatalAlert {
        Map<Integer, byte[]> extensions = new LinkedHashMap<>();
        if (isEmpty()) {
            return extensions;
        }
        MessageBytes block = new MessageBytes(opaque16());
        while (!block.isEmpty()) {
            int type = block.uint16();
            if (extensions.put(type, block.opaque16()) != null) {
                throw new Refusal(
                        Kind.BAD_EXTENSION,
                        AlertDescription.illegal_parameter,
                        "the peer sent extension " + type + " twice in one message");
            }
        }
        return extensions;
    }
}
