package org.sslwrite.record;

import org.jspecify.annotations.Nullable;
import org.sslwrite.seal.SealException;
import org.sslwrite.seal.SealerChoice;

import java.nio.ByteBuffer;

/**
 * Cuts application data into records, has each sealed by the current epoch at the end of the
 * output, and keeps the output until the transport has taken it. Control records, sealed elsewhere
 * with the same epoch, join the same output: the order of sealing is the order on the wire.
 */
public final class RecordWriter implements AutoCloseable {
    private final OutputBuffer output;
    private @Nullable WriteEpoch epoch;
    private int fragmentLimit;
    private long records;
    private long bytes;

    /**
     * A writer that has no keys yet.
     *
     * @param fragmentLimit bytes of content in a record at most
     */
    public RecordWriter(BufferPool pool, int fragmentLimit) {
        this.output = new OutputBuffer(pool);
        this.fragmentLimit = fragmentLimit;
    }

    /**
     * A pool whose buffers hold a batch of this many bytes of content, with room beside it for
     * control records.
     */
    public static BufferPool poolForBatchesOf(int contentBytes) {
        int records = Math.max(1, contentBytes / RecordLayout.MAX_FRAGMENT);
        int overheadAtMost = 128;
        int controlRecords = 1024;
        return new BufferPool(
                records * (RecordLayout.MAX_FRAGMENT + RecordLayout.HEADER + overheadAtMost)
                        + controlRecords);
    }

    /** Application data is sealed by this epoch from now on. */
    public void activate(WriteEpoch next) {
        epoch = next;
    }

    /** The epoch that seals application data; null before the first handshake is complete. */
    public @Nullable WriteEpoch epoch() {
        return epoch;
    }

    /** Bytes of content in a record at most. */
    public int fragmentLimit() {
        return fragmentLimit;
    }

    /** Lowers the limit to what was negotiated. */
    public void limitFragment(int limit) {
        fragmentLimit = Math.min(fragmentLimit, limit);
    }

    /** Whether the next record of a write of which this much is left can join the batch. */
    public boolean hasRoomFor(long left) {
        return output.hasRoom(
                current().recordLength(RecordLayout.fragment(left, fragmentLimit), 0));
    }

    /**
     * Seals the next record of a write.
     *
     * @param start bytes of the write that are sealed already
     * @return bytes of the write that this record took
     * @throws SealException if the engine failed; nothing of the record becomes visible
     */
    public int sealNext(Plaintext source, long start) throws SealException {
        WriteEpoch current = current();
        int length = RecordLayout.fragment(source.total() - start, fragmentLimit);
        ByteBuffer dst = output.claim(current.recordLength(length, 0));
        int at = output.tail();
        ByteBuffer piece = source.pieceWith(start, length);
        int recordLength;
        if (piece != null) {
            recordLength =
                    current.seal(
                            ContentType.APPLICATION_DATA,
                            piece,
                            source.indexInPiece(start),
                            length,
                            0,
                            dst,
                            at);
        } else {
            recordLength = sealGathered(current, source, start, length, dst, at);
        }
        output.commit(recordLength);
        records++;
        bytes += length;
        return length;
    }

    private static int sealGathered(
            WriteEpoch epoch, Plaintext source, long start, int length, ByteBuffer dst, int at)
            throws SealException {
        int contentAt = at + epoch.contentOffset();
        source.gather(start, length, dst, contentAt);
        boolean sealed = false;
        try {
            int recordLength =
                    epoch.seal(ContentType.APPLICATION_DATA, dst, contentAt, length, 0, dst, at);
            sealed = true;
            return recordLength;
        } finally {
            if (!sealed) {
                wipe(dst, contentAt, length);
            }
        }
    }

    private static void wipe(ByteBuffer dst, int index, int length) {
        for (int i = index; i < index + length; i++) {
            dst.put(i, (byte) 0);
        }
    }

    private WriteEpoch current() {
        WriteEpoch current = epoch;
        if (current == null) {
            throw new IllegalStateException("no keys before the handshake is complete");
        }
        return current;
    }

    /**
     * Where a control record of this length, sealed elsewhere, is to be put, from the buffer's
     * position on.
     */
    public ByteBuffer claimControl(int length) {
        ByteBuffer dst = output.claim(length);
        return dst.clear().position(output.tail());
    }

    /** Makes the control record visible that was put where {@link #claimControl} said. */
    public void commitControl(int length) {
        output.commit(length);
    }

    /** Whether sealed bytes wait for the transport. */
    public boolean hasOutput() {
        return !output.isEmpty();
    }

    /** Sealed bytes that wait for the transport. */
    public int pendingOutput() {
        return output.pending();
    }

    /** What waits, for the transport to take from; call {@link #outputTaken()} afterwards. */
    public ByteBuffer output() {
        return output.waiting();
    }

    /** Accounts for what the transport took of {@link #output()}. */
    public void outputTaken() {
        output.taken();
    }

    /** Drops what waits: it can never be sent, or must not be. */
    public void dropOutput() {
        output.release();
    }

    /** Records of application data sealed so far. */
    public long records() {
        return records;
    }

    /** Bytes of application data sealed so far. */
    public long bytes() {
        return bytes;
    }

    /**
     * Which engine seals application data, and why; null before the first handshake is complete.
     */
    public @Nullable SealerChoice choice() {
        return epoch == null ? null : epoch.choice();
    }

    /** Gives the output buffer back. The epochs are their owner's to close. */
    @Override
    public void close() {
        output.release();
    }
}
