package org.sslwrite.pkcs11.key;

import org.jspecify.annotations.Nullable;
import org.sslwrite.pkcs11.TokenException;

import java.io.NotSerializableException;
import java.io.ObjectOutputStream;
import java.security.PrivateKey;
import java.security.spec.AlgorithmParameterSpec;

/**
 * A handle to a private key that never leaves its token; sign with {@link TokenSignatures}. Has no
 * encoding and cannot be serialised.
 */
public final class TokenPrivateKey implements PrivateKey {
    private static final long serialVersionUID = 1L;

    private final String algorithm;
    private final String description;
    private final transient TokenSigner signer;

    /**
     * @param algorithm RSA or EC
     * @param description names token and key, for people
     */
    public TokenPrivateKey(String algorithm, String description, TokenSigner signer) {
        this.algorithm = algorithm;
        this.description = description;
        this.signer = signer;
    }

    /**
     * Names what the token is asked for, for a signature by this key: algorithms of which it is the
     * same work all, or none of them does.
     *
     * @param algorithm the JCA's name: SHA256withRSA, RSASSA-PSS, SHA256withECDSA and so on
     * @param parameters of RSASSA-PSS; otherwise null
     */
    public String signatureForm(String algorithm, @Nullable AlgorithmParameterSpec parameters)
            throws TokenException {
        return signer.form(algorithm, parameters);
    }

    TokenSigner signer() {
        return signer;
    }

    @Override
    public String getAlgorithm() {
        return algorithm;
    }

    @Override
    public @Nullable String getFormat() {
        return null;
    }

    @Override
    public byte @Nullable [] getEncoded() {
        return null;
    }

    @Override
    public String toString() {
        return description;
    }

    private void writeObject(ObjectOutputStream out) throws NotSerializableException {
        throw new NotSerializableException("a key in a token cannot be serialised");
    }
}
