package org.sslwrite.pkcs11.cryptoki.ffi;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;

/**
 * Memory by address, for what the C API points to. Nothing is checked: whoever passes an address
 * answers for the memory behind it. Allocates nothing.
 */
@SuppressWarnings("restricted") // a C API tells addresses and no sizes
public final class Memory {
    private static final MemorySegment ALL = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);

    private Memory() {}

    public static long ulong(long address) {
        return ALL.get(ValueLayout.JAVA_LONG_UNALIGNED, address);
    }

    public static void ulong(long address, long value) {
        ALL.set(ValueLayout.JAVA_LONG_UNALIGNED, address, value);
    }

    static byte octet(long address) {
        return ALL.get(ValueLayout.JAVA_BYTE, address);
    }

    public static void put(long address, byte[] bytes) {
        MemorySegment.copy(bytes, 0, ALL, ValueLayout.JAVA_BYTE, address, bytes.length);
    }

    public static byte[] get(long address, int length) {
        byte[] bytes = new byte[length];
        MemorySegment.copy(ALL, ValueLayout.JAVA_BYTE, address, bytes, 0, length);
        return bytes;
    }

    /** A NUL-terminated text; at most 1000 bytes of it. */
    static String text(long address) {
        int length = 0;
        while (length < 1000 && octet(address + length) != 0) {
            length++;
        }
        return new String(get(address, length), StandardCharsets.UTF_8);
    }
}
