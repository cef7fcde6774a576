package org.sslwrite;

import org.jspecify.annotations.Nullable;

import java.security.GeneralSecurityException;

/** A certificate or key could not be loaded. The message names the file and says what to do. */
public final class IdentityException extends GeneralSecurityException {
    private static final long serialVersionUID = 1L;

    IdentityException(String message) {
        super(message);
    }

    IdentityException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
