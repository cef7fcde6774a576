package org.sslwrite.handshake;

import org.bouncycastle.jcajce.util.DefaultJcaJceHelper;
import org.bouncycastle.jcajce.util.ProviderJcaJceHelper;
import org.jspecify.annotations.Nullable;

import java.security.AlgorithmParameters;
import java.security.KeyFactory;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.Provider;
import java.security.Security;
import java.security.Signature;

import javax.crypto.Cipher;
import javax.crypto.KeyAgreement;
import javax.crypto.KeyGenerator;
import javax.crypto.Mac;
import javax.crypto.NoSuchPaddingException;

/**
 * Asks the platform's providers first, for their intrinsics, and a Bouncy Castle provider that is
 * registered nowhere second, for what only it knows: bctls asks for Poly1305 by Bouncy Castle's
 * names.
 */
final class JdkFirstHelper extends DefaultJcaJceHelper {
    private final ProviderJcaJceHelper second;

    JdkFirstHelper(Provider bouncyCastle) {
        this.second = new ProviderJcaJceHelper(bouncyCastle);
    }

    private interface Source<T> {
        T get() throws NoSuchAlgorithmException;
    }

    private static <T> T either(Source<T> first, Source<T> second) throws NoSuchAlgorithmException {
        try {
            return first.get();
        } catch (NoSuchAlgorithmException e) {
            return second.get();
        }
    }

    @Override
    public Cipher createCipher(String algorithm)
            throws NoSuchAlgorithmException, NoSuchPaddingException {
        try {
            Provider first = firstWithCipher(algorithm);
            // One that was not named keeps, for as long as it lives, every other that it might be.
            return first != null && first.getName().equals("SunJCE")
                    ? Cipher.getInstance(algorithm, first)
                    : super.createCipher(algorithm);
        } catch (NoSuchAlgorithmException | NoSuchPaddingException e) {
            return second.createCipher(algorithm);
        }
    }

    private static @Nullable Provider firstWithCipher(String transformation) {
        int slash = transformation.indexOf('/');
        String algorithm = slash < 0 ? transformation : transformation.substring(0, slash);
        for (Provider provider : Security.getProviders()) {
            if (provider.getService("Cipher", transformation) != null
                    || provider.getService("Cipher", algorithm) != null) {
                return provider;
            }
        }
        return null;
    }

    @Override
    public Mac createMac(String algorithm) throws NoSuchAlgorithmException {
        return either(() -> super.createMac(algorithm), () -> second.createMac(algorithm));
    }

    @Override
    public KeyAgreement createKeyAgreement(String algorithm) throws NoSuchAlgorithmException {
        return either(
                () -> super.createKeyAgreement(algorithm),
                () -> second.createKeyAgreement(algorithm));
    }

    @Override
    public AlgorithmParameters createAlgorithmParameters(String algorithm)
            throws NoSuchAlgorithmException {
        return either(
                () -> super.createAlgorithmParameters(algorithm),
                () -> second.createAlgorithmParameters(algorithm));
    }

    @Override
    public KeyGenerator createKeyGenerator(String algorithm) throws NoSuchAlgorithmException {
        return either(
                () -> super.createKeyGenerator(algorithm),
                () -> second.createKeyGenerator(algorithm));
    }

    @Override
    public KeyFactory createKeyFactory(String algorithm) throws NoSuchAlgorithmException {
        return either(
                () -> super.createKeyFactory(algorithm), () -> second.createKeyFactory(algorithm));
    }

    @Override
    public KeyPairGenerator createKeyPairGenerator(String algorithm)
            throws NoSuchAlgorithmException {
        return either(
                () -> super.createKeyPairGenerator(algorithm),
                () -> second.createKeyPairGenerator(algorithm));
    }

    @Override
    public MessageDigest createMessageDigest(String algorithm) throws NoSuchAlgorithmException {
        return either(
                () -> super.createMessageDigest(algorithm),
                () -> second.createMessageDigest(algorithm));
    }

    @Override
    public Signature createSignature(String algorithm) throws NoSuchAlgorithmException {
        return either(
                () -> super.createSignature(algorithm), () -> second.createSignature(algorithm));
    }
}
