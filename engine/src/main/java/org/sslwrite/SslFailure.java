package org.sslwrite;

import org.jspecify.annotations.Nullable;

/**
 * What went wrong in a call that failed.
 *
 * @param reason OpenSSL's name for it
 * @param message one line for a person; never a key or plaintext
 * @param cause what was thrown underneath, where something was: by the transport, a trust manager,
 *     an engine ({@link org.sslwrite.seal.SealException}) or a token ({@link
 *     org.sslwrite.pkcs11.TokenException}). Where an alert ends the connection, Bouncy Castle's
 *     {@code TlsFatalAlert} if we sent it, {@code TlsFatalAlertReceived} if the peer did. No class
 *     of it is one that a program cannot name
 */
public record SslFailure(SslReason reason, String message, @Nullable Throwable cause) {
    /** Reason and message in one line. */
    @Override
    public String toString() {
        return reason + ": " + message;
    }
}
