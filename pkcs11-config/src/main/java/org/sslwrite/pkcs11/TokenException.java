package org.sslwrite.pkcs11;

import org.jspecify.annotations.Nullable;

/**
 * A token, or its module, cannot do what was asked. The message names the token and says what to
 * do; it never holds a PIN or a key.
 */
public class TokenException extends Exception {
    private static final long serialVersionUID = 1L;

    /** Says what failed, on which token, and the way out. */
    public TokenException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    /** Says what failed, on which token, and the way out. */
    public TokenException(String message) {
        this(message, null);
    }

    /**
     * Whether the token cannot do what was asked, now or ever, so that asking again is of no use.
     * False for what may pass: a fault, a shortage, no answer, a refused PIN.
     */
    public boolean incapable() {
        return false;
    }
}
