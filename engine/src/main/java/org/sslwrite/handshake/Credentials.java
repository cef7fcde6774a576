package org.sslwrite.handshake;

import org.bouncycastle.tls.Certificate;
import org.bouncycastle.tls.CertificateEntry;
import org.bouncycastle.tls.DefaultTlsCredentialedSigner;
import org.bouncycastle.tls.SignatureAndHashAlgorithm;
import org.bouncycastle.tls.TlsCredentialedSigner;
import org.bouncycastle.tls.crypto.TlsCertificate;
import org.bouncycastle.tls.crypto.TlsCryptoParameters;
import org.bouncycastle.tls.crypto.impl.jcajce.JcaTlsCertificate;
import org.bouncycastle.tls.crypto.impl.jcajce.JcaTlsCrypto;
import org.sslwrite.protocol.TlsVersion;
import org.sslwrite.seal.chain.SealerListener;

import java.io.IOException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Our own keys and certificates, and the choice among them. */
final class Credentials {
    private final List<Credential> all;

    Credentials(List<Credential> all) {
        this.all = all;
    }

    /**
     * A credential that the peer takes.
     *
     * @param algorithm what it signs with
     */
    record Fitting(Credential credential, SignatureAndHashAlgorithm algorithm) {}

    /**
     * All that the peer takes, the best first: whose certificate names the host, then whose chain
     * is issued by one of the peer's authorities, then whose chain has only signatures that the
     * peer knows, then in our order.
     */
    List<Fitting> fitting(PeerDemands demands) {
        List<Fitting> fitting = new ArrayList<>();
        for (Credential credential : all) {
            if (demands.takes(credential)) {
                SignatureAndHashAlgorithm algorithm =
                        SignatureChoice.choose(credential, demands.version(), demands.schemes());
                if (algorithm != null) {
                    fitting.add(new Fitting(credential, algorithm));
                }
            }
        }
        // RFC 8446 sections 4.4.2.2 and 4.4.2.3 (SHOULD) leave a chain that the peer may not know
        // better than none.
        fitting.sort(
                Comparator.comparing((Fitting f) -> !demands.isNamedBy(f.credential()))
                        .thenComparing(f -> !demands.isIssuedFor(f.credential()))
                        .thenComparing(f -> !demands.knowsChainOf(f.credential())));
        return fitting;
    }

    /**
     * @param context the certificate_request_context of TLS 1.3, empty for a server
     * @param watch learns of a signature that is wrong
     */
    static TlsCredentialedSigner signer(
            Fitting chosen,
            TlsVersion version,
            byte[] context,
            TlsCryptoParameters parameters,
            JcaTlsCrypto crypto,
            SealerListener watch)
            throws IOException {
        Credential credential = chosen.credential();
        return new DefaultTlsCredentialedSigner(
                parameters,
                new KeySigner(credential, watch),
                encode(credential, version, context, crypto),
                chosen.algorithm());
    }

    private static Certificate encode(
            Credential credential, TlsVersion version, byte[] context, JcaTlsCrypto crypto)
            throws IOException {
        List<X509Certificate> chain = credential.chain();
        TlsCertificate[] certificates = new TlsCertificate[chain.size()];
        try {
            for (int i = 0; i < certificates.length; i++) {
                // Not by createCertificate, which parses what was parsed when it was loaded.
                certificates[i] = new JcaTlsCertificate(crypto, chain.get(i));
                certificates[i].getEncoded();
            }
        } catch (IOException | RuntimeException e) {
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
}
