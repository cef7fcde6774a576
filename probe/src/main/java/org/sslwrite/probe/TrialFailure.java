package org.sslwrite.probe;

import org.jspecify.annotations.Nullable;

/** A token did not do what was tried; the message is what it, or its library, says. */
final class TrialFailure extends Exception {
    private static final long serialVersionUID = 1L;

    TrialFailure(String reason, @Nullable Throwable cause) {
        super(reason, cause);
    }

    TrialFailure(String reason) {
        this(reason, null);
    }

    String reason() {
        return String.valueOf(getMessage());
    }
}
