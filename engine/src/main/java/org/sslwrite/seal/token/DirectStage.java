package org.sslwrite.seal.token;

import org.jspecify.annotations.Nullable;

import java.nio.ByteBuffer;

/** Direct memory for one record at a time; none until the first, and none after a release. */
final class DirectStage {
    private static final int SMALL = 1024;
    private static final int WHOLE_RECORD = 16384 + 256;

    private @Nullable ByteBuffer memory;

    /** Memory with room for so many bytes; what the last one held is lost. */
    ByteBuffer atLeast(int length) {
        ByteBuffer current = memory;
        if (current == null || current.capacity() < length) {
            release();
            int size = length <= SMALL ? SMALL : Math.max(length, WHOLE_RECORD);
            current = ByteBuffer.allocateDirect(size);
            memory = current;
        }
        return current;
    }

    /** Wipes the memory and lets go of it. */
    void release() {
        ByteBuffer current = memory;
        if (current != null) {
            Memory.wipe(current, 0, current.capacity());
            memory = null;
        }
    }
}
