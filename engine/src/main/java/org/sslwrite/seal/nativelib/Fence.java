package org.sslwrite.seal.nativelib;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** A stretch of memory behind a structure that native code must leave as it is. */
final class Fence {
    static final int LENGTH = 1024;

    private static final byte BYTE = 0x5A;

    private Fence() {}

    /** Fills it. */
    static void build(MemorySegment fence) {
        fence.fill(BYTE);
    }

    static boolean isWhole(MemorySegment fence) {
        return isAll(fence, BYTE);
    }

    static boolean isZero(MemorySegment memory) {
        return isAll(memory, (byte) 0);
    }

    private static boolean isAll(MemorySegment memory, byte value) {
        for (long at = 0; at < memory.byteSize(); at++) {
            if (memory.get(ValueLayout.JAVA_BYTE, at) != value) {
                return false;
            }
        }
        return true;
    }
}
