package org.sslwrite.pkcs11.probe;

import org.sslwrite.pkcs11.TokenEngine;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.Provider;
import java.security.ProviderException;
import java.security.spec.AlgorithmParameterSpec;

import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.SecretKey;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/** A token through the JDK's SunPKCS11 provider. */
final class SunRoute implements Route {
    /** More than any token should add to its input. */
    private static final int ROOM = 256;

    private final Provider provider;

    SunRoute(Provider provider) {
        this.provider = provider;
    }

    @Override
    public TokenEngine engine() {
        return TokenEngine.SUNPKCS11;
    }

    @Override
    public boolean lists(Feature feature) {
        String type = Jdk.isMac(feature) ? "Mac" : "Cipher";
        return provider.getService(type, Jdk.algorithm(feature)) != null;
    }

    @Override
    public Sealed aead(
            Feature feature,
            byte[] key,
            byte[] nonce,
            byte[] aad,
            byte[] plaintext,
            boolean inPlace)
            throws Refusal {
        AlgorithmParameterSpec parameters =
                feature == Feature.CHACHA20_POLY1305
                        ? new IvParameterSpec(nonce)
                        : new GCMParameterSpec(128, nonce);
        byte[] sealed = encrypt(feature, key, parameters, aad, plaintext, inPlace);
        return new Sealed(sealed, nonce);
    }

    @Override
    public byte[] cbc(Feature feature, byte[] key, byte[] iv, byte[] plaintext, boolean inPlace)
            throws Refusal {
        return encrypt(feature, key, new IvParameterSpec(iv), new byte[0], plaintext, inPlace);
    }

    private byte[] encrypt(
            Feature feature,
            byte[] key,
            AlgorithmParameterSpec parameters,
            byte[] aad,
            byte[] plaintext,
            boolean inPlace)
            throws Refusal {
        try {
            Cipher cipher = Cipher.getInstance(Jdk.algorithm(feature), provider);
            cipher.init(Cipher.ENCRYPT_MODE, imported(Jdk.keyAlgorithm(feature), key), parameters);
            if (aad.length > 0) {
                cipher.updateAAD(aad);
            }
            ByteBuffer in = ByteBuffer.allocateDirect(plaintext.length + ROOM);
            ByteBuffer out = inPlace ? in.duplicate() : ByteBuffer.allocateDirect(in.capacity());
            in.put(plaintext).flip();
            // One doFinal: SunPKCS11 loses what an update has collected.
            cipher.doFinal(in, out);
            byte[] bytes = new byte[out.flip().remaining()];
            out.get(bytes);
            return bytes;
        } catch (GeneralSecurityException | RuntimeException e) {
            throw refusal(e);
        }
    }

    @Override
    public byte[] hmac(Feature feature, byte[] key, byte[] message) throws Refusal {
        try {
            Mac mac = Mac.getInstance(Jdk.algorithm(feature), provider);
            mac.init(new SecretKeySpec(key, Jdk.keyAlgorithm(feature)));
            mac.update(ByteBuffer.allocateDirect(message.length).put(message).flip());
            return mac.doFinal();
        } catch (GeneralSecurityException | RuntimeException e) {
            throw refusal(e);
        }
    }

    /** A handle to the key in the token. */
    private SecretKey imported(String algorithm, byte[] key) throws GeneralSecurityException {
        return SecretKeyFactory.getInstance(algorithm, provider)
                .translateKey(new SecretKeySpec(key, algorithm));
    }

    /** The token's own word, if it is in there: CKR_… is the message of the innermost. */
    private static Refusal refusal(Exception failure) {
        Throwable innermost = failure;
        while (innermost.getCause() != null) {
            innermost = innermost.getCause();
        }
        String said = innermost.getMessage();
        boolean plain =
                innermost instanceof GeneralSecurityException
                        || innermost instanceof ProviderException;
        return new Refusal(plain && said != null ? said : innermost.toString(), failure);
    }
}
