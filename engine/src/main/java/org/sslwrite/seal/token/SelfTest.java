package org.sslwrite.seal.token;

import org.jspecify.annotations.Nullable;
import org.sslwrite.pkcs11.cryptoki.NoAnswerException;
import org.sslwrite.seal.AeadInputs;
import org.sslwrite.seal.BulkCipher;
import org.sslwrite.seal.CipherSuite;
import org.sslwrite.seal.MacAlgorithm;
import org.sslwrite.seal.RecordSealer;
import org.sslwrite.seal.SealException;
import org.sslwrite.seal.SealingParameters;
import org.sslwrite.seal.TlsVersion;
import org.sslwrite.seal.TrafficKeys;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.security.spec.AlgorithmParameterSpec;
import java.util.Arrays;

import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Has a token seal records under a key that nobody else has, and opens them with the JDK. What a
 * token says of itself proves nothing: some make their own IV, some append it, some take no whole
 * record.
 */
final class SelfTest {
    static final int WHOLE = 16384;
    private static final int SMALLEST_FRAGMENT = 512;
    private static final int APPLICATION_DATA = 23;
    private static final int BLOCK = 16;

    /** Makes the sealer under test. */
    interface Maker {
        RecordSealer sealerWith(SealingParameters parameters, TrafficKeys keys)
                throws SealException;
    }

    /**
     * What came of it.
     *
     * @param reason why the token cannot seal such records; null if it can
     * @param maxContentLength bytes of content that a record may have
     */
    record Verdict(@Nullable String reason, int maxContentLength) {}

    private final Maker maker;
    private final SealingParameters parameters;
    private final SecureRandom random = new SecureRandom();
    private long sequence;

    private SelfTest(Maker maker, SealingParameters parameters) {
        this.maker = maker;
        this.parameters = parameters;
    }

    /**
     * Runs it for a suite.
     *
     * @param maxContentLength the largest content to ask for
     * @throws SealException if the token failed at the shortest record already, for whatever reason
     */
    static Verdict run(Maker maker, CipherSuite suite, int maxContentLength) throws SealException {
        int largest = maxContentLength;
        for (boolean encryptThenMac : new boolean[] {false, true}) {
            if (encryptThenMac && suite.bulkCipher().isAead()) {
                continue;
            }
            SealingParameters parameters =
                    new SealingParameters(suite.version(), suite, encryptThenMac);
            SelfTest test = new SelfTest(maker, parameters);
            if (!test.passes(1) || !test.passes(SMALLEST_FRAGMENT)) {
                return new Verdict("its records are wrong: the JDK cannot open them", 0);
            }
            largest = test.largest(largest);
        }
        return new Verdict(null, largest);
    }

    /** The largest content that it seals, known that the smallest fragment is. */
    private int largest(int wanted) throws SealException {
        if (fits(wanted)) {
            return wanted;
        }
        int good = SMALLEST_FRAGMENT;
        int bad = wanted;
        while (bad - good > 1) {
            int middle = (good + bad) >>> 1;
            if (fits(middle)) {
                good = middle;
            } else {
                bad = middle;
            }
        }
        return good;
    }

    /**
     * Whether it seals so much. A token that fails for another reason than the length fails at a
     * short record too, or is well the next time.
     */
    private boolean fits(int length) throws SealException {
        if (passesOrFails(length)) {
            return true;
        }
        if (!passes(SMALLEST_FRAGMENT)) {
            throw new SealException("its records are wrong now and then", null);
        }
        return passesOrFails(length);
    }

    private boolean passesOrFails(int length) throws SealException {
        try {
            return passes(length);
        } catch (SealException e) {
            if (e.getCause() instanceof NoAnswerException) {
                throw e; // to wait so long once is enough
            }
            return false;
        }
    }

