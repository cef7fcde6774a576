package org.sslwrite.seal.nativelib;

import java.lang.foreign.MemorySegment;

/** ChaCha20-Poly1305, which the library knows in pieces only. */
final class ChaChaPoly extends LibraryAead {
    /** The functions, by the ends of their names in {@code IMB_MGR}. */
    record Functions(MemorySegment init, MemorySegment encUpdate, MemorySegment finish) {}

    private final MemorySegment finish;

    ChaChaPoly(Functions functions, EpochMemory memory, byte[] key) {
        super(functions.init, functions.encUpdate, memory);
        this.finish = functions.finish;
        memory.setKey(key);
    }

    @Override
    void sealAtOnce(long out, long in, long length, long tag, MemorySegment holder) {
        begin();
        update(out, in, length, holder);
        finish(tag);
    }

    @Override
    void finish(long tag) {
        Calls.call(finish, memory.context(), tag, TAG_LENGTH);
    }
}
