package org.sslwrite.seal.nativelib;

import java.lang.foreign.MemorySegment;
import java.lang.ref.WeakReference;
import java.nio.ByteBuffer;

/**
 * Addresses in direct buffers. Remembers the last buffer, which is mostly the next one too, because
 * asking for an address makes garbage; does not keep it.
 *
 * <p>Not in mapped files: one that is cut while it is mapped is an {@code InternalError} in Java,
 * and the end of the process in C.
 */
final class DirectMemory {
    /** The memory has no address, or must not be touched from C. */
    static final long NONE = 0;

    private WeakReference<ByteBuffer> last = new WeakReference<>(null);
    private long base;

    /**
     * The address of a byte, for as long as the buffer is reachable.
     *
     * @param index counted from the start of the buffer, whatever its position
     */
    long address(ByteBuffer buffer, int index) {
        if (!buffer.isDirect()) {
            return NONE;
        }
        if (!last.refersTo(buffer)) {
            MemorySegment memory = MemorySegment.ofBuffer(buffer);
            base = memory.isMapped() ? NONE : memory.address() - buffer.position();
            last = new WeakReference<>(buffer);
        }
        return base == NONE ? NONE : base + index;
    }
}
