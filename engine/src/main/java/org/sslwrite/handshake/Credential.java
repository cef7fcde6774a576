package org.sslwrite.handshake;

import org.bouncycastle.asn1.sec.SECObjectIdentifiers;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.tls.NamedGroup;
import org.jspecify.annotations.Nullable;
import org.sslwrite.protocol.CipherSuite;
import org.sslwrite.protocol.TlsVersion;

import java.security.PrivateKey;
import java.security.Provider;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import java.util.Set;

import javax.security.auth.x500.X500Principal;

/**
 * A private key that may sign in the handshake, with its certificates.
 *
 * @param key RSA or elliptic curve; may be a handle to a key that never leaves its token
 * @param provider whose Signature takes the key; null: the first registered one that does
 * @param chain the leaf first
 * @param schemes the codes of those that the key can sign with
 */
public record Credential(
        PrivateKey key,
        @Nullable Provider provider,
        List<X509Certificate> chain,
        Set<Integer> schemes) {
    private static final Map<Object, Integer> CURVES =
            Map.of(
                    SECObjectIdentifiers.secp256r1, NamedGroup.secp256r1,
                    SECObjectIdentifiers.secp384r1, NamedGroup.secp384r1,
                    SECObjectIdentifiers.secp521r1, NamedGroup.secp521r1);

    X509Certificate leaf() {
        return chain.getFirst();
    }

    boolean isRsa() {
        return leaf().getPublicKey().getAlgorithm().equals("RSA");
    }

    /** Whether it can serve a suite that wants such a certificate. */
    boolean fits(CipherSuite.Authentication wanted) {
        return switch (wanted) {
            case ANY -> true;
            case RSA -> isRsa();
            case ECDSA -> !isRsa();
        };
    }

    /** The codes of the schemes that a key can sign with in a version, the best first. */
    public static List<Integer> schemesOf(PublicKey key, TlsVersion version) {
        return SignatureChoice.schemesOf(key, version);
    }

    /** The curve of an elliptic key as a group's code; -1 for one that TLS has no scheme for. */
    int curve() {
        return curveOf(leaf().getPublicKey());
    }

    /** The same for any key. */
    public static int curveOf(PublicKey key) {
        Object curve =
                SubjectPublicKeyInfo.getInstance(key.getEncoded()).getAlgorithm().getParameters();
        return CURVES.getOrDefault(curve, -1);
    }

    /**
     * Whether one of the certificate's DNS names is the host, or covers it with a wildcard for its
     * first label.
     */
    boolean names(String host) {
        return Hosts.namesOf(leaf()).stream().anyMatch(name -> Hosts.matches(name, host));
    }

    /** Whether any certificate of the chain is issued by one of these. */
    boolean isIssuedBy(Set<X500Principal> authorities) {
        return chain.stream()
                .anyMatch(
                        certificate -> authorities.contains(certificate.getIssuerX500Principal()));
    }

    /** Names the subject, never the key. */
    @Override
    public String toString() {
        return "Credential[" + leaf().getSubjectX500Principal() + "]";
    }
}
