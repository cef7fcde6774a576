package org.sslwrite.handshake;

import org.bouncycastle.tls.SignatureAndHashAlgorithm;
import org.bouncycastle.tls.SignatureScheme;
import org.jspecify.annotations.Nullable;
import org.sslwrite.seal.TlsVersion;

import java.security.interfaces.ECPublicKey;
import java.util.List;
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

    /** Whether a scheme is among those that we accept from the peer. */
    static boolean isOffered(int scheme) {
        return OFFERED.contains(scheme);
    }

    static boolean isEcdsa(int scheme) {
        return ECDSA.contains(scheme);
    }

    /** RFC 8446 section 4.2.3: in TLS 1.3 the scheme names the curve too. */
    static List<Integer> schemesOf(ECPublicKey key) {
        return List.of(ECDSA.get(sizeClass(key)));
    }

    /**
     * The first scheme of ours that the peer accepts and the credential can use; null if there is
     * none.
     */
    static @Nullable SignatureAndHashAlgorithm choose(
            Credential credential, TlsVersion version, Vector<?> accepted) {
        for (int scheme : schemesOf(credential, version)) {
            SignatureAndHashAlgorithm algorithm =
                    SignatureScheme.getSignatureAndHashAlgorithm(scheme);
            if (accepted.contains(algorithm)) {
                return algorithm;
            }
        }
        return null;
    }

    private static List<Integer> schemesOf(Credential credential, TlsVersion version) {
        if (credential.isRsa()) {
            return version == TlsVersion.TLSV1_3 ? RSA_PSS : RSA_ANY;
        }
        if (version == TlsVersion.TLSV1_3) {
            return schemesOf((ECPublicKey) credential.leaf().getPublicKey());
        }
        return ECDSA;
    }

    private static int sizeClass(ECPublicKey key) {
        int bits = key.getParams().getCurve().getField().getFieldSize();
        return bits <= 256 ? 0 : bits <= 384 ? 1 : 2;
    }
}
