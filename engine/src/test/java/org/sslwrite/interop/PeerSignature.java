package org.sslwrite.interop;

/** How an RSA key signs the handshake of TLS 1.2; a peer can be held to one of them. */
public enum PeerSignature {
    RSA_PKCS1("rsa_pkcs1_sha256", "SIGN-RSA-SHA256"),
    RSA_PSS("rsa_pss_rsae_sha256", "SIGN-RSA-PSS-RSAE-SHA256");

    final String openssl;
    final String gnutls;

    PeerSignature(String openssl, String gnutls) {
        this.openssl = openssl;
        this.gnutls = gnutls;
    }
}
