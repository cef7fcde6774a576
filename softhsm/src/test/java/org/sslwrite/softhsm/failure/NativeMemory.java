package org.sslwrite.softhsm.failure;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Memory by address, as the arguments of C functions give it. */
@SuppressWarnings("restricted") // C tells addresses and no sizes
final class NativeMemory {
    private static final MemorySegment ALL = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);

    private NativeMemory() {}

    static long ulong(long address) {
        return ALL.get(ValueLayout.JAVA_LONG_UNALIGNED, address);
    }

    static void ulong(long address, long value) {
        ALL.set(ValueLayout.JAVA_LONG_UNALIGNED, address, value);
    }

    static byte[] bytes(long address, long length) {
        return ALL.asSlice(address, length).toArray(ValueLayout.JAVA_BYTE);
    }

    static void fill(long address, long length, int value) {
        ALL.asSlice(address, length).fill((byte) value);
    }
}
