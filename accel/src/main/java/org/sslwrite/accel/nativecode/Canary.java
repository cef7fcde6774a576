package org.sslwrite.accel.nativecode;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** A stretch of memory behind a structure that native code must leave as it is. */
public final class Canary {
    public static final int LENGTH = 1024;

    private static final byte BYTE = 0x5A;

    private Canary() {}

    /** Fills it. */
    public static void build(MemorySegment canary) {
        canary.fill(BYTE);
    }

    public static boolean isWhole(MemorySegment canary) {
        return isAll(canary, BYTE);
    }

    public static boolean isZero(MemorySegment memory) {
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
