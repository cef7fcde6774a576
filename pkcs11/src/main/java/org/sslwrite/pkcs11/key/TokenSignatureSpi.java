package org.sslwrite.pkcs11.key;

import org.jspecify.annotations.Nullable;
import org.sslwrite.pkcs11.TokenException;

import java.io.ByteArrayOutputStream;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.InvalidAlgorithmParameterException;
import java.security.InvalidKeyException;
import java.security.InvalidParameterException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SignatureException;
import java.security.SignatureSpi;
import java.security.spec.AlgorithmParameterSpec;
import java.security.spec.PSSParameterSpec;

/** Collects the message and lets the token's key sign it. */
final class TokenSignatureSpi extends SignatureSpi {
    private final String algorithm;
    private final ByteArrayOutputStream message = new ByteArrayOutputStream();
    private @Nullable TokenPrivateKey key;
    private @Nullable PSSParameterSpec parameters;

    TokenSignatureSpi(String algorithm) {
        this.algorithm = algorithm;
    }

    @Override
    protected void engineInitSign(PrivateKey privateKey) throws InvalidKeyException {
        key = null;
        message.reset();
        if (!(privateKey instanceof TokenPrivateKey tokenKey)) {
            throw new InvalidKeyException("only keys in PKCS#11 tokens can be used here");
        }
        String wanted = algorithm.endsWith("ECDSA") ? "EC" : "RSA";
        if (!tokenKey.getAlgorithm().equals(wanted)) {
            throw new InvalidKeyException(algorithm + " needs a key of the kind " + wanted);
        }
        key = tokenKey;
    }

    @Override
    protected void engineInitVerify(PublicKey publicKey) throws InvalidKeyException {
        throw new InvalidKeyException("signatures are verified by another provider");
    }

    @Override
    protected void engineUpdate(byte b) {
        message.write(b);
    }

    @Override
    protected void engineUpdate(byte[] bytes, int offset, int length) {
        message.write(bytes, offset, length);
    }

    @Override
    protected byte[] engineSign() throws SignatureException {
        byte[] collected = message.toByteArray();
        message.reset();
        if (key == null) {
            throw new SignatureException("not initialised for signing");
        }
        if (algorithm.equals("RSASSA-PSS") && parameters == null) {
            throw new SignatureException("RSASSA-PSS needs parameters: call setParameter");
        }
        try {
            return key.signer().sign(algorithm, parameters, collected);
        } catch (TokenException e) {
            throw new SignatureException(e.getMessage(), e);
        }
    }

    @Override
    protected boolean engineVerify(byte[] signature) throws SignatureException {
        throw new SignatureException("signatures are verified by another provider");
    }

    @Override
    protected void engineSetParameter(@Nullable AlgorithmParameterSpec spec)
            throws InvalidAlgorithmParameterException {
        if (!algorithm.equals("RSASSA-PSS")) {
            if (spec != null) {
                throw new InvalidAlgorithmParameterException(algorithm + " has no parameters");
            }
            return;
        }
        if (!(spec instanceof PSSParameterSpec pss)) {
            throw new InvalidAlgorithmParameterException("RSASSA-PSS needs a PSSParameterSpec");
        }
        parameters = pss;
    }

    @Override
    protected @Nullable AlgorithmParameters engineGetParameters() {
        if (parameters == null) {
            return null;
        }
        try {
            AlgorithmParameters encoded = AlgorithmParameters.getInstance("RSASSA-PSS");
            encoded.init(parameters);
            return encoded;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e); // the JDK has them
        }
    }

    @Override
    @Deprecated
    protected void engineSetParameter(String name, Object value) {
        throw new InvalidParameterException("no parameter " + name);
    }

    @Override
    @Deprecated
    protected Object engineGetParameter(String name) {
        throw new InvalidParameterException("no parameter " + name);
    }
}
