package org.sslwrite;

import org.jspecify.annotations.Nullable;
import org.sslwrite.handshake.Credential;

import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECKey;
import java.security.interfaces.RSAKey;
import java.util.ArrayList;
import java.util.List;

/**
 * A private key with its certificate chain, the leaf first. The key is proven to fit the
 * certificate when the identity is made. Immutable.
 */
public final class TlsIdentity {
    /** Fewer bits do not hold a signature of TLS 1.3 (rsa_pss_rsae_sha256), or no peer takes it. */
    private static final int MIN_RSA_BITS = 1024;

    private final PrivateKey privateKey;
    private final @Nullable Provider provider;
    private final List<X509Certificate> chain;
    private final SigningTrials trials;

    private TlsIdentity(
            PrivateKey privateKey, @Nullable Provider provider, List<X509Certificate> chain) {
        this.privateKey = privateKey;
        this.provider = provider;
        this.chain = List.copyOf(chain);
        this.trials = new SigningTrials(privateKey, provider, certificate().getPublicKey());
    }

    /**
     * Joins a key and its chain.
     *
     * @param privateKey RSA or elliptic curve; may live in any provider
     * @param chain the leaf first; the others are put in order
     * @throws IdentityException if the key does not fit the leaf
     */
    public static TlsIdentity of(PrivateKey privateKey, List<X509Certificate> chain)
            throws IdentityException {
        return of(privateKey, null, chain, "the identity");
    }

    /**
     * Joins a key that never leaves its token and its chain.
     *
     * @param privateKey a handle
     * @param provider whose {@link Signature} takes the handle; need not be registered
     * @param chain the leaf first
     * @throws IdentityException if the key does not fit the leaf
     */
    public static TlsIdentity of(
            PrivateKey privateKey, Provider provider, List<X509Certificate> chain)
            throws IdentityException {
        return of(privateKey, provider, chain, "the identity");
    }

    static TlsIdentity of(PrivateKey privateKey, List<X509Certificate> chain, String source)
            throws IdentityException {
        return of(privateKey, null, chain, source);
    }

    static TlsIdentity of(
            PrivateKey privateKey,
            @Nullable Provider provider,
            List<X509Certificate> chain,
            String source)
            throws IdentityException {
        if (chain.isEmpty()) {
            throw new IdentityException(source + ": no certificate");
        }
        requireUsable(chain.getFirst().getPublicKey(), source);
        TlsIdentity identity = new TlsIdentity(privateKey, provider, ChainOrder.of(chain));
        identity.proveThatKeyFits(source);
        return identity;
    }

    private static void requireUsable(PublicKey key, String source) throws IdentityException {
        // A key for RSASSA-PSS alone is an RSAKey too.
        if (key instanceof RSAKey rsa && key.getAlgorithm().equals("RSA")) {
            int bits = rsa.getModulus().bitLength();
            if (bits < MIN_RSA_BITS) {
                throw new IdentityException(
                        source
                                + ": an RSA key of "
                                + bits
                                + " bits is too short for TLS; use 2048 bits or more");
            }
        } else if (key instanceof ECKey) {
            if (Credential.curveOf(key) < 0) {
                throw new IdentityException(
                        source
                                + ": a key on this curve is not supported; use P-256, P-384 or"
                                + " P-521");
            }
        } else {
            throw new IdentityException(
                    source
                            + ": a key of kind "
                            + key.getAlgorithm()
                            + " is not supported; use RSA or EC");
        }
    }

    /**
     * Loads the only private key of a PKCS#12 file.
     *
     * @param password not kept; the caller's to wipe
     */
    public static TlsIdentity fromPkcs12(Path file, char[] password) throws IdentityException {
        return IdentityFiles.fromPkcs12(file, password);
    }

    /**
     * Loads a PEM certificate chain, in any order, and a PEM private key (PKCS#8, PKCS#1 or SEC 1,
     * encrypted or not). What else is in the files, text or blocks of another kind, is passed over.
     *
     * @param password of an encrypted key, otherwise null; the caller's to wipe
     */
    public static TlsIdentity fromPem(Path certificates, Path key, char @Nullable [] password)
            throws IdentityException {
        return IdentityFiles.fromPem(certificates, key, password);
    }

    /**
     * Reads the certificates of a PEM or DER file, in its order; for trust as well as for chains.
     */
    public static List<X509Certificate> readCertificates(Path file) throws IdentityException {
        return IdentityFiles.readCertificates(file);
    }

    /**
     * Makes a key and a certificate signed by itself, valid from a day ago for a year, for tests
     * and first steps.
     *
     * @param host the name, or the IP address, that it stands for; {@code localhost} also covers
     *     127.0.0.1 and ::1
     * @param algorithm {@code RSA} (2048 bit) or {@code EC} (P-256)
     */
    public static TlsIdentity selfSigned(String host, String algorithm)
            throws GeneralSecurityException {
        return SelfSigned.make(host, algorithm);
    }

    /** The chain with the certificate of this key first, if there is one. */
    static List<X509Certificate> leafFirst(PrivateKey key, List<X509Certificate> chain) {
        for (X509Certificate certificate : chain) {
            if (new TlsIdentity(key, null, List.of(certificate)).fits()) {
                List<X509Certificate> turned = new ArrayList<>(chain);
                turned.remove(certificate);
                turned.addFirst(certificate);
                return turned;
            }
        }
        return chain;
    }

    private boolean fits() {
        try {
            requireUsable(certificate().getPublicKey(), "");
            proveThatKeyFits("");
            return true;
        } catch (IdentityException e) {
            return false;
        }
    }

    private void proveThatKeyFits(String source) throws IdentityException {
        SigningTrials.Failure failure = trials.prove();
        if (failure == null) {
            return;
        }
        if (failure.wrong()) {
            throw new IdentityException(source + ": the private key does not fit the certificate");
        }
        Exception cause = failure.cause();
        throw new IdentityException(
                source
                        + (cause instanceof InvalidKeyException
                                ? ": the private key does not fit the certificate: "
                                : ": the private key could not be tried: ")
                        + failure.reason(),
                cause);
    }

    SigningTrials trials() {
        return trials;
    }

    /** Whether the certificate's key is an RSA key; otherwise it is an elliptic curve key. */
    public boolean isRsa() {
        return certificate().getPublicKey().getAlgorithm().equals("RSA");
    }

    /** The leaf. */
    public X509Certificate certificate() {
        return chain.getFirst();
    }

    /** The certificates, the leaf first. */
    public List<X509Certificate> chain() {
        return chain;
    }

    /** The key, or a handle to it. */
    public PrivateKey privateKey() {
        return privateKey;
    }

    /** Whose {@link Signature} takes the key; null: the first registered one that does. */
    public @Nullable Provider provider() {
        return provider;
    }

    /** The subject; nothing of the key. */
    @Override
    public String toString() {
        return "TlsIdentity[" + certificate().getSubjectX500Principal() + "]";
    }
}
