package org.sslwrite.kit;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.function.UnaryOperator;

/** What a {@link RawPeer} sends in the place of what an honest peer would send. */
public interface Script {
    /** The record type of handshake messages. */
    int HANDSHAKE = 22;

    /** Sends everything as it is. */
    Script HONEST = (type, message) -> message;

    /** Seals one record. */
    interface Sender {
        void send(int type, byte[] content) throws IOException;
    }

    /**
     * Takes a handshake message before it is hashed and sent.
     *
     * @param message with its header
     * @return what goes in its place: the same, another, several, or none
     */
    byte[] message(int type, byte[] message) throws IOException;

    /**
     * Takes a record before it is sealed, and sends it, another, several, or none. An empty
     * handshake record stands for a message that is left out.
     */
    default void record(int type, byte[] content, Sender sender) throws IOException {
        if (type != HANDSHAKE || content.length > 0) {
            sender.send(type, content);
        }
    }

    /** Whether this is one handshake message, and not a part of one. */
    static boolean isWhole(byte[] content) {
        return content.length >= 4
                && (ByteBuffer.wrap(content).getInt() & 0xffffff) == content.length - 4;
    }

    /** Alters every message of one type. */
    static Script on(int type, UnaryOperator<byte[]> change) {
        return (t, message) -> t == type ? change.apply(message) : message;
    }

    /** Alters one message of one type, counted from zero. */
    static Script on(int type, int which, UnaryOperator<byte[]> change) {
        int[] seen = {0};
        return on(type, message -> seen[0]++ == which ? change.apply(message) : message);
    }

    /** Alters every record of one type. */
    static Script records(int type, RecordChange change) {
        return new Script() {
            @Override
            public byte[] message(int t, byte[] message) {
                return message;
            }

            @Override
            public void record(int t, byte[] content, Sender sender) throws IOException {
                if (t == type) {
                    change.send(content, sender);
                } else {
                    sender.send(t, content);
                }
            }
        };
    }

    /** What goes in the place of a record. */
    interface RecordChange {
        void send(byte[] content, Sender sender) throws IOException;
    }
}
