package org.sslwrite.handshake;

import org.bouncycastle.tls.TlsFatalAlert;
import org.jspecify.annotations.Nullable;
import org.sslwrite.handshake.HandshakeException.Kind;

/** What this library, not Bouncy Castle, ends with a fatal alert. */
final class Refusal extends TlsFatalAlert {
    private static final long serialVersionUID = 1L;

    private final Kind kind;

    Refusal(Kind kind, short alert, String message) {
        this(kind, alert, message, null);
    }

    Refusal(Kind kind, short alert, String message, @Nullable Throwable cause) {
        super(alert, message, cause);
        this.kind = kind;
    }

    Kind kind() {
        return kind;
    }
}
