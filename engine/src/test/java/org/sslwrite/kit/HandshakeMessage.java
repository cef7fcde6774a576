package org.sslwrite.kit;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/**
 * A handshake message that ends in extensions, to be altered: ClientHello, ServerHello (also as
 * HelloRetryRequest), EncryptedExtensions, and CertificateRequest of TLS 1.3.
 */
public final class HandshakeMessage {
    /** Types of messages, RFC 8446 section 4. */
    public static final int CLIENT_HELLO = 1;

    public static final int SERVER_HELLO = 2;
    public static final int NEW_SESSION_TICKET = 4;
    public static final int ENCRYPTED_EXTENSIONS = 8;
    public static final int CERTIFICATE = 11;
    public static final int SERVER_KEY_EXCHANGE = 12;
    public static final int CERTIFICATE_REQUEST = 13;
    public static final int CERTIFICATE_VERIFY = 15;
    public static final int CLIENT_KEY_EXCHANGE = 16;
    public static final int FINISHED = 20;
    public static final int KEY_UPDATE = 24;

    /** An extension. */
    public record Extension(int type, byte[] data) {}

    private final int type;
    private final int version;
    public final byte[] random;
    public byte[] sessionId = {};

    /** Two bytes each; a ServerHello has one. */
    public byte[] suites = {};

    /** A ServerHello has one. */
    public byte[] compressionMethods = {};

    private byte[] context = {};
    private final List<Extension> extensions = new ArrayList<>();

    private HandshakeMessage(byte[] message) {
        ByteBuffer in = ByteBuffer.wrap(message);
        this.type = in.get();
        in.position(4);
        boolean hello = type == CLIENT_HELLO || type == SERVER_HELLO;
        this.version = hello ? in.getShort() : 0;
        this.random = take(in, hello ? 32 : 0);
        if (hello) {
            sessionId = take(in, in.get());
            suites = take(in, type == CLIENT_HELLO ? in.getShort() : 2);
            compressionMethods = take(in, type == CLIENT_HELLO ? in.get() : 1);
        } else if (type == CERTIFICATE_REQUEST) {
            context = take(in, in.get());
        }
        if (in.hasRemaining()) {
            in.getShort();
        }
        while (in.hasRemaining()) {
            int extension = in.getShort() & 0xffff;
            extensions.add(new Extension(extension, take(in, in.getShort() & 0xffff)));
        }
    }

    private static byte[] take(ByteBuffer in, int length) {
        byte[] bytes = new byte[length];
        in.get(bytes);
        return bytes;
    }

    /** The change of a message, done to its parts. */
    public static UnaryOperator<byte[]> edit(Consumer<HandshakeMessage> change) {
        return bytes -> {
            HandshakeMessage message = new HandshakeMessage(bytes);
            change.accept(message);
            return message.bytes();
        };
    }

    /** A message as it goes on the wire. */
    public static byte[] of(int type, byte... body) {
        return ByteBuffer.allocate(4 + body.length)
                .putInt(type << 24 | body.length)
                .put(body)
                .array();
    }

    /** An extension's data; null if the message does not have it. */
    public byte[] get(int extension) {
        return extensions.stream()
                .filter(e -> e.type() == extension)
                .map(Extension::data)
                .findFirst()
                .orElse(null);
    }

    /** Replaces an extension, or adds it. */
    public void put(int extension, byte... data) {
        for (int i = 0; i < extensions.size(); i++) {
            if (extensions.get(i).type() == extension) {
                extensions.set(i, new Extension(extension, data));
                return;
            }
        }
        add(extension, data);
    }

    /** Adds an extension, also where there is one. */
    public void add(int extension, byte... data) {
        extensions.add(new Extension(extension, data));
    }

    /** Adds what is there already a second time. */
    public void repeat(int extension) {
        add(extension, Objects.requireNonNull(get(extension)));
    }

    public void remove(int extension) {
        extensions.removeIf(e -> e.type() == extension);
    }

    /** Whether it is a HelloRetryRequest, RFC 8446 section 4.1.3. */
    public boolean isRetry() {
        return type == SERVER_HELLO && Arrays.hashCode(random) == RETRY;
    }

    private static final int RETRY =
            Arrays.hashCode(
                    java.util.HexFormat.of()
                            .parseHex(
                                    "cf21ad74e59a6111be1d8c021e65b891"
                                            + "c2a211167abb8c5e079e09e2c8a8339c"));

    private byte[] bytes() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        if (type == CLIENT_HELLO || type == SERVER_HELLO) {
            putShort(out, version);
            out.writeBytes(random);
            out.write(sessionId.length);
            out.writeBytes(sessionId);
            if (type == CLIENT_HELLO) {
                putShort(out, suites.length);
            }
            out.writeBytes(suites);
            if (type == CLIENT_HELLO) {
                out.write(compressionMethods.length);
            }
            out.writeBytes(compressionMethods);
        } else if (type == CERTIFICATE_REQUEST) {
            out.write(context.length);
            out.writeBytes(context);
        }
        putShort(out, extensions.stream().mapToInt(e -> 4 + e.data().length).sum());
        for (Extension extension : extensions) {
            putShort(out, extension.type());
            putShort(out, extension.data().length);
            out.writeBytes(extension.data());
        }
        return of(type, out.toByteArray());
    }

    private static void putShort(ByteArrayOutputStream out, int value) {
        out.write(value >> 8);
        out.write(value);
    }

    /**
     * The change of a Certificate message of TLS 1.3 that gives its last entry, which has none, an
     * extension.
     */
    public static UnaryOperator<byte[]> extendLastCertificate(int extension, byte... data) {
        return message -> {
            ByteArrayOutputStream body = new ByteArrayOutputStream();
            body.write(message, 4, message.length - 6);
            putShort(body, 4 + data.length);
            putShort(body, extension);
            putShort(body, data.length);
            body.writeBytes(data);
            byte[] bytes = body.toByteArray();
            int list = bytes.length - 4;
            bytes[2] = (byte) (list >> 8);
            bytes[3] = (byte) list;
            return of(CERTIFICATE, bytes);
        };
    }

    /** Arrays one behind the other. */
    public static byte[] concat(byte[]... parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }
}
