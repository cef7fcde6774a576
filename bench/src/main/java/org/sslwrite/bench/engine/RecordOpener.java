package org.sslwrite.bench.engine;

import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.sslwrite.protocol.BulkCipher;
import org.sslwrite.protocol.TlsVersion;
import org.sslwrite.seal.SealingParameters;
import org.sslwrite.seal.TrafficKeys;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.Provider;
import java.security.Security;
import java.util.Arrays;

import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Opens records of application data without a TLS library, by a JCA provider that has not sealed
 * them.
 */
final class RecordOpener {
    private static final byte APPLICATION_DATA = 23;
    private static final int LEGACY_VERSION = 0x0303;
    private static final int TAG = 16;
    private static final int CBC_BLOCK = 16;

    private final SealingParameters parameters;
    private final BulkCipher bulk;
    private final byte[] key;
    private final byte[] iv;
    private final byte[] macKey;
    private final Provider provider;

    /**
     * @param keys are copied
     * @param sealedBy the engine whose records are to be opened
     */
    RecordOpener(SealingParameters parameters, TrafficKeys keys, String sealedBy) {
        this.parameters = parameters;
        this.bulk = parameters.suite().bulkCipher();
        this.key = keys.cipherKey().clone();
        this.iv = keys.fixedIv().clone();
        this.macKey = keys.macKey().clone();
        Provider jdk = Security.getProvider("SunJCE");
        this.provider = sealedBy.equals(jdk.getName()) ? new BouncyCastleProvider() : jdk;
    }

    /** The content of a record; its body is what stands behind the header. */
    byte[] open(long sequence, byte[] body) throws GeneralSecurityException {
        if (!bulk.isAead()) {
            return openCbc(sequence, body);
        }
        return parameters.version() == TlsVersion.TLSV1_3
                ? openTls13(sequence, body)
                : openAeadOfTls12(sequence, body);
    }

    /** RFC 8446 section 5.2. */
    private byte[] openTls13(long sequence, byte[] body) throws GeneralSecurityException {
        byte[] aad =
                ByteBuffer.allocate(5)
                        .put(APPLICATION_DATA)
                        .putShort((short) LEGACY_VERSION)
                        .putShort((short) body.length)
                        .array();
        byte[] inner = decrypt(nonceByXor(sequence), aad, body, 0);
        if (inner.length == 0 || inner[inner.length - 1] != APPLICATION_DATA) {
            throw new GeneralSecurityException("the record ends with no content type");
        }
        return Arrays.copyOf(inner, inner.length - 1);
    }

    /** RFC 5246 section 6.2.3.3, with the nonce of RFC 5288 or of RFC 7905. */
    private byte[] openAeadOfTls12(long sequence, byte[] body) throws GeneralSecurityException {
        int explicit = bulk.recordIvLength(parameters.version());
        byte[] aad = pseudoHeader(sequence, body.length - explicit - TAG);
        byte[] nonce =
                explicit == 0
                        ? nonceByXor(sequence)
                        : ByteBuffer.allocate(12).put(iv).put(body, 0, explicit).array();
        return decrypt(nonce, aad, body, explicit);
    }

    private byte[] decrypt(byte[] nonce, byte[] aad, byte[] body, int from)
            throws GeneralSecurityException {
        boolean isGcm = bulk.isGcm();
        Cipher cipher =
                Cipher.getInstance(isGcm ? "AES/GCM/NoPadding" : "ChaCha20-Poly1305", provider);
        cipher.init(
                Cipher.DECRYPT_MODE,
                new SecretKeySpec(key, isGcm ? "AES" : "ChaCha20"),
                isGcm ? new GCMParameterSpec(TAG * 8, nonce) : new IvParameterSpec(nonce));
        cipher.updateAAD(aad);
        return cipher.doFinal(body, from, body.length - from);
    }

    private byte[] nonceByXor(long sequence) {
        byte[] nonce = iv.clone();
        for (int i = 0; i < Long.BYTES; i++) {
            nonce[nonce.length - 1 - i] ^= (byte) (sequence >>> (8 * i));
        }
        return nonce;
    }

    private static byte[] pseudoHeader(long sequence, int length) {
        return ByteBuffer.allocate(13)
                .putLong(sequence)
                .put(APPLICATION_DATA)
                .putShort((short) LEGACY_VERSION)
                .putShort((short) length)
                .array();
    }

    /** RFC 5246 section 6.2.3.2: IV, then content, MAC and padding encrypted. */
    private byte[] openCbc(long sequence, byte[] body) throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance("AES/CBC/NoPadding", provider);
        cipher.init(
                Cipher.DECRYPT_MODE,
                new SecretKeySpec(key, "AES"),
                new IvParameterSpec(body, 0, CBC_BLOCK));
        byte[] plain = cipher.doFinal(body, CBC_BLOCK, body.length - CBC_BLOCK);
        int padding = (plain[plain.length - 1] & 0xFF) + 1;
        int macLength = parameters.suite().mac().length();
        int length = plain.length - padding - macLength;
        if (length < 0) {
            throw new GeneralSecurityException("the padding is longer than the record");
        }
        byte[] content = Arrays.copyOf(plain, length);
        byte[] mac = Arrays.copyOfRange(plain, length, length + macLength);
        if (!MessageDigest.isEqual(mac, mac(sequence, content))) {
            throw new GeneralSecurityException("the record's MAC is wrong");
        }
        return content;
    }

    private byte[] mac(long sequence, byte[] content) throws GeneralSecurityException {
        String algorithm =
                switch (parameters.suite().mac()) {
                    case HMAC_SHA1 -> "HmacSHA1";
                    case HMAC_SHA256 -> "HmacSHA256";
                    case HMAC_SHA384 -> "HmacSHA384";
                    case AEAD -> throw new IllegalStateException("an AEAD has no MAC");
                };
        Mac mac = Mac.getInstance(algorithm, provider);
        mac.init(new SecretKeySpec(macKey, algorithm));
        mac.update(pseudoHeader(sequence, content.length));
        return mac.doFinal(content);
    }
}
