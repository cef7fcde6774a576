package org.sslwrite;

import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.ContentSigner;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;

/** Makes a key and a certificate that it signs itself. */
final class SelfSigned {
    private SelfSigned() {}

    static TlsIdentity make(String host, String algorithm) throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
        if (algorithm.equals("RSA")) {
            generator.initialize(2048);
        } else {
            generator.initialize(new ECGenParameterSpec("secp256r1"));
        }
        KeyPair pair = generator.generateKeyPair();
        return of(host, pair.getPublic(), pair.getPrivate(), null);
    }

    /**
     * For a key that exists.
     *
     * @param provider whose Signature takes the private key; null: the first that does
     */
    static TlsIdentity of(
            String anyForm, PublicKey publicKey, PrivateKey privateKey, @Nullable Provider provider)
            throws GeneralSecurityException {
        String host = canonical(anyForm);
        X500Name name = new X500NameBuilder().addRDN(BCStyle.CN, host).build();
        Instant now = Instant.now();
        JcaX509v3CertificateBuilder builder =
                new JcaX509v3CertificateBuilder(
                        name,
                        new BigInteger(120, new SecureRandom()).setBit(119),
                        Date.from(now.minus(Duration.ofDays(1))),
                        Date.from(now.plus(Duration.ofDays(365))),
                        name,
                        publicKey);
        try {
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(true));
            builder.addExtension(Extension.subjectAlternativeName, false, namesOf(host));
            ContentSigner signer = signer(publicKey, privateKey, provider);
            X509Certificate certificate =
                    new JcaX509CertificateConverter().getCertificate(builder.build(signer));
            return TlsIdentity.of(
                    privateKey, provider, List.of(certificate), "the self-signed identity");
        } catch (IOException | OperatorCreationException | RuntimeException e) {
            throw new GeneralSecurityException(
                    "cannot make a self-signed certificate: " + e.getMessage(), e);
        }
    }

    private static String canonical(String host) throws GeneralSecurityException {
        try {
            return HostNames.toAscii(host);
        } catch (IllegalArgumentException e) {
            throw new GeneralSecurityException(e.getMessage(), e);
        }
    }

    private static ContentSigner signer(
            PublicKey publicKey, PrivateKey privateKey, @Nullable Provider provider)
            throws OperatorCreationException {
        boolean rsa = publicKey.getAlgorithm().equals("RSA");
        JcaContentSignerBuilder builder =
                new JcaContentSignerBuilder(rsa ? "SHA256withRSA" : "SHA256withECDSA");
        if (provider != null) {
            builder.setProvider(provider);
        }
        return builder.build(privateKey);
    }

    private static GeneralNames namesOf(String host) {
        if (host.equals("localhost")) {
            return new GeneralNames(
                    new GeneralName[] {
                        new GeneralName(GeneralName.dNSName, host),
                        new GeneralName(GeneralName.iPAddress, "127.0.0.1"),
                        new GeneralName(GeneralName.iPAddress, "::1")
                    });
        }
        boolean address = host.matches("[0-9.]+") || host.contains(":");
        return new GeneralNames(
                new GeneralName(address ? GeneralName.iPAddress : GeneralName.dNSName, host));
    }
}
