package org.sslwrite.handshake;

import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.AlertLevel;
import org.bouncycastle.tls.ProtocolVersion;
import org.bouncycastle.tls.SecurityParameters;
import org.bouncycastle.tls.TlsFatalAlert;
import org.bouncycastle.tls.crypto.TlsCipher;
import org.bouncycastle.tls.crypto.TlsCrypto;
import org.bouncycastle.tls.crypto.TlsCryptoParameters;
import org.bouncycastle.tls.crypto.TlsDecodeResult;
import org.bouncycastle.tls.crypto.TlsEncodeResult;
import org.bouncycastle.tls.crypto.TlsSecret;
import org.jspecify.annotations.Nullable;
import org.sslwrite.event.KeyEpochEvent;
import org.sslwrite.protocol.ContentType;
import org.sslwrite.protocol.RecordLayout;
import org.sslwrite.protocol.TlsVersion;
import org.sslwrite.record.RecordWriter;
import org.sslwrite.record.WriteEpoch;
import org.sslwrite.seal.SealException;
import org.sslwrite.seal.SealingParameters;
import org.sslwrite.seal.TrafficKeys;
import org.sslwrite.seal.chain.SealerChain;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * The seam to Bouncy Castle: what is read goes to its own cipher, what is written is sealed by our
 * {@link WriteEpoch}. The sequence number that Bouncy Castle passes for writing is ignored, because
 * application data that it never sees uses the same counter.
 */
final class RecordCipherBridge implements TlsCipher {
    private final TlsCrypto crypto;
    private final TlsCipher stock;
    private final TlsCryptoParameters context;
    private final SealingParameters parameters;
    private final HandshakeConfig config;
    private final SealerChain sealers;
    private final RecordWriter writer;
    private final @Nullable EarlyData earlyData;
    private long skipped;
    private WriteEpoch epoch;
    private @Nullable TlsSecret keyBlock;

    /**
     * @param sealers the engines for what is written
     * @param earlyData what may come before the first record under these keys; null for nothing
     */
    RecordCipherBridge(
            TlsCrypto crypto,
            TlsCipher stock,
            TlsCryptoParameters context,
            SealingParameters parameters,
            HandshakeConfig config,
            SealerChain sealers,
            RecordWriter writer,
            long recordsPerKey,
            @Nullable EarlyData earlyData)
            throws IOException {
        this.earlyData = earlyData;
        this.crypto = crypto;
        this.stock = stock;
        this.context = context;
        this.parameters = parameters;
        this.config = config;
        this.sealers = sealers;
        this.writer = writer;
        SecurityParameters secrets = context.getSecurityParametersHandshake();
        // The master secret of TLS 1.2 does not outlive the handshake.
        boolean keepsKeyBlock =
                config.sealers().offload() && parameters.version() == TlsVersion.TLSV1_2;
        TlsSecret block = keepsKeyBlock ? EpochKeys.keyBlock(secrets, parameters) : null;
        boolean made = false;
        try (TrafficKeys keys = keysFrom(secrets)) {
            this.epoch = newEpoch(keys, recordsPerKey);
            made = true;
        } finally {
            if (!made && block != null) {
                block.destroy();
            }
        }
        this.keyBlock = block;
    }

    private TrafficKeys keysFrom(SecurityParameters secrets) throws IOException {
        return parameters.version() == TlsVersion.TLSV1_3
                ? EpochKeys.tls13(secrets, context.isServer(), parameters)
                : EpochKeys.tls12(
                        EpochKeys.keyBlock(secrets, parameters), context.isServer(), parameters);
    }

    private WriteEpoch newEpoch(TrafficKeys keys, long recordsPerKey) throws IOException {
        try {
            WriteEpoch made =
                    new WriteEpoch(
                            parameters,
                            sealers.create(parameters, keys),
                            recordsPerKey,
                            this::sealerAnew);
            writer.limitFragment(made.maxContentLength());
            tell(made);
            return made;
        } catch (SealException e) {
            throw new TlsFatalAlert(AlertDescription.internal_error, e);
        }
    }

