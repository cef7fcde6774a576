package org.sslwrite.seal.token;

import org.sslwrite.pkcs11.TokenException;
import org.sslwrite.pkcs11.key.IncapableException;
import org.sslwrite.protocol.BulkCipher;
import org.sslwrite.protocol.TlsVersion;
import org.sslwrite.seal.SealException;
import org.sslwrite.seal.SealingParameters;
import org.sslwrite.seal.TrafficKeys;
import org.sslwrite.seal.cipher.AeadInputs;

import java.nio.ByteBuffer;

/**
 * AES-GCM and ChaCha20-Poly1305 in a token: the record is put together where it belongs and sealed
 * there by one call. Only a record that belongs into heap memory takes a way round.
 */
final class TokenAeadSealer implements TokenSealer {
    private final String engine;
    private final SealingParameters parameters;
    private final int maxContentLength;
    private final boolean tls13;
    private final int tagLength;
    private final int recordIvLength;
    private final AeadInputs inputs;
    private final AeadWithKey aead;
    private final DirectStage stage = new DirectStage();
    private boolean closed;

    TokenAeadSealer(
            String engine,
            TokenKeys token,
            SealingParameters parameters,
            TrafficKeys keys,
            int maxContentLength)
            throws TokenException {
        BulkCipher bulk = parameters.suite().bulkCipher();
        this.engine = engine;
        this.parameters = parameters;
        this.maxContentLength = maxContentLength;
        this.tls13 = parameters.version() == TlsVersion.TLSV1_3;
        this.tagLength = bulk.tagLength();
        this.recordIvLength = bulk.recordIvLength(parameters.version());
        this.inputs = new AeadInputs(parameters, keys.fixedIv());
        this.aead = token.aead(bulk, keys.cipherKey());
    }

    @Override
    public String engine() {
        return engine;
    }

    @Override
    public int plaintextOffset() {
        return recordIvLength;
    }

    @Override
    public int maxContentLength() {
        return maxContentLength;
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
            int dstIndex)
            throws SealException {
        if (closed) {
            throw new IllegalStateException("the sealer is closed");
        }
        int body = bodyLength(length, padding);
        Memory.requireRoom(src, srcIndex, length, dst, dstIndex, body);
        boolean inPlace = dst.isDirect();
        ByteBuffer memory = inPlace ? dst : stage.atLeast(body);
        int at = inPlace ? dstIndex : 0;
        boolean sealed = false;
        try {
            assemble(contentType, src, srcIndex, length, padding, memory, at + recordIvLength);
            encrypt(sequence, contentType, innerLength(length, padding), memory, at);
            sealed = true;
        } finally {
            if (!sealed) {
                Memory.wipe(memory, at, body);
            }
        }
        if (!inPlace) {
            dst.put(dstIndex, memory, 0, body);
        }
        return body;
    }

    /** RFC 8446 section 5.2: content, content type, zeros. */
    private void assemble(
            int contentType,
            ByteBuffer src,
            int srcIndex,
            int length,
            int padding,
            ByteBuffer memory,
            int at) {
        Memory.move(src, srcIndex, length, memory, at);
        if (tls13) {
            memory.put(at + length, (byte) contentType);
            Memory.wipe(memory, at + length + 1, padding);
        }
    }

    private void encrypt(long sequence, int contentType, int innerLength, ByteBuffer memory, int at)
            throws SealException {
        inputs.prepare(sequence, contentType, innerLength);
        int tagAt = at + recordIvLength + innerLength;
        Memory.wipe(memory, tagAt, tagLength);
        try {
            aead.encrypt(inputs.nonce(), inputs.aad(), memory, at + recordIvLength, innerLength);
        } catch (TokenFailure e) {
            throw new SealException(
                    e.getMessage() + ", at a record of " + parameters.suite(),
                    e.getCause(),
                    e.begun());
        }
        if (Memory.isZero(memory, tagAt, tagLength)) {
            IncapableException idle = IdleToken.exception(engine);
            throw new SealException(String.valueOf(idle.getMessage()), idle);
        }
        if (recordIvLength > 0) {
            memory.put(at, inputs.nonce(), 4, recordIvLength);
        }
    }

    @Override
    public void giveUp(TokenException reason) {
        aead.giveUp(reason);
    }

    @Override
    public void releaseBuffers() {
        stage.release();
        aead.releaseBuffers();
    }

    @Override
    public void close() {
        closed = true;
        inputs.close();
        stage.release();
        aead.close();
    }
}
