package org.sslwrite.seal.jca;

import java.security.AlgorithmParameters;
import java.security.InvalidAlgorithmParameterException;
import java.security.InvalidKeyException;
import java.security.Key;
import java.security.NoSuchAlgorithmException;
import java.security.Provider;
import java.security.ProviderException;
import java.security.SecureRandom;
import java.security.Security;
import java.security.spec.AlgorithmParameterSpec;
import java.util.List;

import javax.crypto.BadPaddingException;
import javax.crypto.Cipher;
import javax.crypto.CipherSpi;
import javax.crypto.IllegalBlockSizeException;
import javax.crypto.Mac;
import javax.crypto.MacSpi;
import javax.crypto.NoSuchPaddingException;
import javax.crypto.ShortBufferException;

/**
 * A mock: a provider that is SunJCE with one fault, because a broken provider cannot be had on
 * demand.
 */
final class FaultyProvider extends Provider {
    private static final long serialVersionUID = 1L;

    /** What is wrong with the provider. */
    enum Fault {
        NONE,
        /** One bit in the first byte of each output. */
        WRONG_FIRST_BYTE,
        /** One bit in the last byte of each output: of the tag, of the MAC. */
        WRONG_LAST_BYTE,
        /** The nonce or IV behind the output; of a MAC, which has none: a byte too few. */
        APPENDS_IV,
        /** Only the first 16 bytes of the input count. */
        DROPS_DATA,
        /** Additional data does not count. */
        FORGETS_AAD,
        /** The second record of a {@code Cipher} or {@code Mac} is wrong. */
        WRONG_WHEN_USED_AGAIN,
        /** No key is good enough. */
        REFUSES_KEYS,
        /** A cipher or MAC is promised and cannot be had. */
        NO_NATIVE_LIBRARY
    }

    private final transient Fault fault;
    private transient int failures;

    FaultyProvider(Fault fault) {
        super("Faulty", "1", "SunJCE with the fault " + fault);
        this.fault = fault;
        for (String cipher :
                List.of("AES/GCM/NoPadding", "AES/CBC/NoPadding", "ChaCha20-Poly1305")) {
            putService(new Promise(this, "Cipher", cipher));
        }
        for (String mac : List.of("HmacSHA1", "HmacSHA256", "HmacSHA384")) {
            putService(new Promise(this, "Mac", mac));
        }
    }

    /** Forgets that it has such a cipher or MAC. */
    FaultyProvider without(String type, String algorithm) {
        removeService(getService(type, algorithm));
        return this;
    }

    /** The next {@code doFinal}, of whatever cipher or MAC, does half of its work and fails. */
    void failNext() {
        failures = 1;
    }

    private void failIfDue() {
        if (failures > 0) {
            failures--;
            throw new ProviderException("unplugged");
        }
    }

    private static final class Promise extends Service {
        private final FaultyProvider provider;

        Promise(FaultyProvider provider, String type, String algorithm) {
            super(provider, type, algorithm, "none", null, null);
            this.provider = provider;
        }

        @Override
        public Object newInstance(Object parameter) throws NoSuchAlgorithmException {
            if (provider.fault == Fault.NO_NATIVE_LIBRARY) {
                throw new UnsatisfiedLinkError("no faulty in java.library.path");
            }
            Provider sound = Security.getProvider("SunJCE");
            try {
                return getType().equals("Mac")
                        ? new FaultyMac(provider, Mac.getInstance(getAlgorithm(), sound))
                        : new FaultyCipher(provider, Cipher.getInstance(getAlgorithm(), sound));
            } catch (NoSuchPaddingException e) {
                throw new NoSuchAlgorithmException(e);
            }
        }
    }

    private static final class FaultyCipher extends CipherSpi {
        private final FaultyProvider provider;
        private final Fault fault;
        private final Cipher sound;
        private int records;

        FaultyCipher(FaultyProvider provider, Cipher sound) {
            this.provider = provider;
            this.fault = provider.fault;
            this.sound = sound;
        }

        @Override
        protected void engineInit(
                int mode, Key key, AlgorithmParameterSpec spec, SecureRandom random)
                throws InvalidKeyException, InvalidAlgorithmParameterException {
            if (fault == Fault.REFUSES_KEYS) {
                throw new InvalidKeyException("illegal key size");
            }
            sound.init(mode, key, spec);
        }