    private void tell(WriteEpoch made) {
        KeyEpochEvent event = new KeyEpochEvent();
        event.version = parameters.version().toString();
        event.suite = parameters.suite().name();
        event.engine = made.choice().engine();
        event.choice = made.choice().toString();
        event.commit();
    }

    /**
     * After a record could not be sealed: makes ready for the alert that ends the connection, if
     * the record's number is still free and the engine takes the key again.
     *
     * @return whether an alert, and nothing else, can be sealed now
     */
    boolean readyForLastAlert() {
        if (!epoch.leftNumberFree()) {
            return false;
        }
        try (TrafficKeys keys = keysAgain()) {
            if (keys == null) {
                return false;
            }
            epoch = epoch.forLastAlert(parameters, sealers.create(parameters, keys));
            return true;
        } catch (SealException | IOException e) {
            return false;
        }
    }

    /** After the engine has lost the key: the same that policy and engines would choose now. */
    private SealerChain.@Nullable Chosen sealerAnew() throws SealException {
        try (TrafficKeys keys = keysAgain()) {
            return keys == null ? null : sealers.create(parameters, keys);
        } catch (IOException e) {
            throw new SealException("the key cannot be derived again", e, false);
        }
    }

    private @Nullable TrafficKeys keysAgain() throws IOException {
        if (epoch.isTls13()) {
            SecurityParameters secrets = context.getSecurityParametersConnection();
            return secrets == null
                    ? null
                    : EpochKeys.tls13(secrets, context.isServer(), parameters);
        }
        TlsSecret block = keyBlock;
        if (block == null) {
            return null;
        }
        byte[] bytes = block.extract();
        try {
            keyBlock = crypto.createSecret(bytes);
            return EpochKeys.tls12(crypto.createSecret(bytes), context.isServer(), parameters);
        } finally {
            Arrays.fill(bytes, (byte) 0);
        }
    }

    /** Wipes the keys. Twice does no harm. */
    void close() {
        if (keyBlock != null) {
            keyBlock.destroy();
            keyBlock = null;
        }
        epoch.close();
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
        if (contentType == ContentType.ALERT && plaintext[offset] == AlertLevel.fatal) {
            // If a control record before it failed, the alert has that one's number.
            readyForLastAlert();
        }
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
        try (TrafficKeys keys = keysFrom(context.getSecurityParametersConnection())) {
            epoch = newEpoch(keys, config.limits().recordsPerKey());
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
        EarlyData early = earlyData;
        boolean mayBeEarly = early != null && early.isExpected();
        Exception failure;
        try {
            TlsDecodeResult decoded =
                    stock.decodeCiphertext(
                            sequence - skipped,
                            recordType,
                            recordVersion,
                            ciphertext,
                            offset,
                            length);
            if (mayBeEarly) {
                early.end();
            }
            return decoded;
        } catch (TlsFatalAlert e) {
            if (isAboutContent(e.getAlertDescription())) {
                throw e;
            }
            failure = e;
        } catch (RuntimeException e) {
            failure = e;
        }
        if (mayBeEarly) {
            early.skip(length);
            skipped++;
            return new TlsDecodeResult(ciphertext, offset, 0, (short) ContentType.APPLICATION_DATA);
        }
        throw badRecord(failure);
    }

    /** Whether the record was authentic, and what it held is the fault. */
    private static boolean isAboutContent(short alert) {
        return alert == AlertDescription.unexpected_message
                || alert == AlertDescription.record_overflow;
    }

    /**
     * RFC 5246 section 7.2.2: "This alert also MUST be returned if an alert is sent because a
     * TLSCiphertext decrypted in an invalid way". A ciphertext that is too short is one.
     */
    private static TlsFatalAlert badRecord(Exception e) {
        return new TlsFatalAlert(
                AlertDescription.bad_record_mac,
                "the peer's record cannot be decrypted and authenticated",
                e);
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
