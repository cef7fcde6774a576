package org.sslwrite.seal.token;

import org.jspecify.annotations.Nullable;
import org.sslwrite.pkcs11.TokenException;
import org.sslwrite.pkcs11.timeout.Deadline;
import org.sslwrite.pkcs11.timeout.NoAnswerException;
import org.sslwrite.protocol.MacAlgorithm;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.security.spec.AlgorithmParameterSpec;
import java.time.Duration;
import java.util.Arrays;

import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Has a token compute what records need, under a key that nobody else has, and compares with the
 * JDK. What a token says of itself proves nothing: some make their own IV, some append it, some
 * take no whole record.
 */
final class SelfTest implements AutoCloseable {
    private static final int SMALLEST_FRAGMENT = 512;
    private static final int SHORT = 48;
    private static final int IV = 16;
    private static final int NONCE = 12;
    private static final SecureRandom RANDOM = new SecureRandom();

    /**
     * What came of it.
     *
     * @param reason why the token cannot; null if it can
     * @param maxInput bytes that it takes at once
     * @param isLasting whether it will be the same the next time; a wrong result may not
     */
    record Verdict(@Nullable String reason, int maxInput, boolean isLasting) {}

    /** A key in the token, and the same operation with the JDK. */
    private interface Operation extends AutoCloseable {
        /** Whether what the token makes of so many bytes is right. */
        boolean isRight(int length) throws TokenFailure, GeneralSecurityException;

        void giveUp(TokenException reason);

        @Override
        void close();
    }

    private final String engine;
    private final TokenKeys token;
    private final Primitive primitive;
    private final Duration limit;
    private @Nullable Operation operation;

    private SelfTest(String engine, TokenKeys token, Primitive primitive, Duration limit) {
        this.engine = engine;
        this.token = token;
        this.primitive = primitive;
        this.limit = limit;
    }

    /**
     * Runs it.
     *
     * @param maxContent of a record, in bytes; no longer input is asked for
     * @param limit of each call; zero: none
     * @throws TokenException if the token failed, for whatever reason but that it cannot
     */
    static Verdict run(
            String engine, TokenKeys token, Primitive primitive, int maxContent, Duration limit)
            throws TokenException {
        try (SelfTest test = new SelfTest(engine, token, primitive, limit)) {
            int wanted = primitive.inputFor(maxContent);
            test.operation = test.begin();
            if (test.passesOrFails(wanted)) {
                // Once more under the same key, and by far shorter.
                return test.passes(SHORT) ? good(wanted) : test.wrong();
            }
            if (!test.passes(SHORT) || !test.passes(primitive.inputFor(SMALLEST_FRAGMENT))) {
                return test.wrong();
            }
            return good(test.largest(wanted));
        } catch (TokenException e) {
            if (!e.incapable()) {
                throw e;
            }
            return new Verdict(String.valueOf(e.getMessage()), 0, true);
        }
    }

    private static Verdict good(int maxInput) {
        return new Verdict(null, maxInput, true);
    }

    private Verdict wrong() {
        String reason =
                engine + ": what it computes for " + primitive + " is wrong: the JDK disagrees";
        return new Verdict(reason, 0, false);
    }

    /** The largest input, known that the smallest fragment's is taken. */
    private int largest(int wanted) throws TokenException {
        int step = primitive.isMac() || primitive.cipher().isAead() ? 1 : IV;
        int good = primitive.inputFor(SMALLEST_FRAGMENT) / step;
        int bad = wanted / step;
        if (fits(wanted)) {
            return wanted;
        }
        while (bad - good > 1) {
            int middle = (good + bad) >>> 1;
            if (fits(middle * step)) {
                good = middle;
            } else {
                bad = middle;
            }
        }
        return good * step;
    }

    /**
     * Whether it takes so much. A token that fails for another reason than the length fails at a
     * short input too, or is well the next time.
     */
    private boolean fits(int length) throws TokenException {
        if (passesOrFails(length)) {
            return true;
        }
        if (!passes(SHORT)) {
            throw new TokenException(engine + ": its results are wrong now and then");
        }
        return passesOrFails(length);
    }

    private boolean passesOrFails(int length) throws TokenException {
        try {
            return passes(length);
        } catch (NoAnswerException e) {
            throw e; // to wait so long once is enough
        } catch (TokenException e) {
            return false;
        }
    }

    private boolean passes(int length) throws TokenException {
        boolean right = false;
        try {
            Operation current = operation == null ? begin() : operation;
            operation = current;
            right =
                    Deadline.call(
                            limit,
                            engine + ": trying " + primitive,
                            () -> isRight(current, length));
            return right;
        } catch (NoAnswerException e) {
            giveUp(e);
            throw e;
        } finally {
            if (!right) {
                close(); // an operation that failed may be of no more use
            }
        }
    }

    private static boolean isRight(Operation operation, int length) throws TokenException {
        try {
            return operation.isRight(length);
        } catch (TokenFailure e) {
            throw e.getCause() instanceof TokenException cause
                    ? cause
                    : new TokenException(String.valueOf(e.getMessage()), e);
        } catch (GeneralSecurityException e) {
            throw new TokenException("the JDK cannot compute a known answer", e);
        }
    }

