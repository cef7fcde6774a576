package org.sslwrite.pkcs11.key;

import org.jspecify.annotations.Nullable;
import org.sslwrite.pkcs11.TokenException;

/** A trial showed that the token cannot do what is asked. */
public final class IncapableException extends TokenException {
    private static final long serialVersionUID = 1L;

    /** Says what cannot be done, by which token. */
    public IncapableException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    @Override
    public boolean incapable() {
        return true;
    }
}
