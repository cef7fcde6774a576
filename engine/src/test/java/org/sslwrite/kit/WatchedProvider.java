package org.sslwrite.kit;

import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.InvalidAlgorithmParameterException;
import java.security.InvalidKeyException;
import java.security.Key;
import java.security.NoSuchAlgorithmException;
import java.security.Provider;
import java.security.ProviderException;
import java.security.SecureRandom;
import java.security.spec.AlgorithmParameterSpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

import javax.crypto.BadPaddingException;
import javax.crypto.Cipher;
import javax.crypto.CipherSpi;
import javax.crypto.IllegalBlockSizeException;
import javax.crypto.Mac;
import javax.crypto.MacSpi;
import javax.crypto.NoSuchPaddingException;
import javax.crypto.ShortBufferException;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.IvParameterSpec;

/**
 * SunJCE under another name: keeps account of every key and nonce that anything was encrypted
 * under, and fails when it is told to. Registered with {@link java.security.Security}, it seals
 * records for a context that names it.
 */
public final class WatchedProvider extends Provider {
    private static final long serialVersionUID = 1L;

    /** How a call that is told to fail does so. */
    public enum Failure {
        /** As a broken device does. */
        CHECKED,
        /** As SunPKCS11 does. */
        UNCHECKED
    }

    /**
     * An encryption.
     *
     * @param key the cipher key, in hex
     * @param nonce nonce or IV, in hex
     * @param input what was encrypted, in hex
     * @param done whether it succeeded
     */
    public record Use(String key, String nonce, String input, boolean done) {}

    private final transient List<Use> uses = new ArrayList<>();
    private transient int passBeforeFailure = -1;
    private transient Failure failure = Failure.CHECKED;

    /**
     * @param name what a context calls it
     */
    public WatchedProvider(String name) {
        super(name, "1", "SunJCE, watched");
        for (String cipher :
                List.of("AES/GCM/NoPadding", "ChaCha20-Poly1305", "AES/CBC/NoPadding")) {
            putService(
                    new Service(this, "Cipher", cipher, WatchedCipher.class.getName(), null, null) {
                        @Override
                        public Object newInstance(Object parameter)
                                throws NoSuchAlgorithmException {
                            return new WatchedCipher(WatchedProvider.this, cipher);
                        }
                    });
        }
        for (String mac : List.of("HmacSHA1", "HmacSHA256", "HmacSHA384")) {
            putService(
                    new Service(this, "Mac", mac, WatchedMac.class.getName(), null, null) {
                        @Override
                        public Object newInstance(Object parameter)
                                throws NoSuchAlgorithmException {
                            return new WatchedMac(mac);
                        }
                    });
        }
    }

    /** Lets so many encryptions pass, and makes every one after them fail. */
    public void failAfter(int encryptions, Failure how) {
        passBeforeFailure = encryptions;
        failure = how;
    }

    /** Fails no more. */
    public void recover() {
        passBeforeFailure = -1;
    }

    /** Every encryption since the last call. */
    public List<Use> takeUses() {
        List<Use> taken = List.copyOf(uses);
        uses.clear();
        return taken;
    }

    /**
     * Throws if anything was encrypted under a key and nonce that something else was encrypted
     * under.
     */
    public static void assertNoNonceTwice(List<Use> uses) {
        Map<String, String> inputs = new HashMap<>();
        for (Use use : uses) {
            String earlier = inputs.putIfAbsent(use.key + "/" + use.nonce, use.input);
            if (earlier != null && !earlier.equals(use.input)) {
                throw new AssertionError("nonce " + use.nonce + " was used for two plaintexts");
            }
        }
    }

    private boolean mustFail() {
        if (passBeforeFailure > 0) {
            passBeforeFailure--;
            return false;
        }
        return passBeforeFailure == 0;
    }

    /** One cipher. */
    private static final class WatchedCipher extends CipherSpi {
        private final WatchedProvider watch;
        private final Cipher real;
        private boolean encrypting;
        private String key = "";
        private String nonce = "";

        WatchedCipher(WatchedProvider watch, String transformation)
                throws NoSuchAlgorithmException {
            this.watch = watch;
            try {
                this.real = Cipher.getInstance(transformation, "SunJCE");
            } catch (NoSuchPaddingException | java.security.NoSuchProviderException e) {
                throw new NoSuchAlgorithmException(e);
            }
        }

