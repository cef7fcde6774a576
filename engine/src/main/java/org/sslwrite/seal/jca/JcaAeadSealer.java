package org.sslwrite.seal.jca;

import org.jspecify.annotations.Nullable;
import org.sslwrite.protocol.BulkCipher;
import org.sslwrite.protocol.TlsVersion;
import org.sslwrite.seal.RecordSealer;
import org.sslwrite.seal.SealException;
import org.sslwrite.seal.SealingParameters;
import org.sslwrite.seal.TrafficKeys;
import org.sslwrite.seal.cipher.AeadInputs;
import org.sslwrite.seal.cipher.WipeableKey;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.Provider;
import java.security.spec.AlgorithmParameterSpec;
import java.util.Arrays;
import java.util.Objects;

import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.IvParameterSpec;

/**
 * AES-GCM and ChaCha20-Poly1305 through a JCA {@link Cipher}.
 *
 * <p>Every record is sealed into a heap array and copied out: SunJCE cuts direct buffers into
 * 512-byte heap pieces, which costs three times as much. It is gathered there first and sealed in
 * place by one {@code doFinal}, because SunPKCS11 loses data when {@code update} is followed by
 * {@code doFinal} with input; only SunJCE takes a large record from the array where it lies.
 */
final class JcaAeadSealer implements RecordSealer {
    /** Measured: up to 2 KiB a copy costs what a second call does; from here on 4 to 8 % more. */
    private static final int LARGE = 4096;

    private static final byte[][] CONTENT_TYPES = new byte[256][1];

    static {
        for (int type = 0; type < CONTENT_TYPES.length; type++) {
            CONTENT_TYPES[type][0] = (byte) type;
        }
    }

    private final Provider provider;
    private final SealingParameters parameters;
    private final boolean gcm;
    private final boolean takesPieces;
    private final boolean tls13;
    private final int tagLength;
    private final int recordIvLength;
    private final WipeableKey key;
    private final AeadInputs inputs;
    private final Staging staging;
    private @Nullable Cipher cipher;

    JcaAeadSealer(Provider provider, SealingParameters parameters, TrafficKeys keys)
            throws GeneralSecurityException {
        BulkCipher bulk = parameters.suite().bulkCipher();
        this.provider = provider;
        this.parameters = parameters;
        this.gcm = bulk.isGcm();
        this.takesPieces = takesPieces(provider, bulk);
        this.tls13 = parameters.version() == TlsVersion.TLSV1_3;
        this.tagLength = bulk.tagLength();
        this.recordIvLength = bulk.recordIvLength(parameters.version());
        this.staging = new Staging(1 + tagLength);
        this.cipher = newCipher();
        this.inputs = new AeadInputs(parameters, keys.fixedIv());
        this.key = new WipeableKey(gcm ? "AES" : "ChaCha20", keys.cipherKey());
    }

    static boolean takesPieces(Provider provider, BulkCipher bulk) {
        return bulk.isGcm() && provider.getName().equals("SunJCE");
    }

    @Override
    public String engine() {
        return provider.getName();
    }

    @Override
    public int plaintextOffset() {
        return recordIvLength;
    }

    @Override
    public int bodyLength(int contentLength, int padding) {
        return recordIvLength + innerLength(contentLength, padding) + tagLength;
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
        int innerLength = innerLength(length, padding);
        byte[] stage = staging.atLeast(innerLength + tagLength);
        boolean sealed = false;
        try {
            inputs.prepare(sequence, contentType, innerLength);
            if (takesPieces && padding == 0 && length >= LARGE && src.hasArray()) {
                Objects.checkFromIndexSize(srcIndex, length, src.limit());
                sealFrom(src.array(), src.arrayOffset() + srcIndex, length, contentType, stage);
            } else {
                src.get(srcIndex, stage, 0, length);
                if (tls13) {
                    stage[length] = (byte) contentType;
                    Arrays.fill(stage, length + 1, innerLength, (byte) 0);
                }
                sealInPlace(stage, innerLength);
            }
            if (recordIvLength > 0) {
                dst.put(dstIndex, inputs.nonce(), 4, recordIvLength);
            }
            dst.put(dstIndex + recordIvLength, stage, 0, innerLength + tagLength);
            sealed = true;
        } finally {
            if (!sealed) {
                // A Cipher refuses the nonce it saw last, and the same record may be sealed again.
                cipher = null;
                staging.wipe();
            }
        }
        return recordIvLength + innerLength + tagLength;
    }

    private void sealInPlace(byte[] stage, int innerLength) throws SealException {
        requireOpen();
        try {
            int n = initialised().doFinal(stage, 0, innerLength, stage, 0);
            requireLength(n, innerLength);
        } catch (GeneralSecurityException | RuntimeException e) {
            throw failure(e);
        }
    }

    /** RFC 8446 section 5.2: the content type is the last of what is encrypted, without padding. */
    private void sealFrom(byte[] content, int index, int length, int contentType, byte[] stage)
            throws SealException {
        requireOpen();
        try {
            Cipher current = initialised();
            if (tls13) {
                int n = current.update(content, index, length, stage, 0);
                n += current.doFinal(CONTENT_TYPES[contentType], 0, 1, stage, n);
                requireLength(n, length + 1);
            } else {
                requireLength(current.doFinal(content, index, length, stage, 0), length);
            }
        } catch (GeneralSecurityException | RuntimeException e) {
            throw failure(e);
        }
    }

    private void requireOpen() {
        if (key.isDestroyed()) {
            throw new IllegalStateException("the sealer is closed");
        }
    }

    private Cipher initialised() throws GeneralSecurityException {
        Cipher current = cipher;
        if (current == null) {
            current = newCipher();
            cipher = current;
        }
        current.init(Cipher.ENCRYPT_MODE, key, nonceSpec());
        current.updateAAD(inputs.aad());
        return current;
    }

    private void requireLength(int written, int innerLength) throws GeneralSecurityException {
        if (written != innerLength + tagLength) {
            throw new GeneralSecurityException(
                    "wrote " + written + " bytes instead of " + (innerLength + tagLength));
        }
    }

    private int innerLength(int contentLength, int padding) {
        return tls13 ? contentLength + 1 + padding : contentLength;
    }

    private AlgorithmParameterSpec nonceSpec() {
        return gcm
                ? new GCMParameterSpec(8 * tagLength, inputs.nonce())
                : new IvParameterSpec(inputs.nonce());
    }

    private Cipher newCipher() throws GeneralSecurityException {
        return Cipher.getInstance(
                JcaSealerFactory.transformation(parameters.suite().bulkCipher()), provider);
    }

    private SealException failure(Exception cause) {
        return new SealException(
                engine()
                        + " could not seal a "
                        + parameters.suite()
                        + " record: "
                        + JcaSealerFactory.words(cause),
                cause);
    }

    @Override
    public void releaseBuffers() {
        staging.release();
    }

    @Override
    public void close() {
        key.destroy();
        inputs.close();
        staging.wipe();
        cipher = null;
    }
}
