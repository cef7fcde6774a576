package org.sslwrite.pkcs11.key;

import java.security.cert.X509Certificate;
import java.util.List;

/**
 * The certificates in a token that go with a private key.
 *
 * @param chain the leaf, which has the key's public half, then its issuers
 * @param sameId all that have the key's CKA_ID, whatever their public key is
 */
public record KeyCertificates(List<X509Certificate> chain, List<X509Certificate> sameId) {
    /** The first of the chain. */
    public X509Certificate leaf() {
        return chain.getFirst();
    }
}
