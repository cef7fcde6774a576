package org.sslwrite.handshake;

import org.bouncycastle.tls.SignatureAndHashAlgorithm;
import org.bouncycastle.tls.SignatureScheme;
import org.bouncycastle.tls.crypto.TlsCryptoUtils;
import org.jspecify.annotations.Nullable;
import org.sslwrite.protocol.TlsVersion;

import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAKey;
import java.util.List;
import java.util.Map;
import java.util.Vector;
import java.util.stream.Stream;

/** Which signature schemes we offer, and which of the peer's a credential can use. */
final class SignatureChoice {
    private static final List<Integer> RSA_PSS =
            List.of(
                    SignatureScheme.rsa_pss_rsae_sha256,
                    SignatureScheme.rsa_pss_rsae_sha384,
                    SignatureScheme.rsa_pss_rsae_sha512);
    private static final List<Integer> RSA_PKCS1 =
            List.of(
                    SignatureScheme.rsa_pkcs1_sha256,
                    SignatureScheme.rsa_pkcs1_sha384,
                    SignatureScheme.rsa_pkcs1_sha512);
    private static final List<Integer> RSA_ANY =
            Stream.concat(RSA_PSS.stream(), RSA_PKCS1.stream()).toList();
    private static final List<Integer> ECDSA =
            List.of(
                    SignatureScheme.ecdsa_secp256r1_sha256,
                    SignatureScheme.ecdsa_secp384r1_sha384,
                    SignatureScheme.ecdsa_secp521r1_sha512);

    /** Verified, never made: keys of these kinds are not accepted as our own. */
    private static final List<Integer> EDDSA =
            List.of(SignatureScheme.ed25519, SignatureScheme.ed448);

    private static final List<Integer> RSA_PSS_KEYS =
            List.of(
                    SignatureScheme.rsa_pss_pss_sha256,
                    SignatureScheme.rsa_pss_pss_sha384,
                    SignatureScheme.rsa_pss_pss_sha512);

    private static final List<Integer> OFFERED =
            Stream.of(ECDSA, EDDSA, RSA_PSS, RSA_PSS_KEYS, RSA_PKCS1)
                    .flatMap(List::stream)
                    .toList();

    private SignatureChoice() {}

    /** What we accept from the peer, in the order of preference. */
    static Vector<SignatureAndHashAlgorithm> offered() {
        Vector<SignatureAndHashAlgorithm> offered = new Vector<>();
        for (int scheme : OFFERED) {
            offered.add(SignatureScheme.getSignatureAndHashAlgorithm(scheme));
        }
        return offered;
    }

    /** A certificate's signature, by its object identifier, as the schemes that allow it. */
    private static final Map<String, List<Integer>> IN_CERTIFICATES =
            Map.ofEntries(
                    Map.entry("1.2.840.113549.1.1.5", List.of(SignatureScheme.rsa_pkcs1_sha1)),
                    Map.entry("1.2.840.113549.1.1.11", List.of(SignatureScheme.rsa_pkcs1_sha256)),
                    Map.entry("1.2.840.113549.1.1.12", List.of(SignatureScheme.rsa_pkcs1_sha384)),
                    Map.entry("1.2.840.113549.1.1.13", List.of(SignatureScheme.rsa_pkcs1_sha512)),
                    Map.entry(
                            "1.2.840.113549.1.1.10",
                            Stream.concat(RSA_PSS.stream(), RSA_PSS_KEYS.stream()).toList()),
                    Map.entry("1.2.840.10045.4.1", List.of(SignatureScheme.ecdsa_sha1)),
                    Map.entry("1.2.840.10045.4.3.2", List.of(ECDSA.get(0))),
                    Map.entry("1.2.840.10045.4.3.3", List.of(ECDSA.get(1))),
                    Map.entry("1.2.840.10045.4.3.4", List.of(ECDSA.get(2))),
                    Map.entry("1.3.101.112", List.of(SignatureScheme.ed25519)),
                    Map.entry("1.3.101.113", List.of(SignatureScheme.ed448)));

    /** Whether a scheme is among those that we accept from the peer. */
    static boolean isOffered(int scheme) {
        return OFFERED.contains(scheme);
    }

    static boolean isEcdsa(int scheme) {
        return ECDSA.contains(scheme);
    }

    /** RFC 8446 section 4.2.3: in TLS 1.3 the scheme names the curve too. */
    static List<Integer> schemesOf(ECPublicKey key) {
        int curve = Credential.curveOf(key);
        return ECDSA.stream()
                .filter(scheme -> SignatureScheme.getNamedGroup(scheme) == curve)
                .toList();
    }

    /**
     * The first scheme of ours that the peer accepts and the credential can use; null if there is
     * none.
     */
    static @Nullable SignatureAndHashAlgorithm choose(
            Credential credential, TlsVersion version, List<?> accepted) {
        for (int scheme : schemesOf(credential.leaf().getPublicKey(), version)) {
            SignatureAndHashAlgorithm algorithm =
                    SignatureScheme.getSignatureAndHashAlgorithm(scheme);
            if (credential.schemes().contains(scheme) && accepted.contains(algorithm)) {
                return algorithm;
            }
        }
        return null;
    }

    /** What a key can sign with in a version, the best first. */
    static List<Integer> schemesOf(PublicKey key, TlsVersion version) {
        if (key instanceof RSAKey rsa) {
            int bits = rsa.getModulus().bitLength();
            return (version == TlsVersion.TLSV1_3 ? RSA_PSS : RSA_ANY)
                    .stream().filter(scheme -> bits >= leastBits(scheme)).toList();
        }
        if (version == TlsVersion.TLSV1_3) {
            return schemesOf((ECPublicKey) key);
        }
        return ECDSA;
    }

    /** The shortest RSA modulus, in bits, that a scheme's padding fits into. */
    private static int leastBits(int scheme) {
        int hash = TlsCryptoUtils.getHashOutputSize(SignatureScheme.getCryptoHashAlgorithm(scheme));
        if (RSA_PSS.contains(scheme)) {
            // RFC 8017 section 9.1.1: emBits, one less than the modulus has, is "at least 8hLen +
            // 8sLen + 9"; the salt is as long as the hash.
            return 16 * hash + 10;
        }
        // RFC 8017 section 9.2: emLen is at least tLen + 11; T is the hash behind 19 bytes.
        return 8 * (19 + hash + 11 - 1) + 1;
    }

    /**
     * Whether the peer knows every signature in the chain, but for those of self-signed
     * certificates.
     *
     * @param accepted the peer's schemes for certificates
     */
    static boolean knowsChain(Credential credential, List<?> accepted) {
        return credential.chain().stream().allMatch(certificate -> knows(certificate, accepted));
    }

    private static boolean knows(X509Certificate certificate, List<?> accepted) {
        // RFC 8446 section 4.4.2.2: self-signed certificates "MAY be signed with any algorithm".
        return certificate.getIssuerX500Principal().equals(certificate.getSubjectX500Principal())
                || IN_CERTIFICATES.getOrDefault(certificate.getSigAlgOID(), List.of()).stream()
                        .map(SignatureScheme::getSignatureAndHashAlgorithm)
                        .anyMatch(accepted::contains);
    }
}
