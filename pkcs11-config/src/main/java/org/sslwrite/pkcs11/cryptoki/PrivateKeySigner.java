package org.sslwrite.pkcs11.cryptoki;

import org.jspecify.annotations.Nullable;
import org.sslwrite.pkcs11.KeySelector;
import org.sslwrite.pkcs11.Pin;
import org.sslwrite.pkcs11.TokenException;
import org.sslwrite.pkcs11.TokenSigner;

import java.security.spec.AlgorithmParameterSpec;

/**
 * Signs with a key that is looked up again in each incarnation of its token. If the incarnation
 * dies of it, the next one signs: to sign the same twice does no harm.
 */
final class PrivateKeySigner implements TokenSigner {
    private final TokenConnection connection;
    private final KeySelector selector;
    private volatile PrivateKeyHandle key;

    PrivateKeySigner(TokenConnection connection, KeySelector selector, PrivateKeyHandle key) {
        this.connection = connection;
        this.selector = selector;
        this.key = key;
    }

    @Override
    public byte[] sign(
            String algorithm, @Nullable AlgorithmParameterSpec parameters, byte[] message)
            throws TokenException {
        SignatureForm form = SignatureForm.of(algorithm, parameters);
        return connection.with(token -> sign(form, keyIn(token), message));
    }

    private PrivateKeyHandle keyIn(CryptokiToken token) throws TokenException {
        PrivateKeyHandle known = key;
        if (known.token() != token) {
            known = token.privateKey(selector);
            if (!known.algorithm().equals(key.algorithm())) {
                throw new TokenException(
                        token.name() + ": " + selector + " is another key than it was before");
            }
            key = known;
        }
        return known;
    }

    private byte[] sign(SignatureForm form, PrivateKeyHandle key, byte[] message)
            throws TokenException {
        CryptokiToken token = key.token();
        if (!form.keyAlgorithm().equals(key.algorithm())) {
            throw new TokenException(
                    token.name()
                            + ": "
                            + key.describe()
                            + " is not of the kind "
                            + form.keyAlgorithm());
        }
        if (!key.alwaysAuthenticate()) {
            return new SigningCall(token, form, key).run(message, null);
        }
        try (Pin pin = connection.pinForOneSignature()) {
            return new SigningCall(token, form, key).run(message, pin.utf8());
        }
    }
}
