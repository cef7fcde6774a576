package org.sslwrite.accel.nativecode;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.lang.ref.WeakReference;
import java.nio.ByteBuffer;

/**
 * Direct buffers, as C takes them. Remembers the last one, which is mostly the next one too,
 * because a segment is garbage; does not keep it.
 *
 * <p>Not mapped files: one that is cut while it is mapped is an {@code InternalError} in Java, and
 * the end of the process in C.
 */
final class DirectMemory {
    private static final WeakReference<Place> NONE = new WeakReference<>(null);

    private WeakReference<Place> last = NONE;

    /**
     * A direct buffer.
     *
     * @param memory all of it; while C is given this, nobody can close the arena it may belong to
     * @param usable whether C may touch it
     */
    record Place(ByteBuffer buffer, MemorySegment memory, boolean usable) {
        /** The address of a byte, for as long as the buffer is reachable. */
        long address(int index) {
            return memory.address() + index;
        }
    }

    /** Null if the memory has no address, or must not be touched from C. */
    @Nullable Place of(ByteBuffer buffer) {
        if (!buffer.isDirect()) {
            return null;
        }
        Place place = last.get();
        if (place == null || place.buffer != buffer) {
            place = placeOf(buffer);
            last = new WeakReference<>(place);
        }
        return place.usable ? place : null;
    }

    void forget() {
        last = NONE;
    }

    /** Of a duplicate: the buffer's own position may be moved by another thread meanwhile. */
    private static Place placeOf(ByteBuffer buffer) {
        MemorySegment memory = MemorySegment.ofBuffer(buffer.duplicate().clear());
        return new Place(buffer, memory, !memory.isMapped());
    }
}
