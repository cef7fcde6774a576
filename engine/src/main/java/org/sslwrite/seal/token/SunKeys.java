package org.sslwrite.seal.token;

import org.jspecify.annotations.Nullable;
import org.sslwrite.pkcs11.TokenException;
import org.sslwrite.pkcs11.cryptoki.CryptokiToken;
import org.sslwrite.pkcs11.key.IncapableException;
import org.sslwrite.pkcs11.sun.SunPkcs11;
import org.sslwrite.pkcs11.timeout.Deadline;
import org.sslwrite.pkcs11.timeout.NoAnswerException;
import org.sslwrite.protocol.BulkCipher;
import org.sslwrite.protocol.MacAlgorithm;
import org.sslwrite.seal.cipher.WipeableKey;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.Provider;
import java.security.spec.AlgorithmParameterSpec;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Set;

import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.SecretKey;
import javax.crypto.SecretKeyFactory;
import javax.crypto.ShortBufferException;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.IvParameterSpec;

/**
 * Keys in a token that is reached through SunPKCS11. Each is copied into the token once; the
 * provider destroys the copy some time after nothing refers to it, since it offers no way to do so
 * at once.
 */
final class SunKeys implements TokenKeys {
    private static final int BLOCK = 16;
    private static final int TAG_BITS = 128;

    private final String token;
    private final Duration limit;
    private final SunPkcs11 sun;

    /**
     * @param token how messages call it
     * @param limit of one call; zero: none
     */
    SunKeys(String token, Duration limit, SunPkcs11 sun) {
        this.token = token;
        this.limit = limit;
        this.sun = sun;
    }

    @Override
    public CryptokiToken open() throws TokenException {
        return sun.token();
    }

    @Override
    public AeadWithKey aead(BulkCipher cipher, byte[] key) throws TokenException {
        boolean gcm = cipher.isGcm();
        String transformation = gcm ? "AES/GCM/NoPadding" : "ChaCha20-Poly1305";
        String algorithm = gcm ? "AES" : "ChaCha20";
        return given(
                algorithm,
                key,
                (provider, inMemory) -> {
                    SecretKey inToken = imported(provider, inMemory);
                    return new Aead(provider, transformation, gcm, inToken);
                });
    }

    @Override
    public CbcWithKey cbc(byte[] key) throws TokenException {
        return given(
                "AES",
                key,
                (provider, inMemory) -> new Cbc(provider, imported(provider, inMemory)));
    }

    @Override
    public HmacWithKey hmac(MacAlgorithm algorithm, byte[] key) throws TokenException {
        return given(
                "Generic",
                key,
                (provider, inMemory) -> {
                    try {
                        Mac mac = Mac.getInstance(algorithm.jcaName(), provider);
                        mac.init(imported(provider, inMemory));
                        return new Hmac(provider, mac);
                    } catch (GeneralSecurityException | RuntimeException e) {
                        throw failure(provider, algorithm.jcaName(), e);
                    }
                });
    }

    /** Gives a key to the token. */
    private interface Giving<T> {
        T to(Provider provider, SecretKey inMemory) throws TokenException;
    }

    /** Sessions that were idle may have died unnoticed: then once more, with a new provider. */
    private <T> T given(String algorithm, byte[] key, Giving<T> giving) throws TokenException {
        try {
            return givenOnce(algorithm, key, giving);
        } catch (NoAnswerException e) {
            throw e;
        } catch (TokenException e) {
            if (!isFatal(e)) {
                throw e;
            }
        }
        return givenOnce(algorithm, key, giving);
    }

    /** The key is copied for a call that may go on after this one has given up. */
    private <T> T givenOnce(String algorithm, byte[] key, Giving<T> giving) throws TokenException {
        Provider provider = sun.provider();
        WipeableKey inMemory = new WipeableKey(algorithm, key);
        try {
            return Deadline.call(
                    limit,
                    token + ": import of a key",
                    () -> {
                        try {
                            return giving.to(provider, inMemory);
                        } finally {
                            inMemory.destroy();
                        }
                    });
        } catch (NoAnswerException e) {
            sun.condemn(provider);
            throw e;
        }
    }

    private SecretKey imported(Provider provider, SecretKey inMemory) throws TokenException {
        String algorithm = inMemory.getAlgorithm();
        try {
            return SecretKeyFactory.getInstance(algorithm, provider).translateKey(inMemory);
        } catch (GeneralSecurityException | RuntimeException e) {
            throw failure(provider, "import of a key for " + algorithm, e);
        }
    }

    private TokenException failure(Provider provider, String what, Exception e) {
        if (isFatal(e)) {
            sun.condemn(provider);
        }
        String message = token + ": " + what + ": " + words(e);
        return SunPkcs11.isIncapability(e)
                ? new IncapableException(message, e)
                : new TokenException(message, e);
    }

