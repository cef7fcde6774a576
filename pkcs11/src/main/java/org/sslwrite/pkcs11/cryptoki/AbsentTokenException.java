package org.sslwrite.pkcs11.cryptoki;

import org.sslwrite.pkcs11.TokenException;

/** No slot of the module has the token that is meant. */
final class AbsentTokenException extends TokenException {
    private static final long serialVersionUID = 1L;

    AbsentTokenException(String message) {
        super(message);
    }
}
