package org.sslwrite.interop;

import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.sslwrite.TlsIdentity;

import java.math.BigInteger;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;

/** Issues certificates, good ones and others. */
public final class Authority {
    private static final Duration LONG = Duration.ofDays(1000);

    private final Path folder;
    private final KeyPair keys = newKeys();
    private final Credentials credentials;
    private int issued;

    /**
     * Makes a key, and a certificate for itself.
     *
     * @param folder for PEM files
     */
    public Authority(Path folder) throws Exception {
        this.folder = folder;
        this.credentials = issue("authority.example", keys, true, LONG.negated(), LONG);
    }

    public Credentials credentials() {
        return credentials;
    }

    public X509Certificate certificate() {
        return credentials.leaf();
    }

    /** Issues a server's certificate, valid from and until these times, counted from now. */
    public Credentials issue(String host, Duration from, Duration until) throws Exception {
        return issue(host, newKeys(), false, from, until);
    }

    /** Certifies a key whose private half is elsewhere. */
    public X509Certificate certify(String host, PublicKey subject) throws Exception {
        return certify(host, subject, false, LONG.negated(), LONG);
    }

    private Credentials issue(
            String host, KeyPair subject, boolean authority, Duration from, Duration until)
            throws Exception {
        X509Certificate certificate = certify(host, subject.getPublic(), authority, from, until);
        return Credentials.of(TlsIdentity.of(subject.getPrivate(), List.of(certificate)), folder);
    }

    private X509Certificate certify(
            String host, PublicKey subject, boolean authority, Duration from, Duration until)
            throws Exception {
        Instant now = Instant.now();
        GeneralName name = new GeneralName(GeneralName.dNSName, host);
        JcaX509v3CertificateBuilder builder =
                new JcaX509v3CertificateBuilder(
                        new X500Name("CN=authority.example"),
                        BigInteger.valueOf(++issued),
                        Date.from(now.plus(from)),
                        Date.from(now.plus(until)),
                        new X500Name("CN=" + host),
                        subject);
        builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(authority));
        builder.addExtension(Extension.subjectAlternativeName, false, new GeneralNames(name));
        return new JcaX509CertificateConverter()
                .getCertificate(
                        builder.build(
                                new JcaContentSignerBuilder("SHA256withRSA")
                                        .build(keys.getPrivate())));
    }

    private static KeyPair newKeys() throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(2048);
        return generator.generateKeyPair();
    }
}
