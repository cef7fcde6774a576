package org.sslwrite.seal.nativelib;

import org.sslwrite.seal.SealingParameters;
import org.sslwrite.seal.TlsVersion;

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
 *   0        key data: struct gcm_key_data, aligned to 64, or the key of ChaCha20
 *   1536     fence
 *   1600     context: struct gcm_context_data (88 bytes) or chacha20_poly1305_context_data (192)
 *   1856     fence
 *   1920     nonce, 12 bytes
 *   1936     sequence number, 8 bytes          \
 *   1944     content type, version, length      > additional data, from here in TLS 1.3
 *   1952     tag, where it cannot be written into the record directly
 *   1968     end
 * </pre>
 *
 * {@code struct gcm_key_data} has 1024 bytes in version 1.3 of the library and 1280 from 1.4 on.
 */
final class EpochMemory {
    private static final OfByte BYTE = ValueLayout.JAVA_BYTE;
    private static final OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final OfLong LONG =
            ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    private static final int ALIGNMENT = 64;
    private static final int FENCE = 64;
    private static final int KEY_FENCE = 1536;
    private static final int CONTEXT = KEY_FENCE + FENCE;
    private static final int CONTEXT_FENCE = CONTEXT + 256;
    private static final int NONCE = CONTEXT_FENCE + FENCE;
    private static final int SEQUENCE = NONCE + 16;
    private static final int HEADER = SEQUENCE + 8;
    private static final int TAG = HEADER + 8;
    private static final int SIZE = TAG + 16;

    private static final int APPLICATION_DATA = 23;
    private static final short VERSION_ON_THE_WIRE = 0x0303;

    private final MemorySegment memory = Arena.ofAuto().allocate(SIZE, ALIGNMENT);
    private final long address = memory.address();
    private final boolean tls13;
    private final int tagLength;
    private long nonceEnd;

    /** Copies the fixed IV, which must have the length that suite and version ask for. */
    EpochMemory(SealingParameters parameters, byte[] fixedIv) {
        this.tls13 = parameters.version() == TlsVersion.TLSV1_3;
        this.tagLength = parameters.suite().bulkCipher().tagLength();
        MemorySegment.copy(fixedIv, 0, memory, BYTE, NONCE, fixedIv.length);
        this.nonceEnd = memory.get(LONG, NONCE + 4);
        memory.set(SHORT, HEADER + 1, VERSION_ON_THE_WIRE);
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
            memory.set(BYTE, HEADER, (byte) APPLICATION_DATA);
            memory.set(SHORT, HEADER + 3, (short) (innerLength + tagLength));
        } else {
            memory.set(LONG, SEQUENCE, sequence);
            memory.set(BYTE, HEADER, (byte) contentType);
            memory.set(SHORT, HEADER + 3, (short) innerLength);
        }
    }

    long key() {
        return address;
    }

    void setKey(byte[] key) {
        MemorySegment.copy(key, 0, memory, BYTE, 0, key.length);
    }

    /**
     * Lends the place of the context, which no record needs yet, to a key that is to be expanded.
     */
    long lendContextTo(byte[] key) {
        MemorySegment.copy(key, 0, memory, BYTE, CONTEXT, key.length);
        return context();
    }

    void wipeContext() {
        memory.asSlice(CONTEXT, CONTEXT_FENCE - CONTEXT).fill((byte) 0);
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

    long tag() {
        return address + TAG;
    }

    byte tagByte(int index) {
        return memory.get(BYTE, TAG + index);
    }

    /** Whether the library wrote more than its structures should hold. */
    boolean isOverrun() {
        return !isClear(KEY_FENCE, FENCE) || !isClear(CONTEXT_FENCE, FENCE);
    }

    boolean isWiped() {
        return isClear(0, SIZE);
    }

    private boolean isClear(int from, int length) {
        for (int at = from; at < from + length; at++) {
            if (memory.get(BYTE, at) != 0) {
                return false;
            }
        }
        return true;
    }

    /** Overwrites all of it with zeros. */
    void wipe() {
        nonceEnd = 0;
        memory.fill((byte) 0);
    }
}
