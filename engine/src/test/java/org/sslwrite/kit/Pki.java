package org.sslwrite.kit;

import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.sslwrite.IdentityException;
import org.sslwrite.TlsIdentity;

import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Vector;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** Keys and certificates for tests, made once for all of them. */
public final class Pki {
    /** The host that servers are called. */
    public static final String HOST = "server.test";

    /** Signs what {@link #RSA} and {@link #EC} have; what everyone trusts. */
    public static final Pki CA = new Pki("EC", "test CA", null, Validity.NOW);

    /** An RSA certificate for {@link #HOST}. */
    public static final Pki RSA = CA.issue("RSA", "server, RSA", HOST);

    /** A P-256 certificate for {@link #HOST}. */
    public static final Pki EC = CA.issue("EC", "server, EC", HOST);

    private static final char[] NO_PASSWORD = {};
    private static final Map<List<Pki>, SSLContext> CONTEXTS = new ConcurrentHashMap<>();

    /** When a certificate is valid. */
    public enum Validity {
        PAST(-20, -10),
        NOW(-1, 30),
        FUTURE(10, 20);

        private final int fromDay;
        private final int toDay;

        Validity(int fromDay, int toDay) {
            this.fromDay = fromDay;
            this.toDay = toDay;
        }
    }

    private final KeyPair keys;
    private final X509Certificate certificate;

    private Pki(
            String algorithm, String name, Pki issuer, Validity validity, GeneralName... names) {
        this(algorithm, name, issuer, issuer == null, validity, names);
    }

    private Pki(
            String algorithm,
            String name,
            Pki issuer,
            boolean authority,
            Validity validity,
            GeneralName... names) {
        try {
            this.keys = generate(algorithm);
            KeyPair signer = issuer == null ? keys : issuer.keys;
            X500Name subject = new X500Name("CN=" + name.replace(",", "\\,"));
            X500Name signedBy =
                    issuer == null
                            ? subject
                            : new X500Name(issuer.certificate.getSubjectX500Principal().getName());
            Instant now = Instant.now();
            JcaX509v3CertificateBuilder builder =
                    new JcaX509v3CertificateBuilder(
                            signedBy,
                            BigInteger.valueOf(Serial.next()),
                            Date.from(now.plus(Duration.ofDays(validity.fromDay))),
                            Date.from(now.plus(Duration.ofDays(validity.toDay))),
                            subject,
                            keys.getPublic());
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(authority));
            if (names.length > 0) {
                builder.addExtension(
                        Extension.subjectAlternativeName, false, new GeneralNames(names));
            }
            String signature =
                    signer.getPrivate().getAlgorithm().equals("RSA")
                            ? "SHA256withRSA"
                            : "SHA256withECDSA";
            this.certificate =
                    new JcaX509CertificateConverter()
                            .getCertificate(
                                    builder.build(
                                            new JcaContentSignerBuilder(signature)
                                                    .build(signer.getPrivate())));
        } catch (GeneralSecurityException | CertIOException | OperatorCreationException e) {
            throw new IllegalStateException(e);
        }
    }

    private static final class Serial {
        private static final AtomicInteger LAST = new AtomicInteger(1000);

        static int next() {
            return LAST.incrementAndGet();
        }
    }

    private static KeyPair generate(String algorithm) throws GeneralSecurityException {
        String[] words = algorithm.split(" ");
        KeyPairGenerator generator = KeyPairGenerator.getInstance(words[0]);
        if (words[0].equals("RSA")) {
            generator.initialize(words.length == 1 ? 2048 : Integer.parseInt(words[1]));
        } else {
            generator.initialize(
                    new ECGenParameterSpec(words.length == 1 ? "secp256r1" : words[1]));
        }
        return generator.generateKeyPair();
    }

    /** A new authority. */
    public static Pki authority(String name) {
        return new Pki("EC", name, null, Validity.NOW);
    }

    /** Likewise, with another key. */
    public static Pki authority(String algorithm, String name) {
        return new Pki(algorithm, name, null, Validity.NOW);
    }

    /** An authority that this one has signed. */
    public Pki issueAuthority(String name) {
        return new Pki("EC", name, this, true, Validity.NOW);
    }

    /**
     * A certificate signed by this one, for DNS names and IP addresses.
     *
     * @param algorithm {@code RSA} or {@code EC}, and perhaps the bits or the curve behind it
     */
    public Pki issue(String algorithm, String name, String... hosts) {
        return issue(algorithm, name, Validity.NOW, hosts);
    }

    /** A certificate signed by this one, for DNS names and IP addresses. */
    public Pki issue(String algorithm, String name, Validity validity, String... hosts) {
        GeneralName[] names =
                Arrays.stream(hosts)
                        .map(
                                host ->
                                        new GeneralName(
                                                host.matches("[0-9.]+|.*:.*")
                                                        ? GeneralName.iPAddress
                                                        : GeneralName.dNSName,
                                                host))
                        .toArray(GeneralName[]::new);
        return new Pki(algorithm, name, this, validity, names);
    }

    public X509Certificate certificate() {
        return certificate;
    }

    /** The subjects, in Bouncy Castle's words. */
    static Vector<X500Name> names(List<Pki> all) {
        Vector<X500Name> names = new Vector<>();
        for (Pki each : all) {
            names.add(
                    X500Name.getInstance(each.certificate.getSubjectX500Principal().getEncoded()));
        }
        return names;
    }

    public PrivateKey key() {
        return keys.getPrivate();
    }

    /** Key and certificate as an identity, and the certificates of those that have issued it. */
    public TlsIdentity identity(Pki... issuers) {
        try {
            List<X509Certificate> chain = new ArrayList<>(List.of(certificate));
            Arrays.stream(issuers).map(Pki::certificate).forEach(chain::add);
            return TlsIdentity.of(key(), chain);
        } catch (IdentityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A context of the JDK's that has these identities and trusts {@link #CA}. */
    public static SSLContext jsse(Pki... identities) {
        return CONTEXTS.computeIfAbsent(List.of(identities), Pki::newContext);
    }

    private static SSLContext newContext(List<Pki> identities) {
        try {
            KeyStore own = KeyStore.getInstance("PKCS12");
            own.load(null, null);
            KeyStore trusted = KeyStore.getInstance("PKCS12");
            trusted.load(null, null);
            trusted.setCertificateEntry("ca", CA.certificate);
            for (Pki identity : identities) {
                X509Certificate[] chain = {identity.certificate};
                own.setKeyEntry("own-" + own.size(), identity.key(), NO_PASSWORD, chain);
            }
            KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
            keys.init(own, NO_PASSWORD);
            TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
            trust.init(trusted);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public String toString() {
        return certificate.getSubjectX500Principal().getName();
    }
}
