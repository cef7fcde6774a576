package org.sslwrite.pkcs11;

import org.jspecify.annotations.Nullable;

/** A description of a token is wrong; the message names the line, attribute or option. */
public final class TokenConfigException extends TokenException {
    private static final long serialVersionUID = 1L;

    /** Says what is wrong and where. */
    public TokenConfigException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    /** Says what is wrong and where. */
    public TokenConfigException(String message) {
        super(message);
    }
}
