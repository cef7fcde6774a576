package org.sslwrite.record;

import org.jspecify.annotations.Nullable;

import java.nio.ByteBuffer;

/**
 * The bytes of one write where they lie: the remaining bytes of one buffer, or of several in order.
 * Reused from write to write; never moves a position.
 */
public final class Plaintext {
    private static final ByteBuffer EMPTY = ByteBuffer.allocate(0);

    private final ByteBuffer[] single = new ByteBuffer[1];
    private ByteBuffer[] pieces = single;
    private int from;
    private int to;
    private long total;

    /** A piece, and where it begins in the write: mostly the next one that is asked for. */
    private int at;

    private long atStart;

    /** Points at one buffer. */
    public void set(ByteBuffer src) {
        single[0] = src;
        pieces = single;
        from = 0;
        to = 1;
        rewind();
        total = src.remaining();
    }

    /** Points at {@code length} buffers from {@code offset} on. */
    public void set(ByteBuffer[] srcs, int offset, int length) {
        pieces = srcs;
        from = offset;
        to = offset + length;
        rewind();
        total = 0;
        for (int i = from; i < to; i++) {
            total += srcs[i].remaining();
        }
    }

    /** Forgets the buffers. */
    public void clear() {
        set(EMPTY);
    }

    /** Bytes in all. */
    public long total() {
        return total;
    }

    /** How many buffers. */
    public int count() {
        return to - from;
    }

    /** The buffer with this index, counted from the first. */
    public ByteBuffer piece(int index) {
        return pieces[from + index];
    }

    /**
     * The one buffer that has all bytes from {@code start} to {@code start + length}, or null if
     * they span several.
     */
    @Nullable ByteBuffer pieceWith(long start, int length) {
        if (to - from == 1) {
            return pieces[from];
        }
        seek(start);
        return start - atStart + length <= pieces[at].remaining() ? pieces[at] : null;
    }

    /**
     * Where byte {@code start} of the write stands in the buffer that has it, as an absolute index.
     */
    int indexInPiece(long start) {
        if (to - from == 1) {
            return pieces[from].position() + (int) start;
        }
        seek(start);
        return pieces[at].position() + (int) (start - atStart);
    }

    /** Copies bytes from {@code start} to {@code start + length} together. */
    void gather(long start, int length, ByteBuffer dst, int dstIndex) {
        seek(start);
        int index = at;
        int skip = (int) (start - atStart);
        int copied = 0;
        while (copied < length) {
            ByteBuffer piece = pieces[index];
            int n = Math.min(piece.remaining() - skip, length - copied);
            dst.put(dstIndex + copied, piece, piece.position() + skip, n);
            copied += n;
            skip = 0;
            index++;
        }
    }

    private void rewind() {
        at = from;
        atStart = 0;
    }

    /** Finds the piece that has a byte; a write that goes on looks at each piece once. */
    private void seek(long start) {
        if (start < atStart) {
            rewind();
        }
        long end = atStart + pieces[at].remaining();
        while (start >= end && at < to - 1) {
            atStart = end;
            at++;
            end += pieces[at].remaining();
        }
    }

    /** Moves the positions on by {@code n} bytes, after they are on their way. */
    public void advance(long n) {
        rewind();
        long left = n;
        for (int i = from; i < to && left > 0; i++) {
            int step = (int) Math.min(left, pieces[i].remaining());
            pieces[i].position(pieces[i].position() + step);
            left -= step;
        }
    }
}
