package org.sslwrite.kit;

import org.sslwrite.bio.Bio;
import org.sslwrite.protocol.CipherSuite;
import org.sslwrite.protocol.TlsVersion;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Queue;

import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLEngineResult.Status;
import javax.net.ssl.SSLException;

/** The JDK's own TLS as the other end: whatever our reader would forgive, it need not. */
public final class JssePeer implements Peer {
    private final SSLEngine engine;
    private final Bio bio;
    private final ByteArrayOutputStream received = new ByteArrayOutputStream();
    private final Queue<ByteBuffer> unsent = new ArrayDeque<>();
    private final ByteBuffer plain = ByteBuffer.allocate(33_000);
    private ByteBuffer incoming = ByteBuffer.allocate(80_000).flip();
    private ByteBuffer outgoing = ByteBuffer.allocate(0);
    private SSLException failure;
    private boolean ready;
    private boolean closeNotifyReceived;
    private boolean endOfStream;

    public JssePeer(SSLEngine engine, Bio bio) {
        this.engine = engine;
        this.bio = bio;
        startHandshake(engine);
    }

    private static void startHandshake(SSLEngine engine) {
        try {
            engine.beginHandshake();
        } catch (SSLException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The engine, for what only it can do. */
    public SSLEngine engine() {
        return engine;
    }

    /** Asks for new keys of both directions in TLS 1.3, for a new handshake in TLS 1.2. */
    public void beginHandshake() {
        startHandshake(engine);
    }

    @Override
    public boolean turn() {
        boolean moved = false;
        try {
            while (step()) {
                moved = true;
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return moved;
    }

    private boolean step() throws IOException {
        boolean moved = flush();
        try {
            moved |= handshakeStep();
        } catch (SSLException e) {
            failure = failure == null ? e : failure;
            // Its fatal alert waits to be wrapped.
            moved |= wrapAlert();
        }
        return moved | flush();
    }

    private boolean handshakeStep() throws IOException {
        if (engine.getHandshakeStatus() == HandshakeStatus.NEED_TASK) {
            for (Runnable task = engine.getDelegatedTask();
                    task != null;
                    task = engine.getDelegatedTask()) {
                task.run();
            }
            return true;
        }
        boolean mustWrap = engine.getHandshakeStatus() == HandshakeStatus.NEED_WRAP;
        boolean mayWrap = ready && !unsent.isEmpty();
        if ((mustWrap || mayWrap) && wrap()) {
            return true;
        }
        return unwrap();
    }

    private boolean wrap() throws SSLException {
        if (engine.isOutboundDone()) {
            return false;
        }
        ByteBuffer source = ready && !unsent.isEmpty() ? unsent.element() : ByteBuffer.allocate(0);
        ByteBuffer target = ByteBuffer.allocate(engine.getSession().getPacketBufferSize() + 1024);
        SSLEngineResult result = engine.wrap(source, target);
        note(result);
        if (!unsent.isEmpty() && !unsent.element().hasRemaining()) {
            unsent.remove();
        }
        queue(target.flip());
        return result.bytesProduced() > 0 || result.bytesConsumed() > 0;
    }

    private boolean wrapAlert() {
        try {
            return wrap();
        } catch (SSLException e) {
            return false;
        }
    }

    private void queue(ByteBuffer bytes) {
        ByteBuffer joined = ByteBuffer.allocate(outgoing.remaining() + bytes.remaining());
        outgoing = joined.put(outgoing).put(bytes).flip();
    }

    private boolean flush() throws IOException {
        boolean moved = false;
        while (outgoing.hasRemaining()) {
            int n = bio.write(outgoing);
            if (n <= 0) {
                break;
            }
            moved = true;
        }
        return moved;
    }

    private boolean unwrap() throws IOException {
        boolean filled = fill();
        if (engine.isInboundDone() || failure != null) {
            return filled;
        }
        SSLEngineResult result = engine.unwrap(incoming, plain.clear());
        note(result);
        received.write(plain.array(), 0, plain.position());
        if (result.getStatus() == Status.CLOSED) {
            closeNotifyReceived = true;
        }
        return filled || result.bytesConsumed() > 0 || result.bytesProduced() > 0;
    }

    private boolean fill() throws IOException {
        incoming.compact();
        if (incoming.remaining() < 20_000) {
            incoming = ByteBuffer.allocate(2 * incoming.capacity()).put(incoming.flip());
        }
        int before = incoming.position();
        int n = bio.read(incoming);
        endOfStream |= n == Bio.CLOSED;
        boolean moved = incoming.position() > before;
        incoming.flip();
        return moved;
    }

    private void note(SSLEngineResult result) {
        if (result.getHandshakeStatus() == HandshakeStatus.FINISHED) {
            ready = true;
        }
    }

    /** Whether the transport has ended. */
    public boolean endOfStream() {
        return endOfStream;
    }

    @Override
    public boolean isReady() {
        return ready;
    }

    @Override
    public byte[] received() {
        return received.toByteArray();
    }

    @Override
    public void send(byte[] data) {
        unsent.add(ByteBuffer.wrap(data.clone()));
    }

    @Override
    public void closeOutput() {
        while (turn()) {
            // What waits goes first.
        }
        engine.closeOutbound();
        turn();
    }

    @Override
    public boolean closeNotifyReceived() {
        return closeNotifyReceived;
    }

    @Override
    public Exception failure() {
        return failure;
    }

    @Override
    public TlsVersion version() {
        return TlsVersion.of(engine.getSession().getProtocol());
    }

    @Override
    public CipherSuite suite() {
        return CipherSuite.of(engine.getSession().getCipherSuite());
    }
}
