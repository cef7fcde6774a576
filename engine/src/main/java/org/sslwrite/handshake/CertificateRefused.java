package org.sslwrite.handshake;

import org.bouncycastle.tls.TlsFatalAlert;
import org.sslwrite.handshake.HandshakeException.Kind;

/**
 * The peer's certificate, or the lack of one, ends the handshake; told apart from other alerts of
 * our own.
 */
final class CertificateRefused extends TlsFatalAlert {
    private static final long serialVersionUID = 1L;

    private final boolean missing;

    /** The certificate that came is refused. */
    CertificateRefused(short alert, String message, Throwable cause) {
        super(alert, message, cause);
        this.missing = false;
    }

    /** No certificate came. */
    CertificateRefused(short alert, String message) {
        super(alert, message);
        this.missing = true;
    }

    Kind kind() {
        return missing ? Kind.CERTIFICATE_MISSING : Kind.CERTIFICATE_REFUSED;
    }
}
