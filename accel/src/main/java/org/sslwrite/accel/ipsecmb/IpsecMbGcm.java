package org.sslwrite.accel.ipsecmb;

import org.sslwrite.accel.nativecode.Downcalls;

import java.lang.foreign.MemorySegment;

/** AES-GCM. The key is expanded, and the powers of the hash key are computed, once. */
final class IpsecMbGcm extends IpsecMbAead {
    /**
     * The functions of one length of key, by their names in {@code IMB_MGR} without the length.
     *
     * @param pre expands the key
     * @param enc seals at once
     */
    record Functions(
            MemorySegment pre,
            MemorySegment enc,
            MemorySegment init,
            MemorySegment encUpdate,
            MemorySegment encFinalize) {}

    private final MemorySegment enc;
    private final MemorySegment encFinalize;

    IpsecMbGcm(Functions functions, IpsecMbKeyMemory memory, byte[] key) {
        super(functions.init, functions.encUpdate, memory);
        this.enc = functions.enc;
        this.encFinalize = functions.encFinalize;
        try {
            Downcalls.call(functions.pre, memory.lendContextTo(key), memory.key());
        } finally {
            memory.wipeContext();
        }
    }

    @Override
    protected void sealAtOnce(long out, long in, long length, long tag, MemorySegment holder) {
        Downcalls.seal(
                enc,
                memory.key(),
                memory.context(),
                out,
                in,
                length,
                memory.nonce(),
                memory.aad(),
                memory.aadLength(),
                tag,
                TAG_LENGTH,
                holder);
    }

    @Override
    protected void finish(long tag) {
        Downcalls.call(encFinalize, memory.key(), memory.context(), tag, TAG_LENGTH);
    }
}
