package org.sslwrite.pkcs11.sun;

import org.jspecify.annotations.Nullable;
import org.sslwrite.pkcs11.TokenException;
import org.sslwrite.pkcs11.key.IncapableException;
import org.sslwrite.pkcs11.key.MechanismChoice;
import org.sslwrite.pkcs11.key.RsaEncoding;
import org.sslwrite.pkcs11.key.SignatureHash;

import java.security.GeneralSecurityException;
import java.security.InvalidAlgorithmParameterException;
import java.security.Provider;
import java.security.ProviderException;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.interfaces.RSAKey;
import java.security.spec.AlgorithmParameterSpec;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

import javax.crypto.Cipher;

/**
 * The ways in which SunPKCS11 can make a signature. Those that it has for an algorithm may not
 * work: it wants the token to have the hash too (CKM_SHA256) before it gives RSASSA-PSS to it,
 * which the database of NSS has not. So the hash, and at last the padding, are made here.
 */
final class SunSignatures {
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final String RAW_RSA = "RSA/ECB/NoPadding";

    private final String what;
    private final Provider provider;
    private final SunKey key;

    /**
     * @param what is being done, for messages
     */
    SunSignatures(String what, Provider provider, SunKey key) {
        this.what = what;
        this.provider = provider;
        this.key = key;
    }

    /** Those that make the same signature, the best first. */
    List<Way> making(String algorithm, @Nullable AlgorithmParameterSpec parameters)
            throws TokenException {
        if (parameters instanceof PSSParameterSpec pss) {
            return pss(pss);
        }
        List<Way> ways = new ArrayList<>();
        ways.add(signature(algorithm, null, message -> message));
        String name = algorithm.toUpperCase(Locale.ROOT);
        if (name.endsWith("WITHECDSA")) {
            SignatureHash hash = SignatureHash.of(name.substring(0, name.indexOf("WITH")));
            ways.add(signature("NONEwithECDSA", null, hash::of));
        } else if (name.endsWith("WITHRSA")) {
            SignatureHash hash = SignatureHash.of(name.substring(0, name.indexOf("WITH")));
            ways.add(signature("NONEwithRSA", null, message -> hash.digestInfo(hash.of(message))));
            ways.add(
                    raw(
                            (message, bits) ->
                                    RsaEncoding.pkcs1(hash.digestInfo(hash.of(message)), bits)));
        }
        return ways;
    }

    private List<Way> pss(PSSParameterSpec pss) throws TokenException {
        List<Way> ways = new ArrayList<>();
        ways.add(signature("RSASSA-PSS", pss, message -> message));
        SignatureHash hash = SignatureHash.of(pss.getDigestAlgorithm());
        if (pss.getMGFParameters() instanceof MGF1ParameterSpec mgf) {
            if (mgf.getDigestAlgorithm().equals(pss.getDigestAlgorithm())
                    && pss.getSaltLength() == hash.bytes()) {
                // These are its parameters if it is given none, which need no CKM_SHA256.
                ways.add(signature(hash.name() + "withRSASSA-PSS", null, message -> message));
            }
            ways.add(
                    raw(
                            (message, bits) ->
                                    RsaEncoding.pss(
                                            pss.getDigestAlgorithm(),
                                            mgf.getDigestAlgorithm(),
                                            hash.of(message),
                                            salt(pss.getSaltLength()),
                                            bits)));
        }
        return ways;
    }

    private static byte[] salt(int length) {
        byte[] salt = new byte[length];
        RANDOM.nextBytes(salt);
        return salt;
    }

    /** What the provider is given of a message. */
    private interface Input {
        byte[] of(byte[] message);
    }

    private Way signature(
            String algorithm, @Nullable AlgorithmParameterSpec parameters, Input input) {
        String hash = parameters instanceof PSSParameterSpec pss ? pss.getDigestAlgorithm() : null;
        return new Way(
                hash == null ? algorithm : algorithm + " with " + hash,
                provider.getService("Signature", algorithm) != null,
                message -> {
                    Signature signature = Signature.getInstance(algorithm, provider);
                    signature.initSign(key.key());
                    if (parameters != null) {
                        signature.setParameter(parameters);
                    }
                    signature.update(input.of(message));
                    return signature.sign();
                });
    }

    /** What is as long as the modulus, made of a message. */
    private interface Encoding {
        byte[] of(byte[] message, int modulusBits);
    }

    /** "Encrypting" with a private key is CKM_RSA_X_509 by C_Sign. */
    private Way raw(Encoding encoding) {
        return new Way(
                RAW_RSA,
                provider.getService("Cipher", RAW_RSA) != null,
                message -> {
                    int bits = ((RSAKey) key.certificate().getPublicKey()).getModulus().bitLength();
                    Cipher cipher = Cipher.getInstance(RAW_RSA, provider);
                    cipher.init(Cipher.ENCRYPT_MODE, key.key());
                    return cipher.doFinal(encoding.of(message, bits));
                });
    }

    private interface Work {
        byte[] on(byte[] message) throws GeneralSecurityException;
    }

    /** One of them. */
    final class Way implements MechanismChoice.Mechanism {
        private final String name;
        private final boolean listed;
        private final Work work;

        private Way(String name, boolean listed, Work work) {
            this.name = name;
            this.listed = listed;
            this.work = work;
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public boolean isListed() {
            return listed;
        }

        @Override
        public byte[] sign(byte[] message) throws TokenException {
            try {
                return work.on(message);
            } catch (GeneralSecurityException | ProviderException e) {
                String text = what + ": " + name + ": " + SunErrors.describe(e);
                throw isIncapable(e)
                        ? new IncapableException(text, e)
                        : new TokenException(text, e);
            }
        }

        private static boolean isIncapable(Exception e) {
            return SunErrors.isIncapability(e)
                    || (SunErrors.code(e) == null
                            && e instanceof InvalidAlgorithmParameterException);
        }
    }
}
