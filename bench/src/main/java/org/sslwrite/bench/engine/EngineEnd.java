package org.sslwrite.bench.engine;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;

import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLEngineResult.Status;

/** One end of a connection in memory: handshakes, and opens what arrives. Of one thread. */
final class EngineEnd {
    /** Room for several records, whoever makes them. */
    private static final int ROOM = 1 << 18;

    private static final int ROUNDS = 100;
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final SSLEngine engine;
    private final ByteBuffer arrived = ByteBuffer.allocate(ROOM);
    private final ByteBuffer plain = ByteBuffer.allocate(ROOM);
    private final ByteArrayOutputStream opened = new ByteArrayOutputStream();

    EngineEnd(SSLEngine engine) throws IOException {
        this.engine = engine;
        engine.beginHandshake();
    }

    SSLEngine engine() {
        return engine;
    }

    /** Where the other end puts what it sends; {@link #advance} takes it from there. */
    ByteBuffer arrived() {
        return arrived;
    }

    boolean isHandshaking() {
        HandshakeStatus status = engine.getHandshakeStatus();
        return status != HandshakeStatus.NOT_HANDSHAKING && status != HandshakeStatus.FINISHED;
    }

    /** What was opened since the last call. */
    byte[] takeOpened() {
        byte[] bytes = opened.toByteArray();
        opened.reset();
        return bytes;
    }

    /** The other end, as far as the handshake is concerned. */
    interface OtherEnd {
        boolean isHandshaking();

        /** Does what it can with what has arrived, and sends. */
        void advance(ByteBuffer out) throws IOException;

        /** Where it finds what is sent to it. */
        ByteBuffer arrived();
    }

    /** Shakes hands, and takes what follows the handshake without an answer, such as tickets. */
    void handshake(OtherEnd other) throws IOException {
        for (int round = 0; round < ROUNDS; round++) {
            advance(other.arrived());
            other.advance(arrived);
            if (!isHandshaking() && !other.isHandshaking()) {
                advance(other.arrived());
                return;
            }
        }
        throw new IOException("the handshake does not come to an end");
    }

    OtherEnd asOther() {
        return new OtherEnd() {
            @Override
            public boolean isHandshaking() {
                return EngineEnd.this.isHandshaking();
            }

            @Override
            public void advance(ByteBuffer out) throws IOException {
                EngineEnd.this.advance(out);
            }

            @Override
            public ByteBuffer arrived() {
                return arrived;
            }
        };
    }

    /** Does what can be done with what has arrived. */
    void advance(ByteBuffer out) throws IOException {
        boolean more = true;
        while (more) {
            more =
                    switch (engine.getHandshakeStatus()) {
                        case NEED_TASK -> runTask();
                        case NEED_WRAP -> wrap(out);
                        default -> unwrap();
                    };
        }
    }

    private boolean runTask() {
        Runnable task = engine.getDelegatedTask();
        if (task != null) {
            task.run();
        }
        return task != null;
    }

    private boolean wrap(ByteBuffer out) throws IOException {
        SSLEngineResult result = engine.wrap(NOTHING, out);
        if (result.getStatus() != Status.OK) {
            throw new IOException("wrap in the handshake says " + result.getStatus());
        }
        return true;
    }

    private boolean unwrap() throws IOException {
        // With nothing at all, too: netty's engine sees only then that its handshake is complete.
        if (arrived.position() == 0 && !isHandshaking()) {
            return false;
        }
        HandshakeStatus before = engine.getHandshakeStatus();
        SSLEngineResult result;
        arrived.flip();
        try {
            result = engine.unwrap(arrived, plain.clear());
        } finally {
            arrived.compact();
        }
        opened.write(plain.array(), 0, plain.position());
        return switch (result.getStatus()) {
            case BUFFER_UNDERFLOW -> false;
            case OK -> result.bytesConsumed() > 0 || engine.getHandshakeStatus() != before;
            default -> throw new IOException("unwrap says " + result.getStatus());
        };
    }
}
