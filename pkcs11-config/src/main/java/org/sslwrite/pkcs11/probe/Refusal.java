package org.sslwrite.pkcs11.probe;

import org.jspecify.annotations.Nullable;

/** A token did not do what was tried; the message is what it, or its library, says. */
final class Refusal extends Exception {
    private static final long serialVersionUID = 1L;

    Refusal(String reason, @Nullable Throwable cause) {
        super(reason, cause);
    }

    Refusal(String reason) {
        this(reason, null);
    }

    String reason() {
        return String.valueOf(getMessage());
    }
}
