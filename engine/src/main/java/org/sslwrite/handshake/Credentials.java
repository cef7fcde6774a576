package org.sslwrite.handshake;

import org.bouncycastle.tls.Certificate;
import org.bouncycastle.tls.CertificateEntry;
import org.bouncycastle.tls.DefaultTlsCredentialedSigner;
import org.bouncycastle.tls.SignatureAndHashAlgorithm;
import org.bouncycastle.tls.TlsCredentialedSigner;
import org.bouncycastle.tls.crypto.TlsCertificate;
import org.bouncycastle.tls.crypto.TlsCrypto;
import org.bouncycastle.tls.crypto.TlsCryptoParameters;
import org.jspecify.annotations.Nullable;
import org.sslwrite.seal.CipherSuite.Authentication;
import org.sslwrite.seal.TlsVersion;

import java.io.IOException;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Vector;

/** Our own keys and certificates, and the choice among them. */
final class Credentials {
    private static final int SAN_DNS_NAME = 2;

    private final List<Credential> all;

    Credentials(List<Credential> all) {
        this.all = all;
    }

    /** Whether any of them fits a suite that wants such a certificate. */
    boolean fit(Authentication wanted) {
        return all.stream().anyMatch(credential -> fits(credential, wanted));
    }

    private static boolean fits(Credential credential, Authentication wanted) {
        return switch (wanted) {
            case ANY -> true;
            case RSA -> credential.isRsa();
            case ECDSA -> !credential.isRsa();
        };
    }

    /**
     * A signer with the first credential that fits and whose certificate names the host, or else
     * the first that fits at all.
     *
     * @param accepted the peer's signature schemes
     * @param context the certificate_request_context of TLS 1.3, empty for a server
     * @return null if none fits
     */
    @Nullable TlsCredentialedSigner signer(
            Authentication wanted,
            @Nullable String host,
            TlsVersion version,
            @Nullable Vector<?> accepted,
            byte[] context,
            TlsCryptoParameters parameters,
            TlsCrypto crypto)
            throws IOException {
        if (accepted == null) {
            return null;
        }
        Credential chosen = null;
        SignatureAndHashAlgorithm algorithm = null;
        for (Credential credential : all) {
            SignatureAndHashAlgorithm usable =
                    fits(credential, wanted)
                            ? SignatureChoice.choose(credential, version, accepted)
                            : null;
            if (usable == null) {
                continue;
            }
            boolean named = host != null && names(credential.leaf(), host);
            if (chosen == null || named) {
                chosen = credential;
                algorithm = usable;
            }
            if (named) {
                break;
            }
        }
        if (chosen == null) {
            return null;
        }
        Certificate chain = encode(chosen, version, context, crypto);
        return new DefaultTlsCredentialedSigner(
                parameters, new KeySigner(chosen.key(), chosen.provider()), chain, algorithm);
    }

    private static Certificate encode(
            Credential credential, TlsVersion version, byte[] context, TlsCrypto crypto)
            throws IOException {
        TlsCertificate[] certificates = new TlsCertificate[credential.chain().size()];
        try {
            for (int i = 0; i < certificates.length; i++) {
                certificates[i] = crypto.createCertificate(credential.chain().get(i).getEncoded());
            }
        } catch (CertificateEncodingException | IOException | RuntimeException e) {
            throw PeerFault.ours("a certificate of ours cannot be encoded", e);
        }
        if (version == TlsVersion.TLSV1_2) {
            return new Certificate(certificates);
        }
        CertificateEntry[] entries = new CertificateEntry[certificates.length];
        for (int i = 0; i < entries.length; i++) {
            entries[i] = new CertificateEntry(certificates[i], null);
        }
        return new Certificate(context, entries);
    }

    /**
     * Whether one of the certificate's DNS names is the host, or covers it with a wildcard for its
     * first label.
     */
    private static boolean names(X509Certificate certificate, String host) {
        Collection<List<?>> alternatives;
        try {
            alternatives = certificate.getSubjectAlternativeNames();
        } catch (CertificateParsingException e) {
            return false;
        }
        if (alternatives == null) {
            return false;
        }
        String wanted = host.toLowerCase(Locale.ROOT);
        String wildcard = "*" + wanted.substring(Math.max(0, wanted.indexOf('.')));
        return alternatives.stream()
                .filter(name -> name.getFirst().equals(SAN_DNS_NAME))
                .map(name -> String.valueOf(name.get(1)).toLowerCase(Locale.ROOT))
                .anyMatch(name -> name.equals(wanted) || name.equals(wildcard));
    }
}
