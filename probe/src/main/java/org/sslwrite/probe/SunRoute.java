package org.sslwrite.probe;

import org.sslwrite.pkcs11.TokenException;
import org.sslwrite.pkcs11.TokenRoute;
import org.sslwrite.pkcs11.sun.SunPkcs11;

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

    private static final String LEFT_OPEN = "CKR_OPERATION_ACTIVE";

    private final SunPkcs11 sun;

    SunRoute(SunPkcs11 sun) {
        this.sun = sun;
    }

    /** Something that is done with a provider. */
    @FunctionalInterface
    private interface Work<T> {
        T with(Provider provider) throws GeneralSecurityException;
    }

    /**
     * What fails in SunPKCS11 may leave an operation open in a session that it uses again. That is
     * the earlier trial's fault: this one has another provider then.
     */
    private <T> T tried(Work<T> work) throws TrialFailure {
        Provider provider = provider();
        try {
            return work.with(provider);
        } catch (GeneralSecurityException | RuntimeException e) {
            if (!LEFT_OPEN.equals(SunPkcs11.returnValueIn(e))) {
                throw refusal(e);
            }
        }
        sun.condemn(provider);
        try {
            return work.with(provider());
        } catch (GeneralSecurityException | RuntimeException e) {
            throw refusal(e);
        }
    }

    private Provider provider() throws TrialFailure {
        try {
            return sun.provider();
        } catch (TokenException e) {
            throw new TrialFailure(String.valueOf(e.getMessage()), e);
        }
    }

    @Override
    public TokenRoute engine() {
        return TokenRoute.SUNPKCS11;
    }

    @Override
    public boolean lists(Feature feature) {
        String type = ReferenceCrypto.isMac(feature) ? "Mac" : "Cipher";
        try {
            return provider().getService(type, ReferenceCrypto.algorithm(feature)) != null;
        } catch (TrialFailure e) {
            return false;
        }
    }

    @Override
    public Sealed aead(
            Feature feature,
            byte[] key,
            byte[] nonce,
            byte[] aad,
            byte[] plaintext,
            boolean inPlace)
            throws TrialFailure {
        AlgorithmParameterSpec parameters =
                feature == Feature.CHACHA20_POLY1305
                        ? new IvParameterSpec(nonce)
                        : new GCMParameterSpec(128, nonce);
        byte[] sealed = encrypt(feature, key, parameters, aad, plaintext, inPlace);
        return new Sealed(sealed, nonce);
    }

    @Override
    public byte[] cbc(Feature feature, byte[] key, byte[] iv, byte[] plaintext, boolean inPlace)
            throws TrialFailure {
        return encrypt(feature, key, new IvParameterSpec(iv), new byte[0], plaintext, inPlace);
    }

    private byte[] encrypt(
            Feature feature,
            byte[] key,
            AlgorithmParameterSpec parameters,
            byte[] aad,
            byte[] plaintext,
            boolean inPlace)
            throws TrialFailure {
        return tried(
                provider -> {
                    Cipher cipher =
                            Cipher.getInstance(ReferenceCrypto.algorithm(feature), provider);
                    SecretKey imported =
                            imported(provider, ReferenceCrypto.keyAlgorithm(feature), key);
                    cipher.init(Cipher.ENCRYPT_MODE, imported, parameters);
                    if (aad.length > 0) {
                        cipher.updateAAD(aad);
                    }
                    return finished(cipher, plaintext, inPlace);
                });
    }

    private static byte[] finished(Cipher cipher, byte[] plaintext, boolean inPlace)
            throws GeneralSecurityException {
        ByteBuffer in = ByteBuffer.allocateDirect(plaintext.length + ROOM);
        ByteBuffer out = inPlace ? in.duplicate() : ByteBuffer.allocateDirect(in.capacity());
        in.put(plaintext).flip();
        // One doFinal: SunPKCS11 loses what an update has collected.
        cipher.doFinal(in, out);
        byte[] bytes = new byte[out.flip().remaining()];
        out.get(bytes);
        return bytes;
    }

    @Override
    public byte[] hmac(Feature feature, byte[] key, byte[] message) throws TrialFailure {
        return tried(
                provider -> {
                    Mac mac = Mac.getInstance(ReferenceCrypto.algorithm(feature), provider);
                    mac.init(new SecretKeySpec(key, ReferenceCrypto.keyAlgorithm(feature)));
                    mac.update(ByteBuffer.allocateDirect(message.length).put(message).flip());
                    return mac.doFinal();
                });
    }

    /** A handle to the key in the token. */
    private static SecretKey imported(Provider provider, String algorithm, byte[] key)
            throws GeneralSecurityException {
        return SecretKeyFactory.getInstance(algorithm, provider)
                .translateKey(new SecretKeySpec(key, algorithm));
    }

    /** The token's own word, if it is in there: CKR_… is the message of the innermost. */
    private static TrialFailure refusal(Exception failure) {
        Throwable innermost = failure;
        while (innermost.getCause() != null) {
            innermost = innermost.getCause();
        }
        String said = innermost.getMessage();
        boolean plain =
                innermost instanceof GeneralSecurityException
                        || innermost instanceof ProviderException;
        return new TrialFailure(plain && said != null ? said : innermost.toString(), failure);
    }
}
