package org.sslwrite.accel.nativecode;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.lang.ref.WeakReference;

/**
 * Arrays of the heap, as C takes them. Remembers where the records of the last array began, which
 * is mostly where the next ones begin too, because a segment is garbage that the compiler cannot
 * always leave out; does not keep it.
 */
final class ArrayMemory {
    private static final int RECORD_BITS = 14;

    /** Enough for writes of 1 MiB. */
    private static final int PLACES = 64;

    private record Places(byte[] array, @Nullable MemorySegment[] memory) {}

    private static final WeakReference<Places> NONE = new WeakReference<>(null);

    private WeakReference<Places> last = NONE;

    /** The array from an index on. */
    MemorySegment from(byte[] array, int index) {
        Places places = last.get();
        if (places == null || places.array != array) {
            places = new Places(array, new MemorySegment[PLACES]);
            last = new WeakReference<>(places);
        }
        int place = (index >>> RECORD_BITS) % PLACES;
        MemorySegment memory = places.memory[place];
        // The address of what lies in an array is counted from the array's start.
        if (memory == null || memory.address() != index) {
            memory = MemorySegment.ofArray(array).asSlice(index);
            places.memory[place] = memory;
        }
        return memory;
    }

    void forget() {
        last = NONE;
    }
}
