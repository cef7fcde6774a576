package org.sslwrite.seal.nativelib;

import java.lang.foreign.MemorySegment;

/**
 * An AEAD of the library under one key. A record is sealed at once, or piece by piece: begin,
 * update as often as need be, finish. Nonce and additional data stand in the epoch's memory before.
 *
 * <p>Addresses are taken as they are: the caller knows that the memory is there, and keeps it; only
 * the input's is held here, against an arena that another thread closes. Output and input are the
 * same place, or apart.
 */
abstract sealed class NativeAead permits Gcm, ChaChaPoly {
    static final long TAG_LENGTH = 16;

    final EpochMemory memory;
    private final MemorySegment init;
    private final MemorySegment update;

    NativeAead(MemorySegment init, MemorySegment update, EpochMemory memory) {
        this.init = init;
        this.update = update;
        this.memory = memory;
    }

    /**
     * Encrypts and authenticates {@code length} bytes, and writes the tag.
     *
     * @param holder memory in which the input lies
     */
    abstract void seal(long out, long in, long length, long tag, MemorySegment holder);

    /** Begins a record in pieces. */
    final void begin() {
        Calls.call(
                init,
                memory.key(),
                memory.context(),
                memory.nonce(),
                memory.aad(),
                memory.aadLength());
    }

    /** The next piece, of any length. */
    final void update(long out, long in, long length, MemorySegment holder) {
        Calls.update(update, memory.key(), memory.context(), out, in, length, holder);
    }

    /** The next piece, of any length, from an array. */
    final void updateFromArray(long out, MemorySegment in, long length) {
        Calls.updateFromArray(update, memory.key(), memory.context(), out, in, length);
    }

    /** The next piece, of any length, in place in an array. */
    final void updateInArray(MemorySegment array, long length) {
        Calls.updateInArray(update, memory.key(), memory.context(), array, length);
    }

    /** Ends a record in pieces, and writes the tag. */
    abstract void finish(long tag);
}
