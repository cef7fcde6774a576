package org.sslwrite.accel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.ByteBuffer;

/**
 * Two stretches of memory, before and behind which there is none that may be read or written: a
 * byte too many ends the process.
 */
@SuppressWarnings("restricted") // mmap and mprotect
final class GuardedMemory implements AutoCloseable {
    /** Which end of a stretch a buffer lies at. */
    enum Region {
        AT_THE_START,
        AT_THE_END
    }

    /** Large enough for every system's pages. */
    private static final long PAGE = 1 << 16;

    private static final int PROT_NONE = 0;
    private static final int PROT_READ_AND_WRITE = 3;
    private static final int MAP_PRIVATE_AND_ANONYMOUS = 0x22;

    private final long length;
    private final MemorySegment source;
    private final MemorySegment destination;

    /** Each as long as pages allow, and at least {@code atLeast} bytes. */
    GuardedMemory(int atLeast) throws Throwable {
        this.length = (atLeast + PAGE - 1) / PAGE * PAGE;
        this.source = map();
        this.destination = map();
    }

    private static MethodHandle function(
            String name, MemoryLayout result, MemoryLayout... arguments) {
        Linker linker = Linker.nativeLinker();
        return linker.downcallHandle(
                linker.defaultLookup().findOrThrow(name), FunctionDescriptor.of(result, arguments));
    }

    private MemorySegment map() throws Throwable {
        MemoryLayout number = ValueLayout.JAVA_LONG;
        MemoryLayout flags = ValueLayout.JAVA_INT;
        long address =
                (long)
                        function("mmap", number, number, number, flags, flags, flags, number)
                                .invokeExact(
                                        0L,
                                        length + 2 * PAGE,
                                        PROT_NONE,
                                        MAP_PRIVATE_AND_ANONYMOUS,
                                        -1,
                                        0L);
        assertNotEquals(-1, address, "mmap");
        int failed =
                (int)
                        function("mprotect", flags, number, number, flags)
                                .invokeExact(address + PAGE, length, PROT_READ_AND_WRITE);
        assertEquals(0, failed, "mprotect");
        return MemorySegment.ofAddress(address + PAGE).reinterpret(length);
    }

    ByteBuffer source(Region region, int size) {
        return part(source, region, size);
    }

    ByteBuffer destination(Region region, int size) {
        return part(destination, region, size);
    }

    private static ByteBuffer part(MemorySegment memory, Region region, int size) {
        long from = region == Region.AT_THE_START ? 0 : memory.byteSize() - size;
        return memory.asSlice(from, size).asByteBuffer();
    }

    @Override
    public void close() {
        try {
            unmap(source);
            unmap(destination);
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    private void unmap(MemorySegment memory) throws Throwable {
        MemoryLayout number = ValueLayout.JAVA_LONG;
        int failed =
                (int)
                        function("munmap", ValueLayout.JAVA_INT, number, number)
                                .invokeExact(memory.address() - PAGE, length + 2 * PAGE);
        assertEquals(0, failed, "munmap");
    }
}
