package org.sslwrite.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.jspecify.annotations.Nullable;
import org.sslwrite.Ssl;
import org.sslwrite.SslError;
import org.sslwrite.SslFailure;
import org.sslwrite.SslMode;
import org.sslwrite.SslReason;
import org.sslwrite.SslSession;
import org.sslwrite.SslStatistics;
import org.sslwrite.bio.ChannelBio;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.List;
import java.util.Objects;
import java.util.function.LongSupplier;
import java.util.stream.Stream;

/**
 * Our end of one connection. A non-blocking one waits with a selector for what each call wants, and
 * repeats the call.
 */
public final class OurSide implements AutoCloseable {
    /** So small that a large write meets a transport that takes no more. */
    private static final int SEND_BUFFER = 64 * 1024;

    /** How a call ended. */
    public record Outcome(long result, SslError error, @Nullable SslFailure failure) {
        public Outcome {
            if (result > 0) {
                assertEquals(SslError.NONE, error);
            }
        }

        /** Why the protocol went wrong; fails if it did not. */
        public SslReason reason() {
            assertEquals(-1, result, toString());
            assertEquals(SslError.SSL, error, toString());
            return Objects.requireNonNull(failure, toString()).reason();
        }
    }

    private final SocketChannel channel;
    private final boolean server;
    private final @Nullable Selector selector;
    private final RecordTap tap;
    private final Ssl ssl;
    private int wantedToWrite;

    private OurSide(SocketChannel channel, boolean server, OurSetup setup) throws IOException {
        this.channel = channel;
        this.server = server;
        this.tap = new RecordTap(new ChannelBio(channel));
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        if (setup.io() == Io.NON_BLOCKING) {
            channel.setOption(StandardSocketOptions.SO_SNDBUF, SEND_BUFFER);
            channel.configureBlocking(false);
            this.selector = Selector.open();
            channel.register(selector, 0);
        } else {
            this.selector = null;
        }
        this.ssl = setup.context().newSsl();
        ssl.setBio(tap);
        if (setup.host() != null) {
            ssl.setHost(setup.host());
        }
        if (server) {
            ssl.setAcceptState();
        } else {
            ssl.setConnectState();
        }
    }

    /** Takes one end of a connection; it is this object's to close. */
    public static OurSide over(SocketChannel channel, boolean server, OurSetup setup)
            throws IOException {
        try {
            return new OurSide(channel, server, setup);
        } catch (IOException | RuntimeException | Error e) {
            channel.close();
            throw e;
        }
    }

    private Outcome drive(LongSupplier call) {
        while (true) {
            long result = call.getAsLong();
            SslError error = ssl.getError(result);
            switch (error) {
                case WANT_READ -> await(SelectionKey.OP_READ, error);
                case WANT_WRITE -> {
                    wantedToWrite++;
                    await(SelectionKey.OP_WRITE, error);
                }
                default -> {
                    return new Outcome(result, error, ssl.failure());
                }
            }
        }
    }

