package org.sslwrite.pkcs11.cryptoki;

import org.jspecify.annotations.Nullable;
import org.sslwrite.pkcs11.KeySelector;
import org.sslwrite.pkcs11.TokenException;
import org.sslwrite.pkcs11.key.MechanismChoice;
import org.sslwrite.pkcs11.key.TokenSigner;
import org.sslwrite.pkcs11.pin.Pin;

import java.security.spec.AlgorithmParameterSpec;
import java.util.ArrayList;
import java.util.List;

/**
 * Signs with a key that is looked up again in each incarnation of its token. If the incarnation
 * dies of it, the next one signs: to sign the same twice does no harm.
 */
final class PrivateKeySigner implements TokenSigner {
    private final TokenConnection connection;
    private final KeySelector selector;
    private final MechanismChoice choice;
    private volatile PrivateKeyHandle key;

    PrivateKeySigner(TokenConnection connection, KeySelector selector, PrivateKeyHandle key) {
        this.connection = connection;
        this.selector = selector;
        this.choice = new MechanismChoice(key.token().name() + ": " + selector);
        this.key = key;
    }

    @Override
    public byte[] sign(
            String algorithm, @Nullable AlgorithmParameterSpec parameters, byte[] message)
            throws TokenException {
        List<SignatureForm> forms = SignatureForm.of(algorithm, parameters);
        return connection.with(token -> choice.sign(mechanisms(forms, keyIn(token)), message));
    }

    @Override
    public String form(String algorithm, @Nullable AlgorithmParameterSpec parameters)
            throws TokenException {
        List<SignatureForm> forms = SignatureForm.of(algorithm, parameters);
        return connection.with(token -> choice.first(mechanisms(forms, keyIn(token))));
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

    private List<Way> mechanisms(List<SignatureForm> forms, PrivateKeyHandle key)
            throws TokenException {
        List<Way> mechanisms = new ArrayList<>();
        for (SignatureForm form : forms) {
            if (!form.keyAlgorithm().equals(key.algorithm())) {
                throw new TokenException(
                        key.token().name()
                                + ": "
                                + key.describe()
                                + " is not of the kind "
                                + form.keyAlgorithm());
            }
            mechanisms.add(new Way(form, key));
        }
        return mechanisms;
    }

    /** A mechanism with the key. */
    private final class Way implements MechanismChoice.Mechanism {
        private final SignatureForm form;
        private final PrivateKeyHandle key;

        Way(SignatureForm form, PrivateKeyHandle key) {
            this.form = form;
            this.key = key;
        }

        @Override
        public String name() {
            return form.name(key);
        }

        @Override
        public boolean isListed() throws TokenException {
            return form.suits(key) && key.token().signsBy(form.mechanism());
        }

        @Override
        public byte[] sign(byte[] message) throws TokenException {
            if (!key.alwaysAuthenticate()) {
                return new SigningCall(key.token(), form, key).run(message, null);
            }
            try (Pin pin = connection.pinForOneSignature()) {
                return new SigningCall(key.token(), form, key).run(message, pin.utf8());
            }
        }
    }
}
