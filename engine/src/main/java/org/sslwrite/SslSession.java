package org.sslwrite;

import org.jspecify.annotations.Nullable;
import org.sslwrite.protocol.CipherSuite;
import org.sslwrite.protocol.TlsVersion;

import java.security.cert.X509Certificate;
import java.util.List;

/**
 * What a handshake agreed on.
 *
 * @param version protocol version
 * @param suite cipher suite
 * @param alpn application protocol, null if none was agreed on
 * @param serverName the name that the client asked for, null if it did not
 * @param peerCertificates the peer's chain, the leaf first; empty if it sent none
 * @param encryptThenMac whether RFC 7366 is in force
 */
public record SslSession(
        TlsVersion version,
        CipherSuite suite,
        @Nullable String alpn,
        @Nullable String serverName,
        List<X509Certificate> peerCertificates,
        boolean encryptThenMac) {
    /** One line for a log: of the peer's chain the subject of the leaf only. */
    @Override
    public String toString() {
        StringBuilder line = new StringBuilder("SslSession[").append(version).append(' ');
        line.append(suite);
        if (alpn != null) {
            line.append(", ALPN ").append(alpn);
        }
        if (serverName != null) {
            line.append(", server name ").append(serverName);
        }
        if (!peerCertificates.isEmpty()) {
            line.append(", peer ").append(peerCertificates.getFirst().getSubjectX500Principal());
        }
        return line.append(encryptThenMac ? ", encrypt-then-MAC]" : "]").toString();
    }
}