    private void await(int operation, SslError wanted) {
        Selector current =
                Objects.requireNonNull(selector, () -> wanted + " from a transport that blocks");
        try {
            channel.keyFor(current).interestOps(operation);
            current.select();
            current.selectedKeys().clear();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** How often a call stopped because the transport took no more. */
    int wantedToWrite() {
        return wantedToWrite;
    }

    public Outcome tryHandshake() {
        return drive(ssl::doHandshake);
    }

    public SslSession handshake() {
        Outcome outcome = tryHandshake();
        assertEquals(1, outcome.result(), outcome.toString());
        tap.takeBodies();
        return Objects.requireNonNull(ssl.session());
    }

    public Outcome tryWrite(ByteBuffer src) {
        int start = src.position();
        return drive(
                () -> {
                    assertEquals(start, src.position(), "moved before success was returned");
                    return ssl.write(src);
                });
    }

    /**
     * Writes all of it with one call, repeated if need be.
     *
     * @return lengths of the bodies of the records that carried it
     */
    public List<Integer> write(byte[] bytes) {
        return write(ByteBuffer.wrap(bytes));
    }

    /** As {@link #write(byte[])}, for memory of any kind. */
    public List<Integer> write(ByteBuffer src) {
        int length = src.remaining();
        Outcome outcome = tryWrite(src);
        assertEquals(length, outcome.result(), outcome.toString());
        assertEquals(0, src.remaining());
        return tap.takeBodies();
    }

    /**
     * Writes all of these, as if they were one, with one call, repeated if need be.
     *
     * @return lengths of the bodies of the records that carried them
     */
    public List<Integer> writeGathered(ByteBuffer... pieces) {
        long length = Stream.of(pieces).mapToLong(ByteBuffer::remaining).sum();
        Outcome outcome = drive(() -> ssl.write(pieces));
        assertEquals(length, outcome.result(), outcome.toString());
        for (ByteBuffer piece : pieces) {
            assertEquals(0, piece.remaining());
        }
        return tap.takeBodies();
    }

    /** Has our keys changed before the next record. */
    public void keyUpdate(boolean requestPeer) {
        assertEquals(1, ssl.keyUpdate(requestPeer), () -> String.valueOf(ssl.failure()));
    }

    /**
     * Renegotiates, and waits until that is done; the peer is to send nothing else meanwhile. Only
     * for a transport that does not block.
     */
    public void renegotiate() {
        assertEquals(1, ssl.renegotiate(), () -> String.valueOf(ssl.failure()));
        handshake();
        if (server) {
            // Only the HelloRequest is sent: the rest is the reader's, record by record.
            ssl.clearMode(SslMode.AUTO_RETRY);
            readUntilInitFinished(false);
            readUntilInitFinished(true);
            ssl.setMode(SslMode.AUTO_RETRY);
        }
    }

    private void readUntilInitFinished(boolean finished) {
        while (ssl.isInitFinished() != finished) {
            if (!ssl.hasPending()) {
                await(SelectionKey.OP_READ, SslError.WANT_READ);
            }
            int n = ssl.read(ByteBuffer.allocate(1));
            assertEquals(SslError.WANT_READ, ssl.getError(n), String.valueOf(ssl.failure()));
        }
    }

    /** What was written, and who sealed it. */
    public SslStatistics statistics() {
        return ssl.statistics();
    }

    /**
     * Writes and reads at once, as a transport that does not block allows: whenever it takes no
     * more, reads what is there.
     *
     * @return the bytes read
     */
    byte[] writeWhileReading(byte[] bytes, int length) {
        ByteBuffer src = ByteBuffer.wrap(bytes);
        ByteBuffer dst = ByteBuffer.allocate(length);
        while (true) {
            int written = ssl.write(src);
            if (written > 0) {
                assertEquals(bytes.length, written);
                break;
            }
            assertEquals(SslError.WANT_WRITE, ssl.getError(written), String.valueOf(ssl.failure()));
            assertEquals(0, src.position(), "moved before success was returned");
            wantedToWrite++;
            readWhatIsThere(dst);
            await(SelectionKey.OP_READ | SelectionKey.OP_WRITE, SslError.WANT_WRITE);
        }
        fill(dst);
        return dst.array();
    }

    private void readWhatIsThere(ByteBuffer dst) {
        int n = 1;
        while (n > 0 && dst.hasRemaining()) {
            n = ssl.read(dst);
        }
        if (n <= 0) {
            assertEquals(SslError.WANT_READ, ssl.getError(n), String.valueOf(ssl.failure()));
        }
    }

    public Outcome tryRead(ByteBuffer dst) {
        return drive(() -> ssl.read(dst));
    }

    /** Reads so many bytes. */
    public byte[] read(int length) {
        ByteBuffer dst = ByteBuffer.allocate(length);
        fill(dst);
        return dst.array();
    }

    private void fill(ByteBuffer dst) {
        while (dst.hasRemaining()) {
            Outcome outcome = tryRead(dst);
            assertTrue(outcome.result() > 0, () -> outcome + " after " + dst.position() + " bytes");
        }
    }

    /** Fails unless the next thing to read is the peer's close_notify. */
    public void readEnd() {
        assertEnd(tryRead(ByteBuffer.allocate(1)));
    }

    /** Reads whatever comes before the peer's close_notify. */
    void readUntilEnd() {
        ByteBuffer dst = ByteBuffer.allocate(16 * 1024);
        Outcome outcome = tryRead(dst);
        while (outcome.result() > 0) {
            outcome = tryRead(dst.clear());
        }
        assertEnd(outcome);
    }

    private static void assertEnd(Outcome outcome) {
        assertEquals(0, outcome.result(), outcome.toString());
        assertEquals(SslError.ZERO_RETURN, outcome.error(), outcome.toString());
    }

    /** Sends close_notify, which is to return what is given here. */
    public void shutdown(int expected) {
        Outcome outcome = drive(ssl::shutdown);
        assertEquals(expected, outcome.result(), outcome.toString());
    }

    /** Closes our direction of the TCP connection, and waits until the peer has closed its own. */
    public void hangUp() throws IOException {
        if (selector != null) {
            selector.close();
            channel.configureBlocking(true);
        }
        try {
            channel.shutdownOutput();
            ByteBuffer rest = ByteBuffer.allocate(16 * 1024);
            while (channel.read(rest.clear()) >= 0) {
                // what it had still to say
            }
        } catch (IOException e) {
            // a peer that has gone without reading all of ours resets the connection
        }
        channel.close();
    }

    /** Ends whatever waits, from another thread. */
    public void abort() {
        try {
            channel.close();
            if (selector != null) {
                selector.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        abort();
        ssl.close();
    }
}
