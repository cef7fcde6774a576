package org.sslwrite;

import org.jspecify.annotations.Nullable;
import org.sslwrite.bio.Bio;
import org.sslwrite.record.RecordReader;
import org.sslwrite.record.RecordReader.Found;
import org.sslwrite.record.RecordWriter;

import java.io.IOException;
import java.util.Objects;

/** Moves whole records between the connection's buffers and its transports. */
final class Wire {
    private final RecordWriter writer;
    private final Outcome outcome;
    private final RecordReader reader = new RecordReader();
    private @Nullable Bio readBio;
    private @Nullable Bio writeBio;

    Wire(RecordWriter writer, Outcome outcome) {
        this.writer = writer;
        this.outcome = outcome;
    }

    void setBios(Bio read, Bio write) {
        readBio = Objects.requireNonNull(read);
        writeBio = Objects.requireNonNull(write);
    }

    boolean isSet() {
        return readBio != null;
    }

    /**
     * Gives the transport what is sealed, as it is, until nothing waits.
     *
     * @param peerHasClosed whether the peer's close_notify has come, which makes a closed transport
     *     no surprise
     */
    int flush(boolean peerHasClosed) {
        try {
            while (writer.hasOutput()) {
                Bio bio = Objects.requireNonNull(writeBio);
                int n = bio.write(writer.output());
                writer.outputTaken();
                if (n == Bio.RETRY) {
                    return outcome.want(SslError.WANT_WRITE);
                }
                if (n < 0) {
                    writer.dropOutput();
                    SslError how = peerHasClosed ? SslError.ZERO_RETURN : SslError.SYSCALL;
                    String message = "the transport is closed";
                    return outcome.end(
                            0, how, new SslFailure(SslReason.TRANSPORT_CLOSED, message, null));
                }
            }
            return Outcome.DONE;
        } catch (IOException e) {
            return broken(e);
        }
    }

    /**
     * Reads until a whole record is there, or the header of something that is none.
     *
     * @param agreed whether a handshake is complete
     * @param eofMessage what it means if the transport ends before
     */
    int awaitRecord(boolean agreed, String eofMessage) {
        try {
            while (reader.next(agreed) == Found.NOTHING) {
                int n = Objects.requireNonNull(readBio).read(reader.room());
                if (n == Bio.RETRY) {
                    return outcome.want(SslError.WANT_READ);
                }
                if (n < 0) {
                    return outcome.fail(SslReason.UNEXPECTED_EOF_WHILE_READING, eofMessage, null);
                }
            }
            return Outcome.DONE;
        } catch (IOException e) {
            return broken(e);
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
