package org.sslwrite.accel.nativecode;

import org.sslwrite.accel.nativecode.DirectMemory.Place;
import org.sslwrite.protocol.BulkCipher;
import org.sslwrite.protocol.RecordLayout;
import org.sslwrite.protocol.TlsVersion;
import org.sslwrite.seal.RecordSealer;
import org.sslwrite.seal.SealingParameters;

import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.ReadOnlyBufferException;
import java.util.Objects;

/**
 * Seals records in native code, each in the memory where it belongs.
 *
 * <p>The plaintext is encrypted from where it lies into its place in the record. What lies neither
 * in plain direct memory nor in an array that can be had is gathered there first and encrypted in
 * its place; so is plaintext that overlaps the record, or has padding behind it, or is so short
 * that the AEAD likes it better.
 */
public final class NativeSealer implements RecordSealer {
    private static final byte[] ZEROS = new byte[RecordLayout.MAX_FRAGMENT + 1];

    private final NativeAead aead;
    private final boolean tls13;
    private final int recordIvLength;
    private final int tagLength;
    private final DirectMemory source = new DirectMemory();
    private final DirectMemory destination = new DirectMemory();
    private final ArrayMemory arrays = new ArrayMemory();
    private volatile boolean closed;

    /** Takes the AEAD over, and wipes it if that fails. */
    public static NativeSealer over(NativeAead aead, SealingParameters parameters) {
        boolean made = false;
        try {
            NativeSealer sealer = new NativeSealer(aead, parameters);
            made = true;
            return sealer;
        } finally {
            if (!made) {
                aead.wipe();
            }
        }
    }

    private NativeSealer(NativeAead aead, SealingParameters parameters) {
        BulkCipher bulk = parameters.suite().bulkCipher();
        this.aead = aead;
        this.tls13 = parameters.version() == TlsVersion.TLSV1_3;
        this.recordIvLength = bulk.recordIvLength(parameters.version());
        this.tagLength = bulk.tagLength();
    }

    @Override
    public String engine() {
        return aead.engine();
    }

    @Override
    public int plaintextOffset() {
        return recordIvLength;
    }

    @Override
    public int bodyLength(int contentLength, int padding) {
        return recordIvLength + innerLength(contentLength, padding) + tagLength;
    }

    private int innerLength(int contentLength, int padding) {
        return tls13 ? contentLength + 1 + padding : contentLength;
    }

    @Override
    public int seal(
            long sequence,
            int contentType,
            ByteBuffer src,
            int srcIndex,
            int length,
            int padding,
            ByteBuffer dst,
            int dstIndex) {
        requireSize(length, padding);
        int inner = innerLength(length, padding);
        int body = recordIvLength + inner + tagLength;
        requireRoom(src, srcIndex, length, dst, dstIndex, body);
        aead.prepare(sequence, contentType, inner);
        int at = dstIndex + recordIvLength;
        boolean sealed = false;
        try {
            Place place = destination.of(dst);
            if (place != null) {
                sealDirect(contentType, src, srcIndex, length, inner, place, at);
            } else {
                sealElsewhere(contentType, src, srcIndex, length, inner, dst, at);
            }
            if (closed) {
                throw new IllegalStateException("the sealer was closed while it sealed");
            }
            sealed = true;
        } finally {
            if (!sealed) {
                dst.put(at, ZEROS, 0, inner);
            }
            // Of these the native code has addresses only.
            Reference.reachabilityFence(src);
            Reference.reachabilityFence(dst);
            Reference.reachabilityFence(aead);
        }
        if (recordIvLength > 0) {
            // RFC 5288 section 3: "nonce_explicit", for which the AEAD takes the number.
            boolean network = dst.order() == ByteOrder.BIG_ENDIAN;
            dst.putLong(dstIndex, network ? sequence : Long.reverseBytes(sequence));
        }
        return body;
    }

    private void requireSize(int length, int padding) {
        if (closed) {
            throw new IllegalStateException("the sealer is closed");
        }
        if (padding < 0 || (long) length + padding > RecordLayout.MAX_FRAGMENT) {
            throw new IllegalArgumentException(
                    "no record holds " + length + " bytes and padding of " + padding);
        }
    }

    /** Native code checks nothing: whatever is wrong must show before it is called. */
    private static void requireRoom(
            ByteBuffer src, int srcIndex, int length, ByteBuffer dst, int dstIndex, int body) {
        Objects.checkFromIndexSize(srcIndex, length, src.limit());
        Objects.checkFromIndexSize(dstIndex, body, dst.limit());
        if (dst.isReadOnly()) {
            throw new ReadOnlyBufferException();
        }
        // Memory of an arena that is closed throws when it is read.
        dst.get(dstIndex);
        if (length > 0) {
            src.get(srcIndex);
        }
    }

    private void sealDirect(
            int contentType,
            ByteBuffer src,
            int srcIndex,
            int length,
            int inner,
            Place dst,
            int at) {
        long out = dst.address(at);
        boolean hasPadding = tls13 && inner > length + 1;
        boolean fromItsPlace = length > aead.gatheredAtMost() && !hasPadding;
        Place place = fromItsPlace ? source.of(src) : null;
        if (place != null && isApart(place.address(srcIndex), length, out, inner)) {
            aead.seal(dst.memory(), out, place.address(srcIndex), length, place.memory());
        } else if (fromItsPlace && src.hasArray()) {
            aead.sealFromArray(
                    dst.memory(),
                    out,
                    arrays.from(src.array(), src.arrayOffset() + srcIndex),
                    length);
        } else {
            gather(contentType, src, srcIndex, length, inner, dst.buffer(), at);
            aead.sealGathered(out, inner, dst.memory());
        }
    }

    private boolean isApart(long in, int length, long out, int inner) {
        return in + length <= out - recordIvLength || in >= out + inner + tagLength;
    }

    /** Into an array of the heap; by way of one into memory that C must not touch. */
    private void sealElsewhere(
            int contentType,
            ByteBuffer src,
            int srcIndex,
            int length,
            int inner,
            ByteBuffer dst,
            int at) {
        if (!dst.hasArray()) {
            ByteBuffer record = ByteBuffer.allocate(inner + tagLength);
            sealElsewhere(contentType, src, srcIndex, length, inner, record, 0);
            dst.put(at, record, 0, inner + tagLength);
            return;
        }
        gather(contentType, src, srcIndex, length, inner, dst, at);
        aead.sealGathered(arrays.from(dst.array(), dst.arrayOffset() + at), inner);
    }

    private void gather(
            int contentType,
            ByteBuffer src,
            int srcIndex,
            int length,
            int inner,
            ByteBuffer dst,
            int at) {
        if (src != dst || srcIndex != at) {
            dst.put(at, src, srcIndex, length);
        }
        if (tls13) {
            putTypeAndPadding(contentType, length, inner, dst, at);
        }
    }

    /** RFC 8446 section 5.2: content, content type, zeros. */
    private static void putTypeAndPadding(
            int contentType, int length, int inner, ByteBuffer dst, int at) {
        dst.put(at + length, (byte) contentType);
        int padding = inner - length - 1;
        if (padding > 0) {
            dst.put(at + length + 1, ZEROS, 0, padding);
        }
    }

    @Override
    public void releaseBuffers() {
        source.forget();
        destination.forget();
        arrays.forget();
    }

    @Override
    public void close() {
        closed = true;
        aead.wipe();
    }
}
