package org.sslwrite.accel.nativecode;

import java.lang.foreign.MemorySegment;

/**
 * An AEAD in native code, under one key: what {@link NativeSealer} calls for a record, once it
 * knows where everything lies.
 *
 * <p>Addresses are taken as they are: the caller knows that the memory is there, and keeps it; only
 * the input's is held here, against an arena that another thread closes. Output and input are the
 * same place, or apart.
 */
public abstract class NativeAead {
    /** Bytes of an authentication tag. */
    protected static final int TAG_LENGTH = 16;

    /** Name of the engine. */
    protected abstract String engine();

    /** Up to how many bytes it costs less to gather a record's plaintext in its place first. */
    protected abstract int gatheredAtMost();

    /**
     * What nonce and additional data of the next record are made of.
     *
     * @param innerLength bytes that will be encrypted
     */
    protected abstract void prepare(long sequence, int contentType, int innerLength);

    /**
     * Seals content, and in TLS 1.3 the content type behind it.
     *
     * @param record memory in which the output lies
     * @param holder memory in which the content lies
     */
    protected abstract void seal(
            MemorySegment record, long out, long in, int length, MemorySegment holder);

    /** The same, from an array. */
    protected abstract void sealFromArray(
            MemorySegment record, long out, MemorySegment in, int length);

    /**
     * Seals, in its place, what was gathered there: content, and in TLS 1.3 what belongs behind it.
     *
     * @param holder memory in which it lies
     */
    protected abstract void sealGathered(long text, int innerLength, MemorySegment holder);

    /** The same in an array. */
    protected abstract void sealGathered(MemorySegment text, int innerLength);

    /** Whether something was written behind its structures, if there are canaries. */
    public abstract boolean isOverrun();

    /** Whether {@link #wipe} has left nothing. */
    public abstract boolean isWiped();

    /** Overwrites key and all that was made of it with zeros. */
    protected abstract void wipe();
}
