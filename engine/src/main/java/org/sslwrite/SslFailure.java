package org.sslwrite;

import org.jspecify.annotations.Nullable;

/**
 * What went wrong in a call that failed.
 *
 * @param reason OpenSSL's name for it
 * @param message one line for a person; never a key or plaintext
 * @param cause what was thrown underneath, where something was
 */
public record SslFailure(SslReason reason, String message, @Nullable Throwable cause) {
    /** Reason and message in one line. */
    @Override
    public String toString() {
        return reason + ": " + message;
    }
}
