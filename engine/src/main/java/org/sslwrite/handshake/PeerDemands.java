package org.sslwrite.handshake;

import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.tls.CertificateRequest;
import org.bouncycastle.tls.ClientCertificateType;
import org.bouncycastle.tls.SecurityParameters;
import org.bouncycastle.tls.TlsExtensionsUtils;
import org.jspecify.annotations.Nullable;
import org.sslwrite.protocol.TlsVersion;

import java.io.IOException;
import java.util.HashSet;
import java.util.Hashtable;
import java.util.List;
import java.util.Set;
import java.util.Vector;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import javax.security.auth.x500.X500Principal;

/**
 * What the peer has said of the certificates that it takes.
 *
 * @param version what was agreed on
 * @param schemes for our signature in the handshake
 * @param chainSchemes for the signatures in our certificates
 * @param curves of an elliptic key; null for any
 * @param types certificate_types of TLS 1.2; null for any
 * @param authorities which should have issued it; empty for any
 * @param host the name that a client asks for
 */
record PeerDemands(
        TlsVersion version,
        List<?> schemes,
        List<?> chainSchemes,
        @Nullable Set<Integer> curves,
        @Nullable Set<Short> types,
        Set<X500Principal> authorities,
        @Nullable String host) {
    /** What a ClientHello says. */
    @SuppressWarnings("rawtypes")
    static PeerDemands ofClient(
            SecurityParameters agreed, @Nullable Hashtable extensions, @Nullable String host)
            throws IOException {
        TlsVersion version = SealingCrypto.versionOf(agreed.getNegotiatedVersion());
        int[] groups = agreed.getClientSupportedGroups();
        Vector<?> authorities =
                version == TlsVersion.TLSV1_3
                        ? TlsExtensionsUtils.getCertificateAuthoritiesExtension(extensions)
                        : null;
        return new PeerDemands(
                version,
                orEmpty(agreed.getClientSigAlgs()),
                orElse(agreed.getClientSigAlgsCert(), agreed.getClientSigAlgs()),
                // RFC 8446 section 4.2.7: in TLS 1.3 the groups are for the key exchange only.
                version == TlsVersion.TLSV1_3 || groups == null
                        ? null
                        : IntStream.of(groups).boxed().collect(Collectors.toSet()),
                null,
                principals(authorities),
                host);
    }

    /** What a CertificateRequest says. */
    static PeerDemands ofServer(SecurityParameters agreed, CertificateRequest request)
            throws IOException {
        short[] types = request.getCertificateTypes();
        return new PeerDemands(
                SealingCrypto.versionOf(agreed.getNegotiatedVersion()),
                orEmpty(request.getSupportedSignatureAlgorithms()),
                orElse(
                        request.getSupportedSignatureAlgorithmsCert(),
                        request.getSupportedSignatureAlgorithms()),
                null,
                types == null ? null : setOf(types),
                principals(request.getCertificateAuthorities()),
                null);
    }

    private static List<?> orEmpty(@Nullable Vector<?> schemes) {
        return schemes == null ? List.of() : List.copyOf(schemes);
    }

    /** RFC 8446 section 4.2.3: without signature_algorithms_cert, the other extension counts. */
    private static List<?> orElse(@Nullable Vector<?> schemes, @Nullable Vector<?> others) {
        return orEmpty(schemes == null ? others : schemes);
    }

    private static Set<Short> setOf(short[] types) {
        return IntStream.range(0, types.length)
                .mapToObj(i -> types[i])
                .collect(Collectors.toUnmodifiableSet());
    }

    private static Set<X500Principal> principals(@Nullable Vector<?> names) throws IOException {
        if (names == null) {
            return Set.of();
        }
        Set<X500Principal> principals = new HashSet<>();
        for (Object name : names) {
            byte[] encoded = ((X500Name) name).getEncoded(ASN1Encoding.DER);
            try {
                principals.add(new X500Principal(encoded));
            } catch (IllegalArgumentException e) {
                // A name that the platform cannot read is the issuer of no certificate of ours.
                continue;
            }
        }
        return principals;
    }

    /** Whether the key is of a kind that the peer takes. */
    boolean takes(Credential credential) {
        if (credential.isRsa()) {
            return types == null || types.contains(ClientCertificateType.rsa_sign);
        }
        // RFC 8422 section 5.3: the certificate "MUST employ a curve specified in the extension".
        return (types == null || types.contains(ClientCertificateType.ecdsa_sign))
                && (curves == null || curves.contains(credential.curve()));
    }

    /** Whether the certificate names the host that the client asks for. */
    boolean isNamedBy(Credential credential) {
        return host != null && credential.names(host);
    }

    /** Whether the peer knows every signature in the chain. */
    boolean knowsChainOf(Credential credential) {
        return SignatureChoice.knowsChain(credential, chainSchemes);
    }

    /** Whether it is issued by one of the authorities, where the peer has named any. */
    boolean isIssuedFor(Credential credential) {
        return authorities.isEmpty() || credential.isIssuedBy(authorities);
    }
}
