package org.sslwrite;

import org.jspecify.annotations.Nullable;
import org.sslwrite.record.Plaintext;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * A write of which a part is sealed and its caller has not been told so: what it must look like
 * when it comes again. Touched only when a write could not finish.
 */
final class PendingWrite {
    private static final Piece[] NONE = {};

    private long sealed;
    private Piece[] pieces = NONE;

    /**
     * Where a buffer's remaining bytes lie.
     *
     * @param storage the array, or the buffer itself where the array is not to be had, or null for
     *     direct memory
     * @param start address in the storage
     * @param length bytes
     */
    private record Piece(@Nullable Object storage, long start, int length) {
        static Piece of(ByteBuffer buffer) {
            if (buffer.isDirect()) {
                return new Piece(
                        null, MemorySegment.ofBuffer(buffer).address(), buffer.remaining());
            }
            Object storage = buffer.hasArray() ? buffer.array() : buffer;
            int base = buffer.hasArray() ? buffer.arrayOffset() : 0;
            return new Piece(storage, base + buffer.position(), buffer.remaining());
        }

        boolean startsWhere(Piece earlier) {
            return storage == earlier.storage && start == earlier.start;
        }
    }

    boolean isPending() {
        return sealed > 0;
    }

    /** Bytes of the write that are sealed. */
    long sealed() {
        return sealed;
    }

    void remember(Plaintext source, long sealedBytes) {
        pieces = piecesOf(source);
        sealed = sealedBytes;
    }

    void clear() {
        sealed = 0;
        pieces = NONE;
    }

    private static Piece[] piecesOf(Plaintext source) {
        Piece[] found = new Piece[source.count()];
        int n = 0;
        for (int i = 0; i < found.length; i++) {
            if (source.piece(i).hasRemaining()) {
                found[n++] = Piece.of(source.piece(i));
            }
        }
        return Arrays.copyOf(found, n);
    }

    /** What is wrong with a repeated write; null if it may go on. */
    @Nullable SslReason objection(Plaintext source, boolean mayMove) {
        if (!mayMove && !sameStorage(piecesOf(source))) {
            return SslReason.BAD_WRITE_RETRY;
        }
        return source.total() < sealed ? SslReason.BAD_LENGTH : null;
    }

    /**
     * Whether one of the two is a prefix of the other, byte for byte, because it is the same
     * memory.
     */
    private boolean sameStorage(Piece[] again) {
        int common = Math.min(pieces.length, again.length);
        for (int i = 0; i < common; i++) {
            if (!again[i].startsWhere(pieces[i])) {
                return false;
            }
            boolean longer = again[i].length > pieces[i].length;
            boolean shorter = again[i].length < pieces[i].length;
            if (longer && i < pieces.length - 1 || shorter && i < again.length - 1) {
                return false;
            }
        }
        return true;
    }
}
