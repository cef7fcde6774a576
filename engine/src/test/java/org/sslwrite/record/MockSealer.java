package org.sslwrite.record;

import org.jspecify.annotations.Nullable;
import org.sslwrite.protocol.CipherSuite;
import org.sslwrite.seal.RecordSealer;
import org.sslwrite.seal.SealException;
import org.sslwrite.seal.SealerChoice;
import org.sslwrite.seal.SealingParameters;
import org.sslwrite.seal.chain.SealerChain;
import org.sslwrite.seal.chain.SealerListener;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * A mock, for what no real engine does on demand: it fails when told to, and keeps account of what
 * it was asked for. A body is the sequence number in eight bytes, the content as it is, and the
 * content type in one byte.
 */
final class MockSealer implements RecordSealer {
    static final int OVERHEAD = 9;
    private static final int PREFIX = 8;

    /** What it was asked to seal. */
    record Asked(long sequence, int contentType, int length) {}

    private final List<Asked> asked = new ArrayList<>();
    private final boolean accounting;
    private Exception failure;
    private int closes;

    MockSealer() {
        this(true);
    }

    /** Without accounting for every record, for the sake of many millions. */
    MockSealer(boolean accounting) {
        this.accounting = accounting;
    }

    static WriteEpoch epoch(MockSealer sealer, CipherSuite suite) {
        return epoch(sealer, suite, null);
    }

    static WriteEpoch epoch(
            MockSealer sealer, CipherSuite suite, WriteEpoch.@Nullable KeyAgain keyAgain) {
        SealingParameters parameters = new SealingParameters(suite.version(), suite, false);
        return new WriteEpoch(parameters, sealer.chosen(), Long.MAX_VALUE, keyAgain);
    }

    SealerChain.Chosen chosen() {
        return new SealerChain.Chosen(
                this, new SealerChoice("mock", List.of(), List.of()), null, SealerListener.NOBODY);
    }

    WriteEpoch tls13() {
        return epoch(this, CipherSuite.TLS_AES_128_GCM_SHA256);
    }

    WriteEpoch tls12() {
        return epoch(this, CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256);
    }

    List<Asked> asked() {
        return asked;
    }

    int closes() {
        return closes;
    }

    /** From now on it fails; null makes it well again. */
    void failWith(Exception e) {
        failure = e;
    }

    @Override
    public String engine() {
        return "mock";
    }

    @Override
    public int plaintextOffset() {
        return PREFIX;
    }

    @Override
    public int bodyLength(int contentLength, int padding) {
        return OVERHEAD + contentLength + padding;
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
            int dstIndex)
            throws SealException {
        if (accounting) {
            asked.add(new Asked(sequence, contentType, length));
        }
        if (failure instanceof SealException e) {
            // Half a record is left behind.
            dst.put(dstIndex, (byte) 0x5A);
            throw e;
        }
        if (failure instanceof RuntimeException e) {
            throw e;
        }
        if (src != dst || srcIndex != dstIndex + PREFIX) {
            dst.put(dstIndex + PREFIX, src, srcIndex, length);
        }
        for (int i = 0; i < PREFIX; i++) {
            dst.put(dstIndex + i, (byte) (sequence >>> 56 - 8 * i));
        }
        for (int i = 0; i < padding; i++) {
            dst.put(dstIndex + PREFIX + length + 1 + i, (byte) 0);
        }
        dst.put(dstIndex + PREFIX + length, (byte) contentType);
        return bodyLength(length, padding);
    }

    @Override
    public void close() {
        closes++;
    }
}