    /** SunPKCS11 calls CKR_GENERAL_ERROR a bad tag, though nothing was decrypted. */
    private static boolean isFatal(Exception e) {
        return SunPkcs11.isFatal(e)
                || e instanceof AEADBadTagException
                || e.getCause() instanceof AEADBadTagException;
    }

    /** Every message on the way to the cause, where the CKR name is. */
    private static String words(Throwable e) {
        Set<String> messages = new LinkedHashSet<>();
        for (Throwable t = e; t != null && messages.size() < 8; t = t.getCause()) {
            messages.add(t.getMessage() == null ? t.getClass().getSimpleName() : t.getMessage());
        }
        return String.join(": ", messages);
    }

    private TokenFailure failure(Provider provider, String what, Exception e, boolean begun) {
        return new TokenFailure(failure(provider, what, e), begun);
    }

    /** A cipher that is made anew after a failure, and two views of the memory it works on. */
    private abstract class Encryption {
        private final Provider provider;
        private final String transformation;
        private final Views views = new Views();
        private @Nullable SecretKey key;
        private @Nullable Cipher cipher;

        Encryption(Provider provider, String transformation, SecretKey key) {
            this.provider = provider;
            this.transformation = transformation;
            this.key = key;
        }

        void run(
                AlgorithmParameterSpec parameters,
                byte @Nullable [] aad,
                ByteBuffer memory,
                int index,
                int length,
                int outputLength)
                throws TokenFailure {
            Cipher current = cipher;
            // While it works it counts as lost: a failure leaves it in an unknown state.
            cipher = null;
            boolean begun = false;
            try {
                if (current == null) {
                    current = Cipher.getInstance(transformation, provider);
                }
                current.init(Cipher.ENCRYPT_MODE, requireKey(), parameters);
                if (aad != null) {
                    current.updateAAD(aad);
                }
                views.set(memory, index, length, outputLength);
                begun = true;
                int n = current.doFinal(views.in(), views.out());
                if (n != outputLength) {
                    throw new ShortBufferException(
                            "wrote " + n + " bytes instead of " + outputLength);
                }
            } catch (GeneralSecurityException | RuntimeException e) {
                throw failure(provider, transformation, e, begun);
            }
            cipher = current;
        }

        private SecretKey requireKey() {
            SecretKey current = key;
            if (current == null) {
                throw new IllegalStateException("the key is destroyed");
            }
            return current;
        }

        public Object reachedBy() {
            return provider;
        }

        public void giveUp(TokenException reason) {
            sun.condemn(provider);
        }

        public void releaseBuffers() {
            views.forget();
        }

        public void close() {
            views.forget();
            key = null;
            cipher = null;
        }
    }

    private final class Aead extends Encryption implements AeadWithKey {
        private final boolean gcm;

        Aead(Provider provider, String transformation, boolean gcm, SecretKey key) {
            super(provider, transformation, key);
            this.gcm = gcm;
        }

        @Override
        public void encrypt(byte[] nonce, byte[] aad, ByteBuffer memory, int index, int length)
                throws TokenFailure {
            AlgorithmParameterSpec parameters =
                    gcm ? new GCMParameterSpec(TAG_BITS, nonce) : new IvParameterSpec(nonce);
            run(parameters, aad, memory, index, length, length + TAG_BITS / 8);
        }
    }

    private final class Cbc extends Encryption implements CbcWithKey {
        private final byte[] iv = new byte[BLOCK];

        Cbc(Provider provider, SecretKey key) {
            super(provider, "AES/CBC/NoPadding", key);
        }

        @Override
        public void encrypt(ByteBuffer memory, int index, int length) throws TokenFailure {
            memory.get(index - BLOCK, iv, 0, BLOCK);
            run(new IvParameterSpec(iv), null, memory, index, length, length);
        }
    }

    private final class Hmac implements HmacWithKey {
        private final Provider provider;
        private final Views views = new Views();
        private @Nullable Mac mac;

        Hmac(Provider provider, Mac mac) {
            this.provider = provider;
            this.mac = mac;
        }

        @Override
        public void authenticate(ByteBuffer memory, int index, int length) throws TokenFailure {
            Mac current = mac;
            // As above; and an HMAC that failed is of no more use, as the key is in it alone.
            mac = null;
            try {
                if (current == null) {
                    throw new IllegalStateException(
                            "an earlier MAC failed, or the key is destroyed");
                }
                views.set(memory, index, length, length);
                current.update(views.in());
                byte[] output = current.doFinal();
                memory.put(index + length, output, 0, output.length);
            } catch (RuntimeException e) {
                throw failure(provider, "HMAC", e, true);
            }
            mac = current;
        }

        @Override
        public Object reachedBy() {
            return provider;
        }

        @Override
        public void giveUp(TokenException reason) {
            sun.condemn(provider);
        }

        @Override
        public void releaseBuffers() {
            views.forget();
        }

        @Override
        public void close() {
            views.forget();
            mac = null;
        }
    }
}