        @Override
        protected void engineInit(
                int mode, Key secret, AlgorithmParameterSpec spec, SecureRandom random)
                throws InvalidKeyException, InvalidAlgorithmParameterException {
            real.init(mode, secret, spec, random);
            encrypting = mode == Cipher.ENCRYPT_MODE;
            HexFormat hex = HexFormat.of();
            key = hex.formatHex(secret.getEncoded());
            nonce =
                    switch (spec) {
                        case GCMParameterSpec gcm -> hex.formatHex(gcm.getIV());
                        case IvParameterSpec iv -> hex.formatHex(iv.getIV());
                        default -> throw new InvalidAlgorithmParameterException(spec.toString());
                    };
        }

        @Override
        protected void engineInit(int mode, Key secret, SecureRandom random)
                throws InvalidKeyException {
            throw new InvalidKeyException("without a nonce");
        }

        @Override
        protected void engineInit(
                int mode, Key secret, AlgorithmParameters parameters, SecureRandom random)
                throws InvalidAlgorithmParameterException {
            throw new InvalidAlgorithmParameterException("by parameters");
        }

        private void note(byte[] input, int offset, int length) {
            if (!encrypting) {
                return;
            }
            boolean fail = watch.mustFail();
            byte[] copy = Arrays.copyOfRange(input, offset, offset + length);
            watch.uses.add(new Use(key, nonce, HexFormat.of().formatHex(copy), !fail));
            if (fail && watch.failure == Failure.UNCHECKED) {
                throw new ProviderException("CKR_DEVICE_ERROR");
            }
        }

        private boolean failed() {
            return encrypting && !watch.uses.isEmpty() && !watch.uses.getLast().done();
        }

        @Override
        protected byte[] engineDoFinal(byte[] input, int offset, int length)
                throws IllegalBlockSizeException, BadPaddingException {
            note(input, offset, length);
            if (failed()) {
                throw new IllegalBlockSizeException("the device is broken");
            }
            return real.doFinal(input, offset, length);
        }

        @Override
        protected int engineDoFinal(
                byte[] input, int offset, int length, byte[] output, int outputOffset)
                throws ShortBufferException, IllegalBlockSizeException, BadPaddingException {
            note(input, offset, length);
            if (failed()) {
                // Half a record is there, as from a device that was pulled out.
                Arrays.fill(output, outputOffset, outputOffset + length / 2, (byte) 0x5A);
                throw new IllegalBlockSizeException("the device is broken");
            }
            return real.doFinal(input, offset, length, output, outputOffset);
        }

        @Override
        protected void engineUpdateAAD(byte[] data, int offset, int length) {
            real.updateAAD(data, offset, length);
        }

        @Override
        protected byte[] engineUpdate(byte[] input, int offset, int length) {
            throw new UnsupportedOperationException("in pieces");
        }

        @Override
        protected int engineUpdate(
                byte[] input, int offset, int length, byte[] output, int outputOffset) {
            throw new UnsupportedOperationException("in pieces");
        }

        @Override
        protected void engineSetMode(String mode) throws NoSuchAlgorithmException {
            throw new NoSuchAlgorithmException(mode);
        }

        @Override
        protected void engineSetPadding(String padding) throws NoSuchPaddingException {
            throw new NoSuchPaddingException(padding);
        }

        @Override
        protected int engineGetBlockSize() {
            return real.getBlockSize();
        }

        @Override
        protected int engineGetOutputSize(int length) {
            return real.getOutputSize(length);
        }

        @Override
        protected byte[] engineGetIV() {
            return real.getIV();
        }

        @Override
        protected AlgorithmParameters engineGetParameters() {
            return real.getParameters();
        }
    }

    /** One MAC. */
    private static final class WatchedMac extends MacSpi {
        private final Mac real;

        WatchedMac(String algorithm) throws NoSuchAlgorithmException {
            try {
                this.real = Mac.getInstance(algorithm, "SunJCE");
            } catch (GeneralSecurityException e) {
                throw new NoSuchAlgorithmException(e);
            }
        }

        @Override
        protected int engineGetMacLength() {
            return real.getMacLength();
        }

        @Override
        protected void engineInit(Key key, AlgorithmParameterSpec spec)
                throws InvalidKeyException, InvalidAlgorithmParameterException {
            real.init(key, spec);
        }

        @Override
        protected void engineUpdate(byte input) {
            real.update(input);
        }

        @Override
        protected void engineUpdate(byte[] input, int offset, int length) {
            real.update(input, offset, length);
        }

        @Override
        protected byte[] engineDoFinal() {
            return real.doFinal();
        }

        @Override
        protected void engineReset() {
            real.reset();
        }
    }
}
