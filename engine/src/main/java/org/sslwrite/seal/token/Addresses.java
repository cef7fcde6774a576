package org.sslwrite.seal.token;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;

/** Addresses in direct buffers; remembers the last buffer, which is mostly the next one too. */
final class Addresses {
    private @Nullable ByteBuffer last;
    private long base;

    long of(ByteBuffer memory, int index) {
        if (memory != last) {
            base = MemorySegment.ofBuffer(memory.duplicate().clear()).address();
            last = memory;
        }
        return base + index;
    }

    void forget() {
        last = null;
    }
}
