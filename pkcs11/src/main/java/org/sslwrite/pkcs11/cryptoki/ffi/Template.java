package org.sslwrite.pkcs11.cryptoki.ffi;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** An array of CK_ATTRIBUTE with values. {@link #close} wipes the values. */
public final class Template implements AutoCloseable {
    private record Attribute(long type, MemorySegment value) {}

    private final Arena arena = Arena.ofConfined();
    private final List<Attribute> attributes = new ArrayList<>();

    /** An empty one. */
    public Template() {}

    public Template ulong(long type, long value) {
        return add(type, arena.allocateFrom(ValueLayout.JAVA_LONG, value));
    }

    public Template flag(long type, boolean value) {
        return add(type, arena.allocateFrom(ValueLayout.JAVA_BYTE, (byte) (value ? 1 : 0)));
    }

    public Template bytes(long type, byte[] value) {
        return add(type, arena.allocateFrom(ValueLayout.JAVA_BYTE, value));
    }

    public Template text(long type, String value) {
        return bytes(type, value.getBytes(StandardCharsets.UTF_8));
    }

    private Template add(long type, MemorySegment value) {
        attributes.add(new Attribute(type, value));
        return this;
    }

    /** The array as it is now. */
    public long address() {
        Attribute[] all = attributes.toArray(Attribute[]::new);
        MemorySegment array = arena.allocate(Layouts.ATTRIBUTE, all.length);
        for (int i = 0; i < all.length; i++) {
            long at = array.address() + i * Layouts.ATTRIBUTE.byteSize();
            Memory.ulong(at, all[i].type);
            Memory.ulong(at + 8, all[i].value.address());
            Memory.ulong(at + 16, all[i].value.byteSize());
        }
        return array.address();
    }

    public int count() {
        return attributes.size();
    }

    @Override
    public void close() {
        for (Attribute attribute : attributes) {
            attribute.value.fill((byte) 0);
        }
        arena.close();
    }
}