        @Override
        protected void engineUpdateAAD(byte[] src, int offset, int length) {
            if (fault != Fault.FORGETS_AAD) {
                sound.updateAAD(src, offset, length);
            }
        }

        @Override
        protected int engineDoFinal(
                byte[] in, int inOffset, int inLength, byte[] out, int outOffset)
                throws ShortBufferException, IllegalBlockSizeException, BadPaddingException {
            int used = fault == Fault.DROPS_DATA ? Math.min(16, inLength) : inLength;
            int n = sound.doFinal(in, inOffset, used, out, outOffset);
            provider.failIfDue();
            switch (fault) {
                case WRONG_FIRST_BYTE -> out[outOffset] ^= 1;
                case WRONG_LAST_BYTE -> out[outOffset + n - 1] ^= 1;
                case WRONG_WHEN_USED_AGAIN -> out[outOffset] ^= (byte) records++;
                case APPENDS_IV -> {
                    byte[] iv = sound.getIV();
                    System.arraycopy(iv, 0, out, outOffset + n, iv.length);
                    n += iv.length;
                }
                default -> {}
            }
            return n;
        }

        @Override
        protected byte[] engineDoFinal(byte[] in, int inOffset, int inLength) {
            throw new UnsupportedOperationException("the sealers seal into an array of their own");
        }

        @Override
        protected byte[] engineUpdate(byte[] in, int inOffset, int inLength) {
            throw new UnsupportedOperationException("the sealers seal with one doFinal");
        }

        @Override
        protected int engineUpdate(
                byte[] in, int inOffset, int inLength, byte[] out, int outOffset) {
            throw new UnsupportedOperationException("the sealers seal with one doFinal");
        }

        @Override
        protected void engineInit(int mode, Key key, SecureRandom random) {
            throw new UnsupportedOperationException("the sealers choose the nonce");
        }

        @Override
        protected void engineInit(
                int mode, Key key, AlgorithmParameters parameters, SecureRandom random) {
            throw new UnsupportedOperationException("the sealers use a parameter spec");
        }

        @Override
        protected void engineSetMode(String mode) {}

        @Override
        protected void engineSetPadding(String padding) {}

        @Override
        protected int engineGetBlockSize() {
            return sound.getBlockSize();
        }

        @Override
        protected int engineGetOutputSize(int inputLength) {
            return sound.getOutputSize(inputLength);
        }

        @Override
        protected byte[] engineGetIV() {
            return sound.getIV();
        }

        @Override
        protected AlgorithmParameters engineGetParameters() {
            return sound.getParameters();
        }
    }

    private static final class FaultyMac extends MacSpi {
        private final FaultyProvider provider;
        private final Fault fault;
        private final Mac sound;
        private int records;

        FaultyMac(FaultyProvider provider, Mac sound) {
            this.provider = provider;
            this.fault = provider.fault;
            this.sound = sound;
        }

        @Override
        protected void engineInit(Key key, AlgorithmParameterSpec spec) throws InvalidKeyException {
            if (fault == Fault.REFUSES_KEYS) {
                throw new InvalidKeyException("illegal key size");
            }
            sound.init(key);
        }

        @Override
        protected void engineUpdate(byte[] input, int offset, int length) {
            sound.update(input, offset, fault == Fault.DROPS_DATA ? length / 2 : length);
        }

        @Override
        protected void engineUpdate(byte input) {
            sound.update(input);
        }

        @Override
        protected byte[] engineDoFinal() {
            // Before sound.doFinal(): what was updated stays in it, as in a real failure.
            provider.failIfDue();
            byte[] mac = sound.doFinal();
            switch (fault) {
                case WRONG_FIRST_BYTE -> mac[0] ^= 1;
                case WRONG_LAST_BYTE -> mac[mac.length - 1] ^= 1;
                case WRONG_WHEN_USED_AGAIN -> mac[0] ^= (byte) records++;
                default -> {}
            }
            return mac;
        }

        @Override
        protected int engineGetMacLength() {
            return fault == Fault.APPENDS_IV ? sound.getMacLength() - 1 : sound.getMacLength();
        }

        @Override
        protected void engineReset() {
            sound.reset();
        }
    }
}
