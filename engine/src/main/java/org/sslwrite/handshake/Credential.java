package org.sslwrite.handshake;

import org.jspecify.annotations.Nullable;

import java.security.PrivateKey;
import java.security.Provider;
import java.security.cert.X509Certificate;
import java.util.List;

/**
 * A private key that may sign in the handshake, with its certificates.
 *
 * @param key RSA or elliptic curve; may be a handle to a key that never leaves its token
 * @param provider whose Signature takes the key; null: the first registered one that does
 * @param chain the leaf first
 */
public record Credential(PrivateKey key, @Nullable Provider provider, List<X509Certificate> chain) {
    X509Certificate leaf() {
        return chain.getFirst();
    }

    boolean isRsa() {
        return leaf().getPublicKey().getAlgorithm().equals("RSA");
    }

    /** Names the subject, never the key. */
    @Override
    public String toString() {
        return "Credential[" + leaf().getSubjectX500Principal() + "]";
    }
}
