package org.sslwrite.pkcs11.cryptoki;

import org.jspecify.annotations.Nullable;
import org.sslwrite.pkcs11.TokenException;

/** A trial showed that the token cannot do what is asked. */
final class IncapableException extends TokenException {
    private static final long serialVersionUID = 1L;

    IncapableException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    @Override
    public boolean incapable() {
        return true;
    }
}
