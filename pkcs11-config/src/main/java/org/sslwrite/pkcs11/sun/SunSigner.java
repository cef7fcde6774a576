package org.sslwrite.pkcs11.sun;

import org.jspecify.annotations.Nullable;
import org.sslwrite.pkcs11.KeySelector;
import org.sslwrite.pkcs11.TokenException;
import org.sslwrite.pkcs11.TokenSigner;

import java.security.GeneralSecurityException;
import java.security.NoSuchAlgorithmException;
import java.security.ProviderException;
import java.security.Signature;
import java.security.spec.AlgorithmParameterSpec;

/** Signs through whatever provider is the present one. */
final class SunSigner implements TokenSigner {
    private final SunPkcs11 token;
    private final KeySelector selector;

    SunSigner(SunPkcs11 token, KeySelector selector) {
        this.token = token;
        this.selector = selector;
    }

    @Override
    public byte[] sign(
            String algorithm, @Nullable AlgorithmParameterSpec parameters, byte[] message)
            throws TokenException {
        return token.withOpening(
                "signing with the " + selector,
                opening -> sign(opening, algorithm, parameters, message));
    }

    private byte[] sign(
            SunOpening opening,
            String algorithm,
            @Nullable AlgorithmParameterSpec parameters,
            byte[] message)
            throws TokenException {
        try {
            Signature signature = Signature.getInstance(algorithm, opening.provider());
            signature.initSign(token.key(opening, selector));
            if (parameters != null) {
                signature.setParameter(parameters);
            }
            signature.update(message);
            return signature.sign();
        } catch (NoSuchAlgorithmException e) {
            throw failure("the token cannot sign with " + algorithm, e);
        } catch (GeneralSecurityException | ProviderException e) {
            throw failure(algorithm + ": " + SunErrors.describe(e), e);
        }
    }

    private TokenException failure(String what, Exception cause) {
        return new TokenException(
                token.name() + ": signing with the " + selector + ": " + what, cause);
    }
}
