package org.sslwrite.seal.token;

import org.sslwrite.pkcs11.TokenException;

/** A token says that it has computed, and has written nothing: in place, that is the plaintext. */
final class IdleTokenException extends TokenException {
    private static final long serialVersionUID = 1L;

    IdleTokenException(String token) {
        super(token + ": it says that it has computed, but has written nothing");
    }

    @Override
    public boolean incapable() {
        return true;
    }
}
