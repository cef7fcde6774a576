package org.sslwrite;

import org.jspecify.annotations.Nullable;
import org.sslwrite.bio.Bio;
import org.sslwrite.record.RecordReader;
import org.sslwrite.record.RecordReader.Found;
import org.sslwrite.record.RecordWriter;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Objects;

/** Moves whole records between the connection's buffers and its transports. */
final class RecordTransport {
    private static final SslFailure HUNG_UP =
            new SslFailure(
                    SslReason.UNEXPECTED_EOF_WHILE_READING,
                    "the peer hung up without close_notify; data may be missing",
                    null);

    private final RecordWriter writer;
    private final Outcome outcome;
    private final RecordReader reader = new RecordReader();
    private @Nullable Bio readBio;
    private @Nullable Bio writeBio;
    private boolean inputEnded;

    RecordTransport(RecordWriter writer, Outcome outcome) {
        this.writer = writer;
        this.outcome = outcome;
    }

    void setReadBio(Bio bio) {
        readBio = Objects.requireNonNull(bio);
    }

    void setWriteBio(Bio bio) {
        writeBio = Objects.requireNonNull(bio);
    }

    /** Whether the transport has ended, and everything before its end is consumed or partial. */
    boolean isInputEnded() {
        return inputEnded;
    }

    boolean isSet() {
        return readBio != null && writeBio != null;
    }

    /**
     * Gives the transport what is sealed, as it is, until nothing waits.
     *
     * @param established whether the first handshake is complete: SSL_do_handshake(3) has "&lt;0"
     *     for "a connection failure", SSL_write(3) has 0 for "the underlying connection was closed"
     * @param peerHasClosed whether the peer's close_notify has come, which makes a closed transport
     *     no surprise
     */
    int flush(boolean established, boolean peerHasClosed) {
        try {
            while (writer.hasOutput()) {
                Bio bio = Objects.requireNonNull(writeBio);
                int n = give(bio, writer.output());
                if (n == Bio.RETRY) {
                    return outcome.want(SslError.WANT_WRITE);
                }
                if (n < 0) {
                    writer.dropOutput();
                    SslError how = peerHasClosed ? SslError.ZERO_RETURN : SslError.SYSCALL;
                    String message = "the transport is closed";
                    return outcome.end(
                            established ? 0 : Outcome.STOPPED,
                            how,
                            new SslFailure(SslReason.TRANSPORT_CLOSED, message, null));
                }
            }
            return Outcome.DONE;
        } catch (IOException e) {
            return broken(e);
        }
    }

    /**
     * Reads until a whole record is there, or the header of something that is none. The end of the
     * transport is not the end of the connection.
     *
     * @param agreed whether a handshake is complete
     */
    int awaitRecord(boolean agreed) {
        try {
            while (reader.next(agreed) == Found.NOTHING) {
                int n =
                        inputEnded
                                ? Bio.CLOSED
                                : take(Objects.requireNonNull(readBio), reader.room());
                if (n == Bio.RETRY) {
                    return outcome.want(SslError.WANT_READ);
                }
                if (n < 0) {
                    inputEnded = true;
                    return outcome.endOfInput(HUNG_UP);
                }
            }
            return Outcome.DONE;
        } catch (IOException e) {
            return broken(e);
        }
    }

    /** What the transport took is accounted for even if it throws: it is on its way. */
    private int give(Bio bio, ByteBuffer waiting) throws IOException {
        int position = waiting.position();
        int limit = waiting.limit();
        boolean returned = false;
        try {
            int n = bio.write(waiting);
            checkHonest(n, position, limit, waiting);
            returned = true;
            return n;
        } finally {
            if (returned || (waiting.position() >= position && waiting.position() <= limit)) {
                writer.outputTaken();
            }
        }
    }

    private static int take(Bio bio, ByteBuffer room) throws IOException {
        int position = room.position();
        int limit = room.limit();
        int n = bio.read(room);
        checkHonest(n, position, limit, room);
        return n;
    }

    /** A transport that loses count would lose or tear records; it is as good as broken. */
    private static void checkHonest(int n, int position, int limit, ByteBuffer buffer)
            throws IOException {
        int moved = buffer.position() - position;
        if (moved != Math.max(n, 0) || buffer.position() > limit) {
            throw new IOException(
                    "it reports " + n + " bytes, but moved the buffer's position by " + moved);
        }
    }

    /** The records that have come. */
    RecordReader reader() {
        return reader;
    }

    private int broken(IOException e) {
        writer.dropOutput();
        String message =
                "the transport broke: " + (e.getMessage() == null ? e.toString() : e.getMessage());
        return outcome.end(
                Outcome.STOPPED,
                SslError.SYSCALL,
                new SslFailure(SslReason.TRANSPORT_FAILED, message, e));
    }
}
