package org.sslwrite.pkcs11.cryptoki.ffi;

import java.lang.foreign.Arena;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;

/** One structure in native memory, its members by name. For cold paths. */
public final class Structure {
    private final StructLayout layout;
    private final MemorySegment memory;

    public Structure(Arena arena, StructLayout layout) {
        this.layout = layout;
        this.memory = arena.allocate(layout);
    }

    public long address() {
        return memory.address();
    }

    public long size() {
        return layout.byteSize();
    }

    public long ulong(String member) {
        return memory.get(ValueLayout.JAVA_LONG, offset(member));
    }

    public Structure ulong(String member, long value) {
        memory.set(ValueLayout.JAVA_LONG, offset(member), value);
        return this;
    }

    Structure flag(String member, boolean value) {
        memory.set(ValueLayout.JAVA_BYTE, offset(member), (byte) (value ? 1 : 0));
        return this;
    }

    /** A CK_VERSION as in {@code 2.40}. */
    public String version(String member) {
        long at = offset(member);
        int major = Byte.toUnsignedInt(memory.get(ValueLayout.JAVA_BYTE, at));
        int minor = Byte.toUnsignedInt(memory.get(ValueLayout.JAVA_BYTE, at + 1));
        return major + "." + minor;
    }

    /**
     * Text "padded with the blank character" that "should not be null-terminated" (PKCS#11 2.40,
     * 3), though some tokens pad with NULs. What isn't fit to print becomes a question mark.
     */
    public String text(String member) {
        long length = layout.select(MemoryLayout.PathElement.groupElement(member)).byteSize();
        byte[] bytes = memory.asSlice(offset(member), length).toArray(ValueLayout.JAVA_BYTE);
        String text = new String(bytes, StandardCharsets.UTF_8);
        int nul = text.indexOf('\0');
        return (nul < 0 ? text : text.substring(0, nul))
                .replaceAll("\\p{Cntrl}", "?")
                .stripTrailing();
    }

    private long offset(String member) {
        return Layouts.offset(layout, member);
    }
}
