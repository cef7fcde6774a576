package org.sslwrite.handshake;

import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.Certificate;
import org.jspecify.annotations.Nullable;
import org.sslwrite.handshake.HandshakeException.Kind;
import org.sslwrite.protocol.CipherSuite;
import org.sslwrite.protocol.TlsVersion;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateFactory;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECFieldFp;
import java.security.spec.ECPoint;
import java.security.spec.EllipticCurve;
import java.util.ArrayList;
import java.util.List;

import javax.net.ssl.X509ExtendedTrustManager;

/**
 * Judges the peer's certificates by the platform's PKIX; Bouncy Castle's TLS checks neither chain
 * nor host name.
 */
final class PeerVerifier {
    private final @Nullable X509ExtendedTrustManager trust;

    PeerVerifier(@Nullable X509ExtendedTrustManager trust) {
        this.trust = trust;
    }

    /**
     * The platform's form of a chain.
     *
     * @param maxLength certificates at most
     */
    static List<X509Certificate> platformChain(@Nullable Certificate chain, int maxLength)
            throws IOException {
        List<X509Certificate> certificates = new ArrayList<>();
        if (chain == null) {
            return certificates;
        }
        if (chain.getLength() > maxLength) {
            throw new Refusal(
                    Kind.CERTIFICATE_REFUSED,
                    AlertDescription.bad_certificate,
                    "the peer sent "
                            + chain.getLength()
                            + " certificates; at most "
                            + maxLength
                            + " are accepted (maxCertificateChainLength)");
        }
        try {
            CertificateFactory factory = CertificateFactory.getInstance("X.509");
            for (int i = 0; i < chain.getLength(); i++) {
                byte[] encoded = chain.getCertificateAt(i).getEncoded();
                certificates.add(
                        (X509Certificate)
                                factory.generateCertificate(new ByteArrayInputStream(encoded)));
            }
            if (!certificates.isEmpty()) {
                refusePointOffCurve(certificates.getFirst());
            }
            return certificates;
        } catch (CertificateException e) {
            throw PeerFault.inCertificate(e);
        }
    }

    /** The platform parses such a key, and then finds no signature of it true. */
    private static void refusePointOffCurve(X509Certificate leaf) throws Refusal {
        if (leaf.getPublicKey() instanceof ECPublicKey key
                && key.getParams().getCurve().getField() instanceof ECFieldFp field
                && !isOnCurve(key.getW(), key.getParams().getCurve(), field.getP())) {
            throw new Refusal(
                    Kind.CERTIFICATE_REFUSED,
                    AlertDescription.bad_certificate,
                    "the public key in the peer's certificate is not a point of its curve");
        }
    }

    private static boolean isOnCurve(ECPoint point, EllipticCurve curve, BigInteger p) {
        if (point.equals(ECPoint.POINT_INFINITY)) {
            return false;
        }
        BigInteger x = point.getAffineX();
        BigInteger y = point.getAffineY();
        BigInteger right = x.multiply(x).add(curve.getA()).multiply(x).add(curve.getB());
        return y.multiply(y).subtract(right).mod(p).signum() == 0;
    }

    /**
     * @param host what the server must be called; null leaves the name unchecked
     */
    void checkServer(
            List<X509Certificate> chain,
            TlsVersion version,
            CipherSuite suite,
            @Nullable String host)
            throws Refusal {
        X509ExtendedTrustManager judge = trust;
        if (judge == null) {
            return;
        }
        String authType =
                switch (suite.authentication()) {
                    case ANY -> "UNKNOWN";
                    case RSA -> "ECDHE_RSA";
                    case ECDSA -> "ECDHE_ECDSA";
                };
        try {
            checkDates(chain);
            judge.checkServerTrusted(
                    array(chain),
                    authType,
                    new TrustManagerEngine(version, suite, chain, host, true));
            if (host != null && !Hosts.isAddress(host)) {
                checkName(chain.getFirst(), host);
            }
        } catch (CertificateException e) {
            throw refusal("the server's certificate is refused", e);
        } catch (RuntimeException e) {
            throw PeerFault.ours("the trust manager failed", e);
        }
    }

    /**
     * What the platform leaves: it knows no underscores, and takes an asterisk for a part of a
     * label.
     */
    private static void checkName(X509Certificate leaf, String host) throws CertificateException {
        List<String> names = Hosts.namesOf(leaf);
        boolean judgedByPlatform = names.isEmpty() && Hosts.isKnownToPlatform(host);
        if (!judgedByPlatform && names.stream().noneMatch(name -> Hosts.matches(name, host))) {
            throw new CertificateException(
                    "No name in the certificate matches "
                            + host
                            + (names.isEmpty() ? "" : "; it has " + String.join(", ", names)));
        }
    }

    void checkClient(List<X509Certificate> chain, TlsVersion version, CipherSuite suite)
            throws Refusal {
        X509ExtendedTrustManager judge = trust;
        if (judge == null) {
            return;
        }
        String authType = chain.getFirst().getPublicKey().getAlgorithm();
        try {
            checkDates(chain);
            judge.checkClientTrusted(
                    array(chain),
                    authType,
                    new TrustManagerEngine(version, suite, chain, null, false));
        } catch (CertificateException e) {
            throw refusal("the client's certificate is refused", e);
        } catch (RuntimeException e) {
            throw PeerFault.ours("the trust manager failed", e);
        }
    }

    /** PKIX does not look at the dates of a certificate that is itself a trust anchor. */
    private static void checkDates(List<X509Certificate> chain) throws CertificateException {
        chain.getFirst().checkValidity();
    }

    private static X509Certificate[] array(List<X509Certificate> chain) {
        return chain.toArray(X509Certificate[]::new);
    }

    private static Refusal refusal(String what, CertificateException e) {
        Throwable root = e;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        short alert =
                switch (root) {
                    case CertificateExpiredException _ -> AlertDescription.certificate_expired;
                    case CertificateNotYetValidException _ -> AlertDescription.bad_certificate;
                    case CertPathBuilderException _ -> AlertDescription.unknown_ca;
                    default -> AlertDescription.certificate_unknown;
                };
        return new Refusal(Kind.CERTIFICATE_REFUSED, alert, PeerFault.because(what, root), e);
    }
}
