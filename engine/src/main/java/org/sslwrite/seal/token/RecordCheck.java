package org.sslwrite.seal.token;

import org.sslwrite.protocol.BulkCipher;
import org.sslwrite.protocol.MacAlgorithm;
import org.sslwrite.protocol.TlsVersion;
import org.sslwrite.seal.SealingParameters;
import org.sslwrite.seal.TrafficKeys;
import org.sslwrite.seal.cipher.AeadInputs;
import org.sslwrite.seal.cipher.WipeableKey;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.spec.AlgorithmParameterSpec;
import java.util.Arrays;

import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.IvParameterSpec;

/** Opens a record that a token has sealed, with the JDK, as the peer will. */
final class RecordCheck implements AutoCloseable {
    private static final int BLOCK = 16;

    private final SealingParameters parameters;
    private final TrafficKeys keys;

    /** Copies the keys. */
    RecordCheck(SealingParameters parameters, TrafficKeys keys) {
        this.parameters = parameters;
        this.keys =
                new TrafficKeys(
                        keys.cipherKey().clone(), keys.fixedIv().clone(), keys.macKey().clone());
    }

    /** Whether the record's number determines the nonce, and so belongs to its plaintext. */
    boolean isOfFixedNonce() {
        return parameters.suite().bulkCipher().isAead();
    }

    /**
     * Whether the record is what it should be.
     *
     * @param padding bytes of zeros behind the content type; TLS 1.3 only
     * @param body the record without its header
     */
    boolean isRight(long sequence, int contentType, byte[] content, int padding, byte[] body) {
        try {
            if (!parameters.suite().bulkCipher().isAead()) {
                return opensCbc(sequence, contentType, content, body);
            }
            byte[] inner = content;
            if (parameters.version() == TlsVersion.TLSV1_3) {
                inner = Arrays.copyOf(content, content.length + 1 + padding);
                inner[content.length] = (byte) contentType;
            }
            byte[] opened = openAead(sequence, contentType, inner.length, body);
            boolean right = Arrays.equals(inner, opened);
            Arrays.fill(inner, (byte) 0);
            Arrays.fill(opened, (byte) 0);
            return right;
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    private byte[] openAead(long sequence, int contentType, int innerLength, byte[] body)
            throws GeneralSecurityException {
        BulkCipher bulk = parameters.suite().bulkCipher();
        int recordIv = bulk.recordIvLength(parameters.version());
        boolean gcm = bulk.isGcm();
        Cipher cipher =
                Cipher.getInstance(gcm ? "AES/GCM/NoPadding" : "ChaCha20-Poly1305", "SunJCE");
        try (AeadInputs inputs = new AeadInputs(parameters, keys.fixedIv())) {
            inputs.prepare(sequence, contentType, innerLength);
            AlgorithmParameterSpec nonce =
                    gcm
                            ? new GCMParameterSpec(8 * bulk.tagLength(), inputs.nonce())
                            : new IvParameterSpec(inputs.nonce());
            WipeableKey key = new WipeableKey(gcm ? "AES" : "ChaCha20", keys.cipherKey());
            try {
                cipher.init(Cipher.DECRYPT_MODE, key, nonce);
                cipher.updateAAD(inputs.aad());
                return cipher.doFinal(body, recordIv, body.length - recordIv);
            } finally {
                key.destroy();
            }
        }
    }

    private boolean opensCbc(long sequence, int contentType, byte[] content, byte[] body)
            throws GeneralSecurityException {
        int macLength = parameters.suite().mac().length();
        boolean etm = parameters.encryptThenMac();
        int encrypted = body.length - BLOCK - (etm ? macLength : 0);
        Cipher cipher = Cipher.getInstance("AES/CBC/NoPadding", "SunJCE");
        byte[] plain;
        WipeableKey key = new WipeableKey("AES", keys.cipherKey());
        try {
            cipher.init(Cipher.DECRYPT_MODE, key, new IvParameterSpec(body, 0, BLOCK));
            plain = cipher.doFinal(body, BLOCK, encrypted);
        } finally {
            key.destroy();
        }
        byte[] mac =
                etm
                        ? mac(sequence, contentType, body, BLOCK + encrypted)
                        : mac(sequence, contentType, content, content.length);
        int paddingAt = content.length + (etm ? 0 : macLength);
        int macAt = etm ? BLOCK + encrypted : content.length;
        boolean right =
                Arrays.equals(content, 0, content.length, plain, 0, content.length)
                        && MessageDigest.isEqual(
                                mac,
                                Arrays.copyOfRange(etm ? body : plain, macAt, macAt + macLength))
                        && isPadding(plain, paddingAt);
        Arrays.fill(plain, (byte) 0);
        return right;
    }

    /** RFC 5246 section 6.2.3.2: each byte of the padding is its length without itself. */
    private static boolean isPadding(byte[] plain, int from) {
        for (int i = from; i < plain.length; i++) {
            if (plain[i] != (byte) (plain.length - from - 1)) {
                return false;
            }
        }
        return true;
    }

    private byte[] mac(long sequence, int contentType, byte[] authenticated, int length)
            throws GeneralSecurityException {
        MacAlgorithm algorithm = parameters.suite().mac();
        byte[] header = new byte[13];
        AeadInputs.putLong(header, 0, sequence);
        AeadInputs.putHeader(header, 8, contentType, length);
        Mac mac = Mac.getInstance(algorithm.jcaName(), "SunJCE");
        WipeableKey key = new WipeableKey(algorithm.jcaName(), keys.macKey());
        try {
            mac.init(key);
            mac.update(header);
            mac.update(authenticated, 0, length);
            return mac.doFinal();
        } finally {
            key.destroy();
        }
    }

    /** Wipes our copy of the keys; the JDK keeps its own while a record is opened. */
    @Override
    public void close() {
        keys.close();
    }
}
