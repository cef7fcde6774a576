package org.sslwrite.softhsm;

import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.ContentSigner;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.sslwrite.pkcs11.TokenException;
import org.sslwrite.pkcs11.cryptoki.TokenConnection;
import org.sslwrite.pkcs11.key.TokenSignatures;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;

/** A certificate for a key in a token, which signs it itself. */
public final class SelfSignedCertificate {
    private SelfSignedCertificate() {}

    /** Makes one, for an hour. */
    public static X509Certificate of(SoftwareToken token, SoftwareToken.KeyPair key)
            throws TokenException, GeneralSecurityException, OperatorCreationException {
        X500Name name = new X500Name("CN=token.test");
        Instant now = Instant.now();
        String algorithm =
                key.publicKey().getAlgorithm().equals("RSA") ? "SHA256withRSA" : "SHA256withECDSA";
        try (TokenConnection connection = new TokenConnection(token.config())) {
            ContentSigner signer =
                    new JcaContentSignerBuilder(algorithm)
                            .setProvider(TokenSignatures.PROVIDER)
                            .build(connection.privateKey(key.selector()));
            return new JcaX509CertificateConverter()
                    .getCertificate(
                            new JcaX509v3CertificateBuilder(
                                            name,
                                            BigInteger.ONE,
                                            Date.from(now.minus(Duration.ofMinutes(5))),
                                            Date.from(now.plus(Duration.ofHours(1))),
                                            name,
                                            key.publicKey())
                                    .build(signer));
        }
    }
}
