package org.sslwrite.interop;

import org.sslwrite.protocol.TlsVersion;

/** A protocol version that a peer can be held to; one of them is too old for us. */
public enum PeerVersion {
    TLSV1_1("TLSv1.1", "-tls1_1", "VERS-TLS1.1"),
    TLSV1_2("TLSv1.2", "-tls1_2", "VERS-TLS1.2"),
    TLSV1_3("TLSv1.3", "-tls1_3", "VERS-TLS1.3");

    final String label;
    final String openssl;
    final String gnutls;

    PeerVersion(String label, String openssl, String gnutls) {
        this.label = label;
        this.openssl = openssl;
        this.gnutls = gnutls;
    }

    public static PeerVersion of(TlsVersion version) {
        return version == TlsVersion.TLSV1_3 ? TLSV1_3 : TLSV1_2;
    }
}
