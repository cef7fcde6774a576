package org.sslwrite.kit;

import org.sslwrite.Ssl;
import org.sslwrite.SslError;
import org.sslwrite.SslSession;
import org.sslwrite.protocol.CipherSuite;
import org.sslwrite.protocol.TlsVersion;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Objects;
import java.util.Queue;

/**
 * One of our own connections as the other end, for what the JDK's TLS does not know:
 * encrypt-then-MAC.
 */
public final class SslPeer implements Peer {
    private final Ssl ssl;
    private final ByteArrayOutputStream received = new ByteArrayOutputStream();
    private final Queue<ByteBuffer> unsent = new ArrayDeque<>();
    private final byte[] chunk = new byte[20_000];
    private boolean closeNotifyReceived;
    private Exception failure;

    public SslPeer(Ssl ssl) {
        this.ssl = ssl;
    }

    /** The connection itself. */
    public Ssl ssl() {
        return ssl;
    }

    @Override
    public boolean turn() {
        if (!ssl.isInitFinished()) {
            note(ssl.doHandshake());
            return ssl.isInitFinished();
        }
        boolean moved = false;
        while (!unsent.isEmpty()) {
            int n = ssl.write(unsent.element());
            note(n);
            if (n <= 0) {
                break;
            }
            unsent.remove();
            moved = true;
        }
        int n = ssl.read(chunk, 0, chunk.length);
        while (n > 0) {
            moved = true;
            received.write(chunk, 0, n);
            n = ssl.read(chunk, 0, chunk.length);
        }
        note(n);
        return moved;
    }

    private void note(int result) {
        SslError error = ssl.getError(result);
        closeNotifyReceived |= error == SslError.ZERO_RETURN;
        if (failure == null && (error == SslError.SSL || error == SslError.SYSCALL)) {
            failure = new IllegalStateException(String.valueOf(ssl.failure()));
        }
    }

    @Override
    public boolean isReady() {
        return ssl.isInitFinished();
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
        turn();
        note(ssl.shutdown());
    }

    @Override
    public boolean closeNotifyReceived() {
        return closeNotifyReceived;
    }

    @Override
    public Exception failure() {
        return failure;
    }

    private SslSession session() {
        return Objects.requireNonNull(ssl.session());
    }

    @Override
    public TlsVersion version() {
        return session().version();
    }

    @Override
    public CipherSuite suite() {
        return session().suite();
    }
}
