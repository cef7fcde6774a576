package org.sslwrite.pkcs11.sun;

import org.jspecify.annotations.Nullable;
import org.sslwrite.pkcs11.KeySelector;
import org.sslwrite.pkcs11.TokenException;
import org.sslwrite.pkcs11.key.MechanismChoice;
import org.sslwrite.pkcs11.key.TokenSigner;

import java.security.spec.AlgorithmParameterSpec;

/** Signs through whatever provider is the present one. */
final class SunSigner implements TokenSigner {
    private final SunPkcs11 token;
    private final KeySelector selector;
    private final MechanismChoice choice;

    SunSigner(SunPkcs11 token, KeySelector selector) {
        this.token = token;
        this.selector = selector;
        this.choice = new MechanismChoice(token.name() + ": signing with the " + selector);
    }

    @Override
    public byte[] sign(
            String algorithm, @Nullable AlgorithmParameterSpec parameters, byte[] message)
            throws TokenException {
        return token.withOpening(
                "signing with the " + selector,
                opening -> choice.sign(signatures(opening).making(algorithm, parameters), message));
    }

    @Override
    public String form(String algorithm, @Nullable AlgorithmParameterSpec parameters)
            throws TokenException {
        return token.withOpening(
                "choosing a signature by the " + selector,
                opening -> choice.first(signatures(opening).making(algorithm, parameters)));
    }

    private SunSignatures signatures(SunProviderSession opening) throws TokenException {
        return new SunSignatures(
                token.name() + ": signing with the " + selector,
                opening.provider(),
                token.key(opening, selector));
    }
}
