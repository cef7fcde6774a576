package org.sslwrite.bench.engine;

import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.TlsFatalAlert;
import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.util.Arrays;

import javax.crypto.BadPaddingException;

/** An engine's end of a connection, and the other one, which opens what it seals. */
public final class Connection implements AutoCloseable {
    private static final int TRIALS = 3;
    private static final int MAX_DEPTH = 20;

    private final TlsWriter writer;
    private final EngineEnd client;

    Connection(TlsWriter writer, EngineEnd client) {
        this.writer = writer;
        this.client = client;
    }

    /** The end that is measured. Its records go nowhere until it is told. */
    public TlsWriter writer() {
        return writer;
    }

    EngineEnd client() {
        return client;
    }

    /**
     * Has the buffer sealed some times, and compares what the other end makes of it. To be called
     * before the records go anywhere else, or the other end misses some.
     *
     * @param src of which all bytes are written
     * @throws WrongBytesException if it makes anything else of it
     */
    public void check(ByteBuffer src) throws WrongBytesException, IOException {
        byte[] wanted = new byte[src.clear().remaining()];
        src.get(0, wanted);
        writer.into(new ToClient());
        for (int i = 0; i < TRIALS; i++) {
            writer.write(src.clear());
            byte[] opened = client.takeOpened();
            if (!Arrays.equals(wanted, opened)) {
                throw new WrongBytesException(
                        "%d bytes were sealed, and %d others came out of the records"
                                .formatted(wanted.length, opened.length));
            }
        }
        writer.requireOwnSealing();
    }

    @Override
    public void close() {
        writer.close();
    }

    /** What the client cannot open is no record, whatever else it may be. */
    private static final class Refused extends IOException {
        private static final long serialVersionUID = 1L;

        Refused(IOException cause) {
            super("the other end refuses a record: " + cause.getMessage(), cause);
        }
    }

    /**
     * Whether a failure of a handshake or of {@link #check} shows that a record was wrong: the
     * other end could not open it.
     */
    public static boolean isWrongRecord(Throwable failure) {
        return isWrongRecord(failure, 0);
    }

    private static boolean isWrongRecord(@Nullable Throwable failure, int depth) {
        if (failure == null || depth > MAX_DEPTH) {
            return false;
        }
        return failure instanceof WrongBytesException
                || failure instanceof Refused
                || failure instanceof BadPaddingException
                || failure instanceof TlsFatalAlert alert
                        && alert.getAlertDescription() == AlertDescription.bad_record_mac
                || isWrongRecord(failure.getCause(), depth + 1)
                || Arrays.stream(failure.getSuppressed())
                        .anyMatch(suppressed -> isWrongRecord(suppressed, depth + 1));
    }

    private final class ToClient implements WritableByteChannel {
        private final ByteBuffer answers = ByteBuffer.allocate(1 << 16);

        @Override
        public int write(ByteBuffer sealed) throws IOException {
            int length = sealed.remaining();
            ByteBuffer arrived = client.arrived();
            while (sealed.hasRemaining()) {
                int n = Math.min(sealed.remaining(), arrived.remaining());
                arrived.put(sealed.slice(sealed.position(), n));
                sealed.position(sealed.position() + n);
                try {
                    client.advance(answers.clear());
                } catch (IOException e) {
                    throw new Refused(e);
                }
            }
            return length;
        }

        @Override
        public boolean isOpen() {
            return true;
        }

        @Override
        public void close() {}
    }
}
