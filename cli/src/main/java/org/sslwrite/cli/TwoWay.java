package org.sslwrite.cli;

import org.sslwrite.Ssl;
import org.sslwrite.SslError;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.function.IntSupplier;

/**
 * Reads while it writes: a peer that answers early may wait until its answer is taken, and what it
 * refuses us for is told in what it sends. The socket does not block meanwhile. For one thread.
 */
final class TwoWay implements AutoCloseable {
    private static final int PIECE = 16 * 1024;

    private final Ssl ssl;
    private final HeldBackFailure output;
    private final SocketChannel channel;
    private final Duration timeout;
    private final Answer answer;
    private final Selector selector;
    private final SelectionKey key;
    private final ByteBuffer piece = ByteBuffer.allocate(PIECE);
    private boolean mayRead = true;
    private boolean expired;

    /**
     * The handshake is complete.
     *
     * @param output what the connection writes to
     * @param answer is told what comes
     */
    TwoWay(Ssl ssl, HeldBackFailure output, SocketChannel channel, Duration timeout, Answer answer)
            throws IOException {
        this.ssl = ssl;
        this.output = output;
        this.channel = channel;
        this.timeout = timeout;
        this.answer = answer;
        this.selector = Selector.open();
        channel.configureBlocking(false);
        this.key = channel.register(selector, 0);
    }

    /** Whether no byte has moved for the timeout. */
    boolean isExpired() {
        return expired;
    }

    /**
     * Makes a call that writes, until it succeeds or has failed for good.
     *
     * @return what the last call returned
     */
    int run(IntSupplier call) throws IOException {
        readWhatIsThere();
        int result = call.getAsInt();
        while (wants(result) && output.failure() == null && awaitSocket(result)) {
            readWhatIsThere();
            result = call.getAsInt();
        }
        if (output.failure() != null) {
            readWhatIsThere();
        }
        return result;
    }

    private boolean wants(int result) {
        SslError error = ssl.getError(result);
        return error == SslError.WANT_WRITE || error == SslError.WANT_READ;
    }

    private boolean awaitSocket(int result) throws IOException {
        boolean toWrite = ssl.getError(result) == SslError.WANT_WRITE;
        key.interestOps(
                (toWrite ? SelectionKey.OP_WRITE : 0)
                        | (mayRead || !toWrite ? SelectionKey.OP_READ : 0));
        int ready = selector.select(Math.max(1, timeout.toMillis()));
        selector.selectedKeys().clear();
        expired = ready == 0;
        return !expired;
    }

    /** Once the peer has closed its direction, or failed, there is no more to read. */
    private void readWhatIsThere() {
        while (mayRead) {
            int n = ssl.read(piece.clear());
            if (n <= 0) {
                mayRead = wants(n);
                return;
            }
            answer.accept(piece.flip());
        }
    }

    /** The socket blocks again. */
    @Override
    public void close() throws IOException {
        selector.close();
        if (channel.isOpen()) {
            channel.configureBlocking(true);
        }
    }
}
