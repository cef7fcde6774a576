package org.sslwrite.accel.ipsecmb;

import org.sslwrite.accel.nativecode.Downcalls;

import java.lang.foreign.MemorySegment;

/** ChaCha20-Poly1305, which the library knows in pieces only. */
final class IpsecMbChaChaPoly extends IpsecMbAead {
    /** The functions, by the ends of their names in {@code IMB_MGR}. */
    record Functions(MemorySegment init, MemorySegment encUpdate, MemorySegment finish) {}

    private final MemorySegment finish;

    IpsecMbChaChaPoly(Functions functions, IpsecMbKeyMemory memory, byte[] key) {
        super(functions.init, functions.encUpdate, memory);
        this.finish = functions.finish;
        memory.setKey(key);
    }

    @Override
    protected void sealAtOnce(long out, long in, long length, long tag, MemorySegment holder) {
        begin();
        update(out, in, length, holder);
        finish(tag);
    }

    @Override
    protected void finish(long tag) {
        Downcalls.call(finish, memory.context(), tag, TAG_LENGTH);
    }
}
