package org.sslwrite.pkcs11.cryptoki;

import org.jspecify.annotations.Nullable;
import org.sslwrite.pkcs11.TokenException;
import org.sslwrite.pkcs11.key.KeyCertificates;
import org.sslwrite.pkcs11.key.TokenSigner;

import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.security.interfaces.RSAPublicKey;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Date;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Which of a token's certificates go with a private key: the leaf, then its issuers. */
final class CertificateChain {
    private final Date now = Date.from(Instant.now());
    private final PrivateKeyHandle key;
    private final List<Stored> stored;
    private final TokenSigner signer;

    /**
     * A certificate in a token.
     *
     * @param named whether it has the private key's CKA_ID
     */
    record Stored(X509Certificate certificate, boolean named) {}

    /**
     * @param signer signs with the key, if its public half cannot be told otherwise
     */
    CertificateChain(PrivateKeyHandle key, List<Stored> stored, TokenSigner signer) {
        this.key = key;
        this.stored = stored;
        this.signer = signer;
    }

    KeyCertificates of() throws TokenException {
        List<X509Certificate> chain = new ArrayList<>();
        X509Certificate next = leaf();
        while (next != null && !chain.contains(next)) {
            chain.add(next);
            next = issuer(next);
        }
        return new KeyCertificates(List.copyOf(chain), named());
    }

    private List<X509Certificate> named() {
        return stored.stream().filter(Stored::named).map(Stored::certificate).toList();
    }

    private X509Certificate leaf() throws TokenException {
        List<X509Certificate> named = named();
        // Who reads the only candidates proves that the key fits.
        X509Certificate leaf = best(isOneKey(named) ? ofKind(named) : ofThisKey(named));
        if (leaf == null) {
            leaf = best(ofThisKey(stored.stream().map(Stored::certificate).toList()));
        }
        if (leaf == null) {
            throw new TokenException(
                    key.token().name()
                            + ": has no certificate with the public key of "
                            + key.describe()
                            + "; store the one that belongs to it, or give the certificates"
                            + " otherwise");
        }
        return leaf;
    }

    private static boolean isOneKey(List<X509Certificate> certificates) {
        return certificates.stream().map(X509Certificate::getPublicKey).distinct().count() == 1;
    }

    private List<X509Certificate> ofKind(List<X509Certificate> certificates) {
        return certificates.stream().filter(c -> mayBeOurs(c.getPublicKey())).toList();
    }

    private boolean mayBeOurs(PublicKey candidate) {
        return key.modulus() != null && candidate instanceof RSAPublicKey rsa
                ? rsa.getModulus().equals(key.modulus())
                : candidate.getAlgorithm().equals(key.algorithm());
    }

    private List<X509Certificate> ofThisKey(List<X509Certificate> certificates)
            throws TokenException {
        List<X509Certificate> candidates = ofKind(certificates);
        if (candidates.isEmpty() || key.modulus() != null) {
            return candidates;
        }
        PublicKey ours = ours(candidates);
        return candidates.stream().filter(c -> c.getPublicKey().equals(ours)).toList();
    }

    /**
     * An elliptic private key need not show its public half (CKA_EC_POINT is none of its
     * attributes; PKCS#11 2.40, 2.3.4), so a signature tells.
     */
    private @Nullable PublicKey ours(List<X509Certificate> candidates) throws TokenException {
        String algorithm = key.algorithm().equals("EC") ? "SHA256withECDSA" : "SHA256withRSA";
        byte[] message = new byte[32];
        new SecureRandom().nextBytes(message);
        byte[] signature = signer.sign(algorithm, null, message);
        Set<PublicKey> keys = new HashSet<>();
        for (X509Certificate candidate : candidates) {
            PublicKey publicKey = candidate.getPublicKey();
            if (keys.add(publicKey) && verifies(algorithm, publicKey, message, signature)) {
                return publicKey;
            }
        }
        return null;
    }

    private static boolean verifies(
            String algorithm, PublicKey publicKey, byte[] message, byte[] signature) {
        try {
            Signature verifier = Signature.getInstance(algorithm);
            verifier.initVerify(publicKey);
            verifier.update(message);
            return verifier.verify(signature);
        } catch (GeneralSecurityException e) {
            return false; // a key on another curve
        }
    }

    private @Nullable X509Certificate issuer(X509Certificate certificate) {
        if (isIssuedBy(certificate, certificate)) {
            return null;
        }
        return best(
                stored.stream()
                        .map(Stored::certificate)
                        .filter(candidate -> isIssuedBy(certificate, candidate))
                        .toList());
    }

    private @Nullable X509Certificate best(List<X509Certificate> certificates) {
        return certificates.stream()
                .max(
                        Comparator.comparing(this::isValid)
                                .thenComparing(X509Certificate::getNotBefore))
                .orElse(null);
    }

    private boolean isValid(X509Certificate certificate) {
        return !now.before(certificate.getNotBefore()) && !now.after(certificate.getNotAfter());
    }

    private static boolean isIssuedBy(X509Certificate certificate, X509Certificate issuer) {
        if (!certificate.getIssuerX500Principal().equals(issuer.getSubjectX500Principal())) {
            return false;
        }
        try {
            certificate.verify(issuer.getPublicKey());
            return true;
        } catch (GeneralSecurityException e) {
            return false; // another of the same name
        }
    }
}