    private boolean passes(int length) throws SealException {
        byte[] content = new byte[length];
        random.nextBytes(content);
        CipherSuite suite = parameters.suite();
        BulkCipher bulk = suite.bulkCipher();
        byte[] key = randomBytes(bulk.keyLength());
        byte[] iv = randomBytes(bulk.fixedIvLength(parameters.version()));
        byte[] macKey = randomBytes(suite.mac().length());
        try (TrafficKeys keys = new TrafficKeys(key.clone(), iv.clone(), macKey.clone());
                RecordSealer sealer = maker.sealerWith(parameters, keys)) {
            ByteBuffer dst = ByteBuffer.allocateDirect(sealer.bodyLength(length, 0));
            int n =
                    sealer.seal(
                            ++sequence,
                            APPLICATION_DATA,
                            ByteBuffer.wrap(content),
                            0,
                            length,
                            0,
                            dst,
                            0);
            byte[] body = new byte[n];
            dst.get(0, body);
            byte[] opened =
                    bulk.isAead() ? openAead(key, iv, body) : openCbc(key, macKey, body, length);
            return Arrays.equals(opened, expected(content));
        } catch (GeneralSecurityException | IndexOutOfBoundsException e) {
            return false;
        }
    }

    private byte[] randomBytes(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    private byte[] expected(byte[] content) {
        if (parameters.version() == TlsVersion.TLSV1_2) {
            return content;
        }
        byte[] inner = Arrays.copyOf(content, content.length + 1);
        inner[content.length] = APPLICATION_DATA;
        return inner;
    }

    private byte[] openAead(byte[] key, byte[] iv, byte[] body) throws GeneralSecurityException {
        BulkCipher bulk = parameters.suite().bulkCipher();
        int recordIv = bulk.recordIvLength(parameters.version());
        int innerLength = body.length - recordIv - bulk.tagLength();
        boolean gcm = bulk != BulkCipher.CHACHA20_POLY1305;
        Cipher cipher =
                Cipher.getInstance(gcm ? "AES/GCM/NoPadding" : "ChaCha20-Poly1305", "SunJCE");
        try (AeadInputs inputs = new AeadInputs(parameters, iv)) {
            inputs.prepare(sequence, APPLICATION_DATA, innerLength);
            AlgorithmParameterSpec nonce =
                    gcm
                            ? new GCMParameterSpec(8 * bulk.tagLength(), inputs.nonce())
                            : new IvParameterSpec(inputs.nonce());
            cipher.init(
                    Cipher.DECRYPT_MODE, new SecretKeySpec(key, gcm ? "AES" : "ChaCha20"), nonce);
            cipher.updateAAD(inputs.aad());
            return cipher.doFinal(body, recordIv, body.length - recordIv);
        }
    }

    private byte[] openCbc(byte[] key, byte[] macKey, byte[] body, int length)
            throws GeneralSecurityException {
        int macLength = parameters.suite().mac().length();
        boolean etm = parameters.encryptThenMac();
        int encrypted = body.length - BLOCK - (etm ? macLength : 0);
        Cipher cipher = Cipher.getInstance("AES/CBC/NoPadding", "SunJCE");
        cipher.init(
                Cipher.DECRYPT_MODE,
                new SecretKeySpec(key, "AES"),
                new IvParameterSpec(body, 0, BLOCK));
        byte[] plain = cipher.doFinal(body, BLOCK, encrypted);
        byte[] content = Arrays.copyOf(plain, length);
        byte[] mac = etm ? mac(macKey, body, BLOCK + encrypted) : mac(macKey, content, length);
        byte[] found =
                etm
                        ? Arrays.copyOfRange(body, BLOCK + encrypted, body.length)
                        : Arrays.copyOfRange(plain, length, length + macLength);
        int paddingLength = plain[plain.length - 1] & 0xff;
        boolean good =
                MessageDigest.isEqual(mac, found)
                        && plain.length == length + (etm ? 0 : macLength) + 1 + paddingLength;
        return good ? content : new byte[0];
    }

    private byte[] mac(byte[] macKey, byte[] authenticated, int length)
            throws GeneralSecurityException {
        MacAlgorithm algorithm = parameters.suite().mac();
        byte[] header = new byte[13];
        AeadInputs.putLong(header, 0, sequence);
        AeadInputs.putHeader(header, 8, APPLICATION_DATA, length);
        Mac mac = Mac.getInstance(algorithm.jcaName(), "SunJCE");
        mac.init(new SecretKeySpec(macKey, algorithm.jcaName()));
        mac.update(header);
        mac.update(authenticated, 0, length);
        return mac.doFinal();
    }
}
