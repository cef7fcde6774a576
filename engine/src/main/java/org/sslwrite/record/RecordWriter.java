package org.sslwrite.record;

import org.jspecify.annotations.Nullable;
import org.sslwrite.protocol.ContentType;
import org.sslwrite.protocol.RecordLayout;
import org.sslwrite.seal.SealException;
import org.sslwrite.seal.SealerChoice;

import java.nio.ByteBuffer;
import java.util.function.IntBinaryOperator;

/**
 * Cuts application data into records, has each sealed by the current epoch at the end of the
 * output, and keeps the output until the transport has taken it. Control records, sealed elsewhere
 * with the same epoch, join the same output: the order of sealing is the order on the wire.
 */
public final class RecordWriter implements AutoCloseable {
    /** RFC 8446 section 5.4 leaves padding to the application; none unless it asks. */
    public static final IntBinaryOperator NO_PADDING = (contentType, length) -> 0;

    private final OutputBuffer output;
    private @Nullable WriteEpoch epoch;
    private IntBinaryOperator padding = NO_PADDING;
    private final RecordSizing pace;
    private int fragmentLimit;
    private final SealingStatistics account = new SealingStatistics();
    private final ContextSealingStatistics totals;

    /**
     * A writer that has no keys yet.
     *
     * @param fragmentLimit bytes of content in a record at most
     * @param idleNanos a connection is idle that has begun no write for so long; {@link
     *     Long#MAX_VALUE}: none ever is
     * @param smallAfterIdle whether records are small after the connection was idle
     * @param totals where this writer's account counts
     */
    public RecordWriter(
            BufferPool pool,
            int fragmentLimit,
            long idleNanos,
            boolean smallAfterIdle,
            ContextSealingStatistics totals) {
        this.pace = new RecordSizing(idleNanos, smallAfterIdle);
        this.output = new OutputBuffer(pool);
        this.fragmentLimit = fragmentLimit;
        this.totals = totals;
    }

    /**
     * A pool whose buffers hold a batch of this many bytes of content, with room beside it for
     * control records.
     */
    public static BufferPool poolForBatchesOf(int contentBytes) {
        int records = Math.max(1, Math.ceilDiv(contentBytes, RecordLayout.MAX_FRAGMENT));
        int overheadAtMost = 128;
        int controlRecords = 1024 + BufferPool.ALIGNMENT;
        return new BufferPool(
                records * (RecordLayout.MAX_FRAGMENT + RecordLayout.HEADER + overheadAtMost)
                        + controlRecords);
    }

    /** Application data is sealed by this epoch from now on. */
    public void activate(WriteEpoch next) {
        totals.add(account);
        epoch = next;
        output.alignContentAt(next.contentOffset());
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

    /**
     * A write begins.
     *
     * @return whether its first record is to go out by itself
     */
    public boolean begin(long length) {
        boolean severalRecords = length > fragmentLimit;
        return (severalRecords || pace.watchesEveryWrite()) && pace.begin() && severalRecords;
    }

    /** Whether the next record of a write of which this much is left can join the batch. */
    public boolean hasRoomFor(long left) {
        int length = RecordLayout.fragment(left, pace.limit(fragmentLimit));
        boolean padded = padding != NO_PADDING && current().isTls13();
        int paddingAtMost = padded ? fragmentLimit - length : 0;
        return output.hasRoom(current().recordLength(length, paddingAtMost));
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
        if (current.isExhausted()) {
            throw new SealException("the limit of records for one key is reached", null);
        }
        int length = RecordLayout.fragment(source.total() - start, pace.limit(fragmentLimit));
        int padding = dataPadding(length);
        ByteBuffer dst = output.claim(current.recordLength(length, padding));
        ByteBuffer piece = source.pieceWith(start, length);
        if (piece != null) {
            // Throws if the memory is gone, while the sequence number is still free.
            piece.get(source.indexInPiece(start));
        }
        int recordLength =
                piece != null
                        ? current.sealApart(
                                ContentType.APPLICATION_DATA,
                                piece,
                                source.indexInPiece(start),
                                length,
                                padding,
                                dst,
                                output.tail())
                        : sealGathered(current, source, start, length, padding, dst);
        output.commit(recordLength);
        account.add(current.choice(), length);
        pace.sealed(length);
        return length;
    }

    private int sealGathered(
            WriteEpoch current,
            Plaintext source,
            long start,
            int length,
            int padding,
            ByteBuffer dst)
            throws SealException {
        try {
            return sealGatheredOnce(current, source, start, length, padding, dst);
        } catch (SealException e) {
            if (!current.fallBack(e)) {
                throw e;
            }
            // Sealing in place may have spoilt what was gathered: gathered anew, it is the same.
            return sealGatheredOnce(current, source, start, length, padding, dst);
        }
    }

    private int sealGatheredOnce(
            WriteEpoch current,
            Plaintext source,
            long start,
            int length,
            int padding,
            ByteBuffer dst)
            throws SealException {
        int at = output.tail();
        int contentAt = at + current.contentOffset();
        boolean sealed = false;
        try {
            source.gather(start, length, dst, contentAt);
            int recordLength =
                    current.seal(
                            ContentType.APPLICATION_DATA, dst, contentAt, length, padding, dst, at);
            sealed = true;
            return recordLength;
        } finally {
            if (!sealed) {
                wipe(dst, contentAt, length);
            }
        }
    }

    private int dataPadding(int length) {
        return padding == NO_PADDING ? 0 : padding(ContentType.APPLICATION_DATA, length);
    }

    /**
     * Bytes of padding for a record of TLS 1.3, never more than the record may still hold; 0 in TLS
     * 1.2.
     */
    public int padding(int contentType, int length) {
        WriteEpoch current = epoch;
        if (padding == NO_PADDING || (current != null && !current.isTls13())) {
            return 0;
        }
        int wanted = padding.applyAsInt(contentType, length);
        return Math.clamp(wanted, 0, Math.max(0, fragmentLimit - length));
    }

    /**
     * Sets how much padding records of TLS 1.3 get.
     *
     * @param policy is given content type and length, and returns bytes of padding
     */
    public void setPadding(IntBinaryOperator policy) {
        padding = policy;
    }

    /** Gives memory back that only records under way need, if none is. */
    public void releaseIdleBuffers() {
        if (output.isEmpty()) {
            output.release();
            if (epoch != null) {
                epoch.releaseBuffers();
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
        output.commitControl(length);
    }

    /** Whether a control record waits for the transport: no write will come for it. */
    public boolean hasControlOutput() {
        return output.hasControl();
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

    /** Drops what waits, and its memory with it, after an error of the virtual machine. */
    public void forgetOutput() {
        output.forget();
    }

    /** What application data was sealed by. */
    public SealingStatistics account() {
        return account;
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
        totals.end(account);
        output.release();
    }
}
