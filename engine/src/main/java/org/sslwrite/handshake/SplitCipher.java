package org.sslwrite.handshake;

import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.ProtocolVersion;
import org.bouncycastle.tls.TlsFatalAlert;
import org.bouncycastle.tls.crypto.TlsCipher;
import org.bouncycastle.tls.crypto.TlsCryptoParameters;
import org.bouncycastle.tls.crypto.TlsDecodeResult;
import org.bouncycastle.tls.crypto.TlsEncodeResult;
import org.sslwrite.record.ContentType;
import org.sslwrite.record.RecordLayout;
import org.sslwrite.record.RecordWriter;
import org.sslwrite.record.WriteEpoch;
import org.sslwrite.seal.SealException;
import org.sslwrite.seal.SealingParameters;
import org.sslwrite.seal.TlsVersion;
import org.sslwrite.seal.TrafficKeys;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * The seam to Bouncy Castle: what is read goes to its own cipher, what is written is sealed by our
 * {@link WriteEpoch}. The sequence number that Bouncy Castle passes for writing is ignored, because
 * application data that it never sees uses the same counter.
 */
final class SplitCipher implements TlsCipher {
    private final TlsCipher stock;
    private final TlsCryptoParameters context;
    private final SealingParameters parameters;
    private final HandshakeConfig config;
    private final RecordWriter writer;
    private WriteEpoch epoch;

    SplitCipher(
            TlsCipher stock,
            TlsCryptoParameters context,
            SealingParameters parameters,
            HandshakeConfig config,
            RecordWriter writer,
            long recordsPerKey)
            throws IOException {
        this.stock = stock;
        this.context = context;
        this.parameters = parameters;
        this.config = config;
        this.writer = writer;
        try (TrafficKeys keys =
                parameters.version() == TlsVersion.TLSV1_3
                        ? EpochKeys.tls13(
                                context.getSecurityParametersHandshake(),
                                context.isServer(),
                                parameters)
                        : EpochKeys.tls12(context, parameters)) {
            this.epoch = newEpoch(keys, recordsPerKey);
        }
    }

    private WriteEpoch newEpoch(TrafficKeys keys, long recordsPerKey) throws IOException {
        try {
            return new WriteEpoch(
                    parameters, config.sealers().create(parameters, keys), recordsPerKey);
        } catch (SealException e) {
            throw new TlsFatalAlert(AlertDescription.internal_error, e);
        }
    }

    WriteEpoch epoch() {
        return epoch;
    }

    @Override
    public TlsEncodeResult encodePlaintext(
            long ignoredSequence,
            short contentType,
            ProtocolVersion recordVersion,
            int headerAllocation,
            byte[] plaintext,
            int offset,
            int length)
            throws IOException {
        int start = headerAllocation - RecordLayout.HEADER;
        int padding = epoch.isTls13() ? writer.padding(contentType, length) : 0;
        byte[] record = new byte[start + epoch.recordLength(length, padding)];
        try {
            epoch.sealApart(
                    contentType,
                    ByteBuffer.wrap(plaintext),
                    offset,
                    length,
                    padding,
                    ByteBuffer.wrap(record),
                    start);
        } catch (SealException e) {
            throw new TlsFatalAlert(AlertDescription.internal_error, e);
        }
        short recordType = epoch.isTls13() ? (short) ContentType.APPLICATION_DATA : contentType;
        return new TlsEncodeResult(record, 0, record.length, recordType);
    }

    @Override
    public void rekeyEncoder() throws IOException {
        WriteEpoch old = epoch;
        try (TrafficKeys keys =
                EpochKeys.tls13(
                        context.getSecurityParametersConnection(),
                        context.isServer(),
                        parameters)) {
            epoch = newEpoch(keys, config.recordsPerKey());
        } finally {
            old.close();
        }
    }

    @Override
    public TlsDecodeResult decodeCiphertext(
            long sequence,
            short recordType,
            ProtocolVersion recordVersion,
            byte[] ciphertext,
            int offset,
            int length)
            throws IOException {
        return stock.decodeCiphertext(
                sequence, recordType, recordVersion, ciphertext, offset, length);
    }

    @Override
    public void rekeyDecoder() throws IOException {
        stock.rekeyDecoder();
    }

    @Override
    public int getCiphertextDecodeLimit(int plaintextLimit) {
        return stock.getCiphertextDecodeLimit(plaintextLimit);
    }

    @Override
    public int getCiphertextEncodeLimit(int plaintextLimit) {
        return stock.getCiphertextEncodeLimit(plaintextLimit);
    }

    @Override
    public int getPlaintextDecodeLimit(int ciphertextLimit) {
        return stock.getPlaintextDecodeLimit(ciphertextLimit);
    }

    @Override
    public int getPlaintextEncodeLimit(int ciphertextLimit) {
        return stock.getPlaintextEncodeLimit(ciphertextLimit);
    }

    @Override
    public boolean usesOpaqueRecordTypeDecode() {
        return stock.usesOpaqueRecordTypeDecode();
    }

    @Override
    public boolean usesOpaqueRecordTypeEncode() {
        return stock.usesOpaqueRecordTypeEncode();
    }
}
