package org.sslwrite.pkcs11;

import org.jspecify.annotations.Nullable;

import java.io.NotSerializableException;
import java.io.ObjectOutputStream;
import java.security.PrivateKey;

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
