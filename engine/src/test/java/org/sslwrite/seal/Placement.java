package org.sslwrite.seal;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * Where a record's plaintext lies and where its body goes.
 *
 * @param readOnly whether the sealer sees the source through a read-only buffer
 * @param inPlace whether the source is the destination's memory, mostly where the plaintext belongs
 *     in it; {@code source} is ignored then
 */
public record Placement(Memory source, boolean readOnly, Memory destination, boolean inPlace) {
    /** Plain heap buffers, apart. */
    public static final Placement SIMPLE = new Placement(Memory.HEAP, false, Memory.HEAP, false);

    /** A kind of buffer. */
    public enum Memory {
        HEAP,
        DIRECT,
        HEAP_SLICE,
        DIRECT_SLICE;

        /**
         * What a slice leaves of the buffer under it, before itself: odd, so nothing is aligned.
         */
        private static final int OFFSET = 3;

        private static final int BEHIND = 5;

        Region region(int capacity) {
            boolean slice = this == HEAP_SLICE || this == DIRECT_SLICE;
            boolean direct = this == DIRECT || this == DIRECT_SLICE;
            int offset = slice ? OFFSET : 0;
            int size = capacity + (slice ? OFFSET + BEHIND : 0);
            ByteBuffer whole = direct ? ByteBuffer.allocateDirect(size) : ByteBuffer.allocate(size);
            for (int i = 0; i < size; i++) {
                whole.put(i, (byte) 0xA5);
            }
            if (!slice) {
                return new Region(whole, whole, 0);
            }
            // Byte order is the caller's affair: a sealer must not depend on it.
            ByteBuffer view = whole.slice(offset, capacity).order(ByteOrder.LITTLE_ENDIAN);
            return new Region(whole, view, offset);
        }
    }

    /**
     * A buffer with all the memory around it.
     *
     * @param whole the memory
     * @param view what the sealer gets
     * @param offset where in the memory the view begins
     */
    record Region(ByteBuffer whole, ByteBuffer view, int offset) {
        byte[] bytes() {
            byte[] bytes = new byte[whole.capacity()];
            ByteBuffer.wrap(bytes).put(whole.duplicate().clear());
            return bytes;
        }
    }

    /** Every pairing of source and destination. */
    static List<Placement> all() {
        List<Placement> all = new ArrayList<>();
        for (boolean readOnly : new boolean[] {false, true}) {
            for (Memory destination : Memory.values()) {
                for (Memory source : Memory.values()) {
                    all.add(new Placement(source, readOnly, destination, false));
                }
                all.add(new Placement(destination, readOnly, destination, true));
            }
        }
        return List.copyOf(all);
    }

    @Override
    public String toString() {
        String from = inPlace ? "in place" : "from " + source;
        return from + (readOnly ? " (read-only)" : "") + " to " + destination;
    }
}
