package org.sslwrite.accel.ipsecmb;

import org.sslwrite.accel.nativecode.Downcalls;
import org.sslwrite.accel.nativecode.NativeAead;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * An AEAD of intel-ipsec-mb. A record is sealed at once, or piece by piece: begin, update as often
 * as need be, finish.
 */
public abstract sealed class IpsecMbAead extends NativeAead permits IpsecMbGcm, IpsecMbChaChaPoly {
    /**
     * Measured: where a copy costs as much as a second piece, with room for memory that is cold.
     */
    private static final int GATHERED_IN_TLS13 = 2048;

    private static final int NEVER = -1;

    final IpsecMbKeyMemory memory;
    private final MemorySegment init;
    private final MemorySegment update;
    private byte contentType;

    IpsecMbAead(MemorySegment init, MemorySegment update, IpsecMbKeyMemory memory) {
        this.init = init;
        this.update = update;
        this.memory = memory;
    }

    @Override
    protected final String engine() {
        return IpsecMbSealerFactory.ENGINE;
    }

    @Override
    protected final int gatheredAtMost() {
        return memory.isTls13() ? GATHERED_IN_TLS13 : NEVER;
    }

    @Override
    protected final void prepare(long sequence, int contentType, int innerLength) {
        this.contentType = (byte) contentType;
        memory.prepare(sequence, contentType, innerLength);
    }

    @Override
    protected final void seal(
            MemorySegment record, long out, long in, int length, MemorySegment holder) {
        if (memory.isTls13()) {
            begin();
            update(out, in, length, holder);
            finishWithType(record, out + length);
        } else {
            sealAtOnce(out, in, length, out + length, holder);
        }
    }

    @Override
    protected final void sealFromArray(
            MemorySegment record, long out, MemorySegment in, int length) {
        begin();
        Downcalls.updateFromArray(update, memory.key(), memory.context(), out, in, length);
        if (memory.isTls13()) {
            finishWithType(record, out + length);
        } else {
            finish(out + length);
        }
    }

    /** RFC 8446 section 5.2: the type is behind the content, and the library needs it in memory. */
    private void finishWithType(MemorySegment record, long type) {
        record.set(ValueLayout.JAVA_BYTE, type - record.address(), contentType);
        update(type, type, 1, record);
        finish(type + 1);
    }

    @Override
    protected final void sealGathered(long text, int innerLength, MemorySegment holder) {
        sealAtOnce(text, text, innerLength, text + innerLength, holder);
    }

    @Override
    protected final void sealGathered(MemorySegment text, int innerLength) {
        begin();
        Downcalls.updateInArray(update, memory.key(), memory.context(), text, innerLength);
        finish(memory.tag());
        for (int i = 0; i < TAG_LENGTH; i++) {
            text.set(ValueLayout.JAVA_BYTE, innerLength + i, memory.tagByte(i));
        }
    }

    @Override
    public final boolean isOverrun() {
        return memory.isOverrun();
    }

    @Override
    public final boolean isWiped() {
        return memory.isWiped();
    }

    @Override
    protected final void wipe() {
        memory.wipe();
    }

    /**
     * Encrypts and authenticates {@code length} bytes, and writes the tag.
     *
     * @param holder memory in which the input lies
     */
    abstract void sealAtOnce(long out, long in, long length, long tag, MemorySegment holder);

    /** Begins a record in pieces. */
    final void begin() {
        Downcalls.call(
                init,
                memory.key(),
                memory.context(),
                memory.nonce(),
                memory.aad(),
                memory.aadLength());
    }

    /** The next piece, of any length. */
    final void update(long out, long in, long length, MemorySegment holder) {
        Downcalls.update(update, memory.key(), memory.context(), out, in, length, holder);
    }

    /** Ends a record in pieces, and writes the tag. */
    abstract void finish(long tag);
}
