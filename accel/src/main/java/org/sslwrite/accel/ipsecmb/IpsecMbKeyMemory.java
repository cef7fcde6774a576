package org.sslwrite.accel.ipsecmb;

import org.sslwrite.accel.nativecode.Canary;
import org.sslwrite.protocol.ContentType;
import org.sslwrite.protocol.TlsVersion;
import org.sslwrite.seal.SealingParameters;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.foreign.ValueLayout.OfByte;
import java.lang.foreign.ValueLayout.OfLong;
import java.lang.foreign.ValueLayout.OfShort;
import java.nio.ByteOrder;

/**
 * What the library needs for the records of one key, in native memory that is allocated once and
 * wiped at the end. The collector frees it, not the wiping: a connection that is closed by another
 * thread in the middle of a record would otherwise have C write into memory that is gone.
 *
 * <pre>
 *    0   nonce, 12 bytes
 *   16   sequence number, 8 bytes          \
 *   24   content type, version, length      > additional data, from here in TLS 1.3
 *   32   tag, where it cannot be written into the record directly
 *   64   context: struct gcm_context_data (88 bytes) or chacha20_poly1305_context_data (192)
 *        key data: struct gcm_key_data, aligned to 64, or the key of ChaCha20
 * </pre>
 *
 * For a test of the library there is a canary behind each of its structures.
 */
final class IpsecMbKeyMemory {
    /**
     * Bytes of the library's structures, in multiples of the alignment.
     *
     * @param canary between them, and behind them
     */
    record Sizes(int context, int key, int canary) {
        /** ChaCha20's key is no structure, and 32 bytes long. */
        static final Sizes CHACHA20_POLY1305 = new Sizes(256, 64, 0);

        /** Key data is 1024 bytes until version 1.3 of the library, 1280 from 1.4 on. */
        static Sizes ofGcm(int version) {
            return new Sizes(128, version < 0x10400 ? 1024 : 1280, 0);
        }

        Sizes withCanaries() {
            return new Sizes(context, key, Canary.LENGTH);
        }

        private int keyOffset() {
            return CONTEXT + context + canary;
        }

        private int total() {
            return keyOffset() + key + canary;
        }
    }

    private static final OfByte BYTE = ValueLayout.JAVA_BYTE;
    private static final OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final OfLong LONG =
            ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    private static final int ALIGNMENT = 64;
    private static final int NONCE = 0;
    private static final int SEQUENCE = NONCE + 16;
    private static final int HEADER = SEQUENCE + 8;
    private static final int TAG = HEADER + 8;
    private static final int CONTEXT = 64;

    private static final short VERSION_ON_THE_WIRE = 0x0303;

    private final Sizes sizes;
    private final MemorySegment memory;
    private final long address;
    private final long key;
    private final boolean tls13;
    private final int tagLength;
    private long nonceEnd;

    /** Copies the fixed IV, which must have the length that suite and version ask for. */
    IpsecMbKeyMemory(Sizes sizes, SealingParameters parameters, byte[] fixedIv) {
        this.sizes = sizes;
        this.memory = Arena.ofAuto().allocate(sizes.total(), ALIGNMENT);
        this.address = memory.address();
        this.key = address + sizes.keyOffset();
        this.tls13 = parameters.version() == TlsVersion.TLSV1_3;
        this.tagLength = parameters.suite().bulkCipher().tagLength();
        MemorySegment.copy(fixedIv, 0, memory, BYTE, NONCE, fixedIv.length);
        this.nonceEnd = memory.get(LONG, NONCE + 4);
        memory.set(SHORT, HEADER + 1, VERSION_ON_THE_WIRE);
        Canary.build(canaryOfContext());
        Canary.build(canaryOfKey());
    }

    /**
     * Nonce and additional data of one record.
     *
     * @param innerLength bytes that will be encrypted
     */
    void prepare(long sequence, int contentType, int innerLength) {
        // RFC 8446 section 5.3: "The padded sequence number is XORed with either the static
        // client_write_iv or server_write_iv". RFC 5288 section 3: "The nonce_explicit MAY be the
        // 64-bit sequence number": the same, as the fixed IV has only four bytes there.
        memory.set(LONG, NONCE + 4, nonceEnd ^ sequence);
        if (tls13) {
            memory.set(BYTE, HEADER, (byte) ContentType.APPLICATION_DATA);
            memory.set(SHORT, HEADER + 3, (short) (innerLength + tagLength));
        } else {
            memory.set(LONG, SEQUENCE, sequence);
            memory.set(BYTE, HEADER, (byte) contentType);
            memory.set(SHORT, HEADER + 3, (short) innerLength);
        }
    }

    long key() {
        return key;
    }

    void setKey(byte[] value) {
        MemorySegment.copy(value, 0, memory, BYTE, sizes.keyOffset(), value.length);
    }

    /**
     * Lends the place of the context, which no record needs yet, to a key that is to be expanded.
     */
    long lendContextTo(byte[] value) {
        MemorySegment.copy(value, 0, memory, BYTE, CONTEXT, value.length);
        return context();
    }

    void wipeContext() {
        memory.asSlice(CONTEXT, sizes.context).fill((byte) 0);
    }

    long context() {
        return address + CONTEXT;
    }

    long nonce() {
        return address + NONCE;
    }

    long aad() {
        return address + (tls13 ? HEADER : SEQUENCE);
    }

    long aadLength() {
        return tls13 ? 5 : 13;
    }

    boolean isTls13() {
        return tls13;
    }

    long tag() {
        return address + TAG;
    }

    byte tagByte(int index) {
        return memory.get(BYTE, TAG + index);
    }

    /** Whether the library wrote more than its structures should hold, if there are canaries. */
    boolean isOverrun() {
        return !Canary.isWhole(canaryOfContext()) || !Canary.isWhole(canaryOfKey());
    }

    private MemorySegment canaryOfContext() {
        return memory.asSlice(CONTEXT + sizes.context, sizes.canary);
    }

    private MemorySegment canaryOfKey() {
        return memory.asSlice(sizes.keyOffset() + sizes.key, sizes.canary);
    }

    boolean isWiped() {
        return Canary.isZero(memory);
    }

    /** Overwrites all of it with zeros. */
    void wipe() {
        nonceEnd = 0;
        memory.fill((byte) 0);
    }
}