    /** The key is left to the call that was not answered. */
    private void giveUp(NoAnswerException reason) {
        Operation current = operation;
        operation = null;
        if (current != null) {
            current.giveUp(reason);
        }
    }

    @Override
    public void close() {
        Operation current = operation;
        operation = null;
        if (current != null) {
            current.close();
        }
    }

    private Operation begin() throws TokenException {
        if (primitive.isMac()) {
            byte[] key = random(primitive.mac().length());
            return new Authentication(token.hmac(primitive.mac(), key), key);
        }
        byte[] key = random(primitive.cipher().keyLength());
        return primitive.cipher().isAead()
                ? new AeadEncryption(token.aead(primitive.cipher(), key), key)
                : new CbcEncryption(token.cbc(key), key);
    }

    private static byte[] random(int length) {
        byte[] bytes = new byte[length];
        RANDOM.nextBytes(bytes);
        return bytes;
    }

    private static byte[] contents(ByteBuffer memory) {
        byte[] bytes = new byte[memory.capacity()];
        memory.get(0, bytes);
        return bytes;
    }

    private final class AeadEncryption implements Operation {
        private final AeadWithKey aead;
        private final byte[] key;

        AeadEncryption(AeadWithKey aead, byte[] key) {
            this.aead = aead;
            this.key = key;
        }

        @Override
        public boolean isRight(int length) throws TokenFailure, GeneralSecurityException {
            byte[] nonce = random(NONCE);
            byte[] aad = random(length == SHORT ? 13 : 5); // as in TLS 1.2 and in TLS 1.3
            byte[] plaintext = random(length);
            ByteBuffer memory = ByteBuffer.allocateDirect(length + primitive.cipher().tagLength());
            memory.put(0, plaintext);
            aead.encrypt(nonce, aad, memory, 0, length);
            return Arrays.equals(expected(nonce, aad, plaintext), contents(memory));
        }

        private byte[] expected(byte[] nonce, byte[] aad, byte[] plaintext)
                throws GeneralSecurityException {
            boolean gcm = primitive.cipher().isGcm();
            AlgorithmParameterSpec parameters =
                    gcm
                            ? new GCMParameterSpec(8 * primitive.cipher().tagLength(), nonce)
                            : new IvParameterSpec(nonce);
            Cipher cipher =
                    Cipher.getInstance(gcm ? "AES/GCM/NoPadding" : "ChaCha20-Poly1305", "SunJCE");
            cipher.init(
                    Cipher.ENCRYPT_MODE,
                    new SecretKeySpec(key, gcm ? "AES" : "ChaCha20"),
                    parameters);
            cipher.updateAAD(aad);
            return cipher.doFinal(plaintext);
        }

        @Override
        public void giveUp(TokenException reason) {
            aead.giveUp(reason);
        }

        @Override
        public void close() {
            aead.close();
        }
    }

    private static final class CbcEncryption implements Operation {
        private final CbcWithKey cbc;
        private final byte[] key;

        CbcEncryption(CbcWithKey cbc, byte[] key) {
            this.cbc = cbc;
            this.key = key;
        }

        @Override
        public boolean isRight(int length) throws TokenFailure, GeneralSecurityException {
            byte[] input = random(IV + length);
            ByteBuffer memory = ByteBuffer.allocateDirect(input.length);
            memory.put(0, input);
            cbc.encrypt(memory, IV, length);
            Cipher cipher = Cipher.getInstance("AES/CBC/NoPadding", "SunJCE");
            cipher.init(
                    Cipher.ENCRYPT_MODE,
                    new SecretKeySpec(key, "AES"),
                    new IvParameterSpec(input, 0, IV));
            byte[] expected = cipher.doFinal(input, IV, length);
            return Arrays.equals(expected, 0, length, contents(memory), IV, input.length);
        }

        @Override
        public void giveUp(TokenException reason) {
            cbc.giveUp(reason);
        }

        @Override
        public void close() {
            cbc.close();
        }
    }

    private final class Authentication implements Operation {
        private final HmacWithKey hmac;
        private final byte[] key;

        Authentication(HmacWithKey hmac, byte[] key) {
            this.hmac = hmac;
            this.key = key;
        }

        @Override
        public boolean isRight(int length) throws TokenFailure, GeneralSecurityException {
            MacAlgorithm algorithm = primitive.mac();
            byte[] message = random(length);
            ByteBuffer memory = ByteBuffer.allocateDirect(length + algorithm.length());
            memory.put(0, message);
            hmac.authenticate(memory, 0, length);
            Mac mac = Mac.getInstance(algorithm.jcaName(), "SunJCE");
            mac.init(new SecretKeySpec(key, algorithm.jcaName()));
            byte[] expected = mac.doFinal(message);
            return Arrays.equals(
                    expected,
                    0,
                    expected.length,
                    contents(memory),
                    length,
                    length + expected.length);
        }

        @Override
        public void giveUp(TokenException reason) {
            hmac.giveUp(reason);
        }

        @Override
        public void close() {
            hmac.close();
        }
    }
}
