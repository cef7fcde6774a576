package org.sslwrite.seal.nativelib;

import java.lang.foreign.MemorySegment;
import java.lang.ref.WeakReference;

/**
 * Arrays of the heap, as C takes them. Remembers the last place, which is mostly the next one too,
 * because a segment is garbage that the compiler cannot always leave out; does not keep it.
 */
final class ArrayMemory {
    private record Place(byte[] array, int index, MemorySegment memory) {}

    private WeakReference<Place> last = new WeakReference<>(null);

    /** The array from an index on. */
    MemorySegment from(byte[] array, int index) {
        Place place = last.get();
        if (place == null || place.array != array || place.index != index) {
            place = new Place(array, index, MemorySegment.ofArray(array).asSlice(index));
            last = new WeakReference<>(place);
        }
        return place.memory;
    }
}
