package org.sslwrite.softhsm.sun;

import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.operator.ContentSigner;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

import java.io.ByteArrayInputStream;
import java.math.BigInteger;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Date;

/** An authority in software that certifies keys of tokens. */
final class TestCertificates {
    private static final X500Name AUTHORITY = new X500Name("CN=Test authority");

    private final KeyPair authority;
    private int serial;

    TestCertificates() throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(256);
        authority = generator.generateKeyPair();
    }

    X509Certificate of(String name, PublicKey key) throws Exception {
        return of(name, key, -1, 1);
    }

    /**
     * @param from days from now
     * @param to likewise
     */
    X509Certificate of(String name, PublicKey key, int from, int to) throws Exception {
        Instant now = Instant.now();
        X509v3CertificateBuilder builder =
                new X509v3CertificateBuilder(
                        AUTHORITY,
                        BigInteger.valueOf(++serial),
                        Date.from(now.plus(from, ChronoUnit.DAYS)),
                        Date.from(now.plus(to, ChronoUnit.DAYS)),
                        new X500Name("CN=" + name),
                        SubjectPublicKeyInfo.getInstance(key.getEncoded()));
        ContentSigner signer =
                new JcaContentSignerBuilder("SHA256withECDSA").build(authority.getPrivate());
        byte[] encoded = builder.build(signer).getEncoded();
        return (X509Certificate)
                CertificateFactory.getInstance("X.509")
                        .generateCertificate(new ByteArrayInputStream(encoded));
    }
}
