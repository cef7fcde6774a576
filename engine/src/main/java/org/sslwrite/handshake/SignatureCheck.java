package org.sslwrite.handshake;

import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.SignatureAlgorithm;
import org.bouncycastle.tls.TlsFatalAlert;
import org.sslwrite.handshake.HandshakeException.Kind;

import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.util.List;

/** Whether the peer may sign as it does. */
final class SignatureCheck {
    private SignatureCheck() {}

    /**
     * Checks the scheme of a CertificateVerify, which Bouncy Castle takes by its hash alone.
     *
     * @param body the message's
     * @param chain the peer's
     */
    static void certificateVerify(MessageBytes body, boolean tls13, List<X509Certificate> chain)
            throws TlsFatalAlert {
        int scheme = body.uint16();
        offered(scheme);
        // RFC 8446 section 4.4.3: "RSA signatures MUST use an RSASSA-PSS algorithm".
        if (tls13 && (scheme & 0xff) == SignatureAlgorithm.rsa) {
            throw wrongType(scheme);
        }
        if (chain.isEmpty()) {
            return;
        }
        if (chain.getFirst().getPublicKey() instanceof ECPublicKey key) {
            if (!SignatureChoice.isEcdsa(scheme)) {
                throw wrongType(scheme);
            }
            // RFC 8446 section 4.2.3: in TLS 1.3 the scheme names the curve too.
            if (tls13 && !SignatureChoice.schemesOf(key).contains(scheme)) {
                throw new Refusal(
                        Kind.WRONG_CURVE,
                        AlertDescription.illegal_parameter,
                        "the peer signed under a scheme of another curve than its key's");
            }
        } else if (SignatureChoice.isEcdsa(scheme)) {
            throw wrongType(scheme);
        }
    }

    /** Refuses a scheme that is not among those that we offer. */
    static void offered(int scheme) throws Refusal {
        if (!SignatureChoice.isOffered(scheme)) {
            throw wrongType(scheme);
        }
    }

    private static Refusal wrongType(int scheme) {
        return new Refusal(
                Kind.WRONG_SIGNATURE_TYPE,
                AlertDescription.illegal_parameter,
                "the peer signed under a scheme that is not allowed here: 0x"
                        + Integer.toHexString(scheme));
    }
}
