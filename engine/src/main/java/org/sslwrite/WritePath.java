package org.sslwrite;

import org.sslwrite.handshake.Handshake;
import org.sslwrite.handshake.HandshakeException;
import org.sslwrite.record.Plaintext;
import org.sslwrite.record.RecordWriter;
import org.sslwrite.seal.SealException;

/**
 * The way of application data from the caller's buffers to the transport: every variant of write
 * ends here.
 *
 * <ul>
 *   <li>What is sealed is flushed as it is before anything else is sealed; a repeated write never
 *       seals again.
 *   <li>Records are sealed in batches, each batch is contiguous, and each is flushed before the
 *       next. The first record after idleness is a batch of its own.
 *   <li>The caller's positions move when the whole write, or in partial mode a part, has gone to
 *       the transport.
 * </ul>
 */
final class WritePath {
    private final RecordWriter writer;
    private final RecordTransport wire;
    private final HandshakeRunner runner;
    private final Outcome outcome;
    private final PendingWrite pending = new PendingWrite();

    WritePath(RecordWriter writer, RecordTransport wire, HandshakeRunner runner, Outcome outcome) {
        this.writer = writer;
        this.wire = wire;
        this.runner = runner;
        this.outcome = outcome;
    }

    /**
     * Writes, or goes on with the write that is pending. Returns bytes written, or 0 or less as the
     * outcome says.
     */
    long write(Plaintext source, boolean partial, boolean mayMove) {
        if (!runner.mayWrite()) {
            int shaken = runner.run();
            if (shaken != Outcome.DONE) {
                return shaken;
            }
        }
        if (source.total() == 0) {
            int flushed = flushControl();
            return flushed == Outcome.DONE ? 0 : flushed;
        }
        if (pending.isPending()) {
            SslReason objection = pending.objection(source, mayMove);
            if (objection != null) {
                return refuse(objection);
            }
        }
        return writeRecords(source, partial);
    }

    private long writeRecords(Plaintext source, boolean partial) {
        long total = source.total();
        long sealed = pending.sealed();
        boolean firstAlone = sealed == 0 && writer.begin(total);
        try {
            while (true) {
                int flushed = flush(source, sealed);
                if (flushed != Outcome.DONE) {
                    return flushed;
                }
                if (sealed == total || (partial && sealed > 0)) {
                    pending.clear();
                    source.advance(sealed);
                    return sealed;
                }
                boolean one = partial || (firstAlone && sealed == 0);
                sealed = sealBatch(source, sealed, one ? 1 : Integer.MAX_VALUE);
            }
        } catch (SealException e) {
            pending.clear();
            return runner.fail(e);
        } catch (HandshakeException e) {
            pending.clear();
            return runner.fail(e);
        }
    }

    private long sealBatch(Plaintext source, long sealedBefore, int maxRecords)
            throws SealException, HandshakeException {
        long total = source.total();
        long sealed = sealedBefore;
        int records = 0;
        try {
            do {
                writeOwedControlRecord();
                sealed += writer.sealNext(source, sealed);
                records++;
            } while (sealed < total && records < maxRecords && writer.hasRoomFor(total - sealed));
        } catch (RuntimeException e) {
            // A buffer that cannot be read, say; what is sealed of the write stays so.
            if (sealed > 0) {
                pending.remember(source, sealed);
            }
            throw e;
        }
        return sealed;
    }

    private void writeOwedControlRecord() throws HandshakeException {
        Handshake handshake = runner.handshake();
        if (handshake != null && handshake.owesControlRecord()) {
            handshake.writeOwedControlRecord();
        }
    }

    /** Flushes; whatever stops it, the records that are sealed stay those of this write. */
    private int flush(Plaintext source, long sealed) {
        int flushed = Outcome.STOPPED;
        try {
            flushed = wire.flush(runner.isEstablished(), runner.isCloseNotifyReceived());
            return flushed;
        } finally {
            if (outcome.isEnded()) {
                pending.clear();
            } else if (flushed != Outcome.DONE && sealed > 0) {
                pending.remember(source, sealed);
            }
        }
    }

    /**
     * A write of nothing: sends what waits, and a KeyUpdate that is owed if no record is pending.
     */
    int flushControl() {
        try {
            if (!pending.isPending()) {
                writeOwedControlRecord();
            }
            return wire.flush(runner.isEstablished(), runner.isCloseNotifyReceived());
        } catch (HandshakeException e) {
            return runner.fail(e);
        }
    }

    private int refuse(SslReason objection) {
        return outcome.refuse(
                objection,
                objection == SslReason.BAD_LENGTH
                        ? "the repeated write is shorter than what is sealed already: "
                                + pending.sealed()
                                + " bytes"
                        : "the repeated write is not the one that is pending; repeat that, or allow"
                                + " moving buffers");
    }
}
