package org.sslwrite.pkcs11.cryptoki.ffi;

import org.sslwrite.pkcs11.pin.Pin;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/**
 * A PIN in native memory, as UTF-8; wiped by {@link #close}, which must come before the arena's.
 */
public final class NativePin implements AutoCloseable {
    private final MemorySegment memory;

    /** Copies; the argument stays the caller's to wipe. */
    public NativePin(Arena arena, char[] pin) {
        byte[] utf8 = utf8(pin);
        try {
            memory = arena.allocateFrom(ValueLayout.JAVA_BYTE, utf8);
        } finally {
            Arrays.fill(utf8, (byte) 0);
        }
    }

    private static byte[] utf8(char[] pin) {
        try (Pin copy = new Pin(pin)) {
            return copy.utf8();
        }
    }

    /** Copies; the argument stays the caller's to wipe. */
    public NativePin(Arena arena, byte[] utf8) {
        memory = arena.allocateFrom(ValueLayout.JAVA_BYTE, utf8);
    }

    public long address() {
        return memory.address();
    }

    public long length() {
        return memory.byteSize();
    }

    @Override
    public void close() {
        memory.fill((byte) 0);
    }
}
