package org.sslwrite.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sslwrite.pkcs11.TokenException;
import org.sslwrite.pkcs11.TokenSelector;
import org.sslwrite.pkcs11.config.TokenConfig;
import org.sslwrite.pkcs11.cryptoki.CryptokiToken.KeyPairKind;
import org.sslwrite.pkcs11.pin.Pin;
import org.sslwrite.softhsm.SoftwareToken;
import org.sslwrite.softhsm.SoftwareToken.Kind;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Date;
import java.util.List;

/** {@code sslwrite demo} with a key of a token that somebody has set up, and its certificate. */
@Timeout(120)
class TokenCertificateTest {
    private static final String AUTHORITY = "CN=an authority";

    @TempDir private Path folder;
    private SoftwareToken token;

    @BeforeEach
    void makeToken() throws TokenException {
        Programs.assumeToken(Kind.SOFTHSM);
        token = SoftwareToken.create(Kind.SOFTHSM);
    }

    @AfterEach
    void close() {
        if (token != null) {
            token.close();
        }
    }

    @ParameterizedTest(name = "{0}, certificate of {2} in {3}, peer {4}")
    @CsvSource({
        "cryptoki,  EC_P256,  www.example.com, the token, self",
        "cryptoki,  EC_P256,  www.example.com, the token, openssl",
        "cryptoki,  RSA_2048, *.example.com,   a file,    self",
        "cryptoki,  RSA_2048, *.example.com,   a file,    openssl",
        "sunpkcs11, RSA_2048, www.example.com, the token, openssl",
        "cryptoki,  EC_P256,  192.0.2.1,       the token, self",
        "cryptoki,  EC_P256,  192.0.2.1,       the token, openssl",
        "cryptoki,  EC_P256,  ,                the token, self",
        "cryptoki,  EC_P256,  ,                the token, openssl",
    })
    void demoTrustsWhatAnAuthorityIssued(
            String engine, KeyPairKind kind, String host, String where, String peer)
            throws Exception {
        if (peer.equals("openssl")) {
            Programs.openssl();
        }
        SoftwareToken.KeyPair key = token.generateKeyPair(kind);
        X509Certificate certificate = issued(host, key);
        List<Object> args =
                new ArrayList<>(List.of("demo", Fixture.file(folder, "file", 100_000), "--json"));
        args.addAll(List.of("--config", config(key), "--engine", engine, "--key-in-token"));
        args.addAll(List.of("--peer", peer));
        if (where.equals("a file")) {
            args.addAll(List.of("--cert", pem(certificate)));
        } else {
            token.storeCertificate(key, certificate);
        }
        Cli.Result result = Cli.run(args.toArray());
        assertEquals(0, result.exit(), result.err());
        assertEquals(2, result.out().lines().count(), result.out());
    }

    /** A help that offers an option is of a command that has it. */
    @Test
    void certificateNeedsAKeyInTheToken() throws IOException {
        Path file = Fixture.file(folder, "file", 1000);
        Cli.Result without = Cli.run("demo", file, "--cert", file);
        assertEquals(2, without.exit());
        assertTrue(without.err().contains("--cert needs --key-in-token"), without.err());
    }

    private Path config(SoftwareToken.KeyPair key) throws TokenException, IOException {
        TokenConfig known = token.config();
        Path pinFile = folder.resolve("pin");
        try (Pin pin = known.pin().pin(known.name())) {
            Files.write(pinFile, pin.utf8());
        }
        Files.setPosixFilePermissions(pinFile, PosixFilePermissions.fromString("rw-------"));
        return Files.writeString(
                folder.resolve("token.properties"),
                "module = %s\ntoken-label = %s\nkey-id = %s\npin-source = file:%s\n"
                        .formatted(
                                known.module(),
                                ((TokenSelector.ByLabel) known.token()).label(),
                                key.selector().idHex(),
                                pinFile));
    }

    private Path pem(X509Certificate certificate) throws Exception {
        String base64 = Base64.getMimeEncoder().encodeToString(certificate.getEncoded());
        return Files.writeString(
                folder.resolve("chain.pem"),
                "-----BEGIN CERTIFICATE-----\n" + base64 + "\n-----END CERTIFICATE-----\n");
    }

    private static X509Certificate issued(String host, SoftwareToken.KeyPair key) throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(256);
        KeyPair authority = generator.generateKeyPair();
        Instant now = Instant.now();
        JcaX509v3CertificateBuilder builder =
                new JcaX509v3CertificateBuilder(
                        new X500Name(AUTHORITY),
                        BigInteger.ONE,
                        Date.from(now.minus(Duration.ofDays(1))),
                        Date.from(now.plus(Duration.ofDays(1))),
                        new X500Name("CN=a server"),
                        key.publicKey());
        if (host != null) {
            boolean isAddress = Character.isDigit(host.charAt(0));
            builder.addExtension(
                    Extension.subjectAlternativeName,
                    false,
                    new GeneralNames(
                            new GeneralName(
                                    isAddress ? GeneralName.iPAddress : GeneralName.dNSName,
                                    host)));
        }
        return new JcaX509CertificateConverter()
                .getCertificate(
                        builder.build(
                                new JcaContentSignerBuilder("SHA256withECDSA")
                                        .build(authority.getPrivate())));
    }
}
