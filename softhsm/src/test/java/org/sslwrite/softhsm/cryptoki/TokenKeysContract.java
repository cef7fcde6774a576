package org.sslwrite.softhsm.cryptoki;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sslwrite.pkcs11.KeySelector;
import org.sslwrite.pkcs11.TokenException;
import org.sslwrite.pkcs11.cryptoki.CryptokiToken;
import org.sslwrite.pkcs11.cryptoki.CryptokiToken.KeyPairKind;
import org.sslwrite.pkcs11.cryptoki.TokenConnection;
import org.sslwrite.pkcs11.key.TokenPrivateKey;
import org.sslwrite.pkcs11.key.TokenSignatures;
import org.sslwrite.softhsm.SoftwareToken;
import org.sslwrite.softhsm.SunCleaner;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.HexFormat;
import java.util.List;

/** Key pairs and certificates in a real token. */
@Timeout(120)
abstract class TokenKeysContract {
    private static final Instant NOW = Instant.now();
    private static final KeyPair ROOT = keyPair();
    private static final KeyPair STRANGER = keyPair();
    private static final byte[] MESSAGE = "what is signed".getBytes();

    final SoftwareToken software;
    TokenConnection connection;

    TokenKeysContract(SoftwareToken software) {
        this.software = software;
    }

    @BeforeEach
    void connect() {
        connection = new TokenConnection(software.config());
    }

    @AfterEach
    void close() {
        connection.close();
    }

    /** The algorithms by their names, RSASSA-PSS by its hash. */
    @ParameterizedTest
    @CsvSource({
        "RSA_2048, SHA256withRSA SHA384withRSA SHA512withRSA SHA-256 SHA-384 SHA-512",
        "EC_P256, SHA256withECDSA SHA384withECDSA SHA512withECDSA",
        "EC_P384, SHA256withECDSA SHA384withECDSA SHA512withECDSA",
    })
    void signs(KeyPairKind kind, String algorithms) throws Exception {
        SoftwareToken.KeyPair pair = software.generateKeyPair(kind);
        TokenPrivateKey key = connection.privateKey(pair.selector());
        assertEquals(pair.publicKey().getAlgorithm(), key.getAlgorithm());
        for (String algorithm : algorithms.split(" ")) {
            for (int i = 0; i < 10; i++) { // an ECDSA signature's halves vary in length
                byte[] signature = sign(algorithm, key);
                assertTrue(verify(algorithm, pair.publicKey(), signature), algorithm);
            }
        }
    }

    private static Signature signature(String algorithmOrHashOfPss, boolean ours)
            throws GeneralSecurityException {
        boolean isPss = !algorithmOrHashOfPss.contains("with");
        String algorithm = isPss ? "RSASSA-PSS" : algorithmOrHashOfPss;
        Signature signature =
                ours
                        ? Signature.getInstance(algorithm, TokenSignatures.PROVIDER)
                        : Signature.getInstance(algorithm);
        if (isPss) {
            String hash = algorithmOrHashOfPss;
            int salt = Integer.parseInt(hash.substring(4)) / 8;
            signature.setParameter(
                    new PSSParameterSpec(hash, "MGF1", new MGF1ParameterSpec(hash), salt, 1));
        }
        return signature;
    }

    private static byte[] sign(String algorithmOrHashOfPss, TokenPrivateKey key)
            throws GeneralSecurityException {
        Signature signer = signature(algorithmOrHashOfPss, true);
        signer.initSign(key);
        signer.update(MESSAGE);
        return signer.sign();
    }

    private static boolean verify(
            String algorithmOrHashOfPss, PublicKey publicKey, byte[] signature)
            throws GeneralSecurityException {
        Signature verifier = signature(algorithmOrHashOfPss, false);
        verifier.initVerify(publicKey);
        verifier.update(MESSAGE);
        return verifier.verify(signature);
    }

    @Test
    void aKeySurvivesThatSessionsAreClosedBehindOurBack() throws Exception {
        SoftwareToken.KeyPair pair = software.generateKeyPair(KeyPairKind.EC_P256);
        TokenPrivateKey key = connection.privateKey(pair.selector());
        CryptokiToken token = connection.token();
        SunCleaner.awaitAsleep();
        token.module().functions().C_CloseAllSessions(token.slot());
        letTheSoftwareTokenNotice();
        if (software.kind() == SoftwareToken.Kind.NSS) {
            // There it was in a session itself.
            Exception e = assertThrows(Exception.class, () -> sign("SHA256withECDSA", key));
            assertTrue(e.getMessage().contains("has no private key"), e.getMessage());
            return;
        }
        assertTrue(verify("SHA256withECDSA", pair.publicKey(), sign("SHA256withECDSA", key)));
    }

    /** Its own session was closed too, which it finds out when it is next used. */
    private void letTheSoftwareTokenNotice() {
        try {
            software.generateKeyPair(KeyPairKind.EC_P256);
        } catch (TokenException e) {
            assertTrue(e.getMessage().contains("CKR_SESSION_HANDLE_INVALID"), e.getMessage());
        }
    }

    @Test
    void aPssSaltOfAnotherLength() throws Exception {
        SoftwareToken.KeyPair pair = software.generateKeyPair(KeyPairKind.RSA_2048);
        PSSParameterSpec parameters =
                new PSSParameterSpec("SHA-256", "MGF1", MGF1ParameterSpec.SHA256, 20, 1);
        Signature signer = Signature.getInstance("RSASSA-PSS", TokenSignatures.PROVIDER);
        signer.initSign(connection.privateKey(pair.selector()));
        signer.setParameter(parameters);
        signer.update(MESSAGE);
        Signature verifier = Signature.getInstance("RSASSA-PSS");
        verifier.initVerify(pair.publicKey());
        verifier.setParameter(parameters);
        verifier.update(MESSAGE);
        assertTrue(verifier.verify(signer.sign()));
    }

    @Test
    void theChainStartsAtTheKeysLeafAndFollowsTheIssuers() throws Exception {
        SoftwareToken.KeyPair leafKey = software.generateKeyPair(KeyPairKind.EC_P256);
        SoftwareToken.KeyPair otherKey = software.generateKeyPair(KeyPairKind.EC_P256);
        KeyPair root = keyPair();
        KeyPair middle = keyPair();
        KeyPair impostor = keyPair();
        X509Certificate leaf = certificate("leaf", leafKey.publicKey(), "middle", middle);
        CryptokiToken token = connection.token();
        store(token, certificate("other", otherKey.publicKey(), "middle", middle), 1);
        store(token, certificate("middle", impostor.getPublic(), "root", impostor), 2);
        store(token, certificate("root", root.getPublic(), "root", root), 3);
        store(token, certificate("middle", middle.getPublic(), "root", root), 4);
        software.storeCertificate(leafKey, leaf);
        List<String> names =
                connection.certificates(leafKey.selector()).stream()
                        .map(c -> c.getSubjectX500Principal().getName())
                        .toList();
        assertEquals(List.of("CN=leaf", "CN=middle", "CN=root"), names);
        assertEquals(leaf, connection.certificates(leafKey.selector()).getFirst());

        // By its public key, for it has another id.
        assertEquals(
                "CN=other",
                connection
                        .certificates(otherKey.selector())
                        .getFirst()
                        .getSubjectX500Principal()
                        .getName());
    }

    @Test
    void aKeyWithoutACertificateSaysSo() throws Exception {
        SoftwareToken.KeyPair key = software.generateKeyPair(KeyPairKind.EC_P256);
        TokenException e =
                assertThrows(TokenException.class, () -> connection.certificates(key.selector()));
        assertTrue(
                e.getMessage().contains("has no certificate with the public key of"),
                e.getMessage());
    }

    /**
     * What is stored under the key's id, in this order; which of it is the leaf, and which
     * intermediate goes with it.
     */
    @ParameterizedTest(name = "{0}, {1}: {2}")
    @CsvSource(
            delimiter = '|',
            value = {
                "RSA_2048 | expired renewed       | renewed middle",
                "RSA_2048 | renewed expired       | renewed middle",
                "EC_P256  | expired renewed       | renewed middle",
                "EC_P256  | renewed future        | renewed middle",
                "EC_P256  | expired               | expired middle",
                "RSA_2048 | middle renewed        | renewed middle",
                "EC_P256  | middle renewed        | renewed middle",
                "EC_P256  | renewed old-middle middle | renewed middle",
                "EC_P384  | middle old-middle expired renewed stranger | renewed middle",
                "EC_P256  | expired renewed stranger | renewed middle",
                "RSA_2048 | stranger renewed      | renewed middle",
            })
    void theLeafIsTheNewestThatIsValidAndHasTheKey(KeyPairKind kind, String stored, String expected)
            throws Exception {
        SoftwareToken.KeyPair key = software.generateKeyPair(kind);
        KeyPair middle = keyPair();
        CryptokiToken token = connection.token();
        byte[] id = HexFormat.of().parseHex(String.valueOf(key.selector().idHex()));
        List<String> names = new ArrayList<>(List.of(stored.split(" ")));
        for (String other : List.of("middle", "old-middle")) {
            if (!names.contains(other)) {
                store(token, issued(other, key, middle), 7);
            }
        }
        for (String name : names) {
            token.storeCertificate(issued(name, key, middle), name, id, false);
        }
        List<X509Certificate> wanted = new ArrayList<>();
        for (String name : expected.split(" ")) {
            wanted.add(issued(name, key, middle));
        }
        // What "middle" is issued by is not in the token.
        assertEquals(
                wanted.stream().map(TokenKeysContract::described).toList(),
                connection.certificates(key.selector()).stream()
                        .map(TokenKeysContract::described)
                        .toList());
    }

    private static String described(X509Certificate certificate) {
        return certificate.getSubjectX500Principal() + " " + certificate.getNotBefore();
    }

    private static X509Certificate issued(String name, SoftwareToken.KeyPair key, KeyPair middle)
            throws Exception {
        return switch (name) {
            case "expired" -> certificate("leaf", key.publicKey(), "middle", middle, -20, -1);
            case "renewed" -> certificate("leaf", key.publicKey(), "middle", middle, -10, 20);
            case "future" -> certificate("leaf", key.publicKey(), "middle", middle, 5, 30);
            case "stranger" -> certificate("leaf", STRANGER.getPublic(), "middle", middle, -1, 50);
            case "middle" -> certificate("middle", middle.getPublic(), "root", ROOT, -15, 90);
            case "old-middle" -> certificate("middle", middle.getPublic(), "root", ROOT, -90, -2);
            default -> throw new IllegalArgumentException(name);
        };
    }

    private static void store(CryptokiToken token, X509Certificate certificate, int id)
            throws TokenException {
        token.storeCertificate(certificate, "certificate " + id, new byte[] {(byte) id}, false);
    }

    private static KeyPair keyPair() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(256);
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    private static X509Certificate certificate(
            String subject, PublicKey key, String issuer, KeyPair issuerKeys) throws Exception {
        return certificate(subject, key, issuer, issuerKeys, -1, 1);
    }

    /**
     * @param from days from now
     * @param to likewise
     */
    private static X509Certificate certificate(
            String subject, PublicKey key, String issuer, KeyPair issuerKeys, int from, int to)
            throws Exception {
        PrivateKey signer = issuerKeys.getPrivate();
        JcaX509v3CertificateBuilder builder =
                new JcaX509v3CertificateBuilder(
                        new X500Name("CN=" + issuer),
                        BigInteger.valueOf(Math.abs(System.nanoTime())),
                        Date.from(NOW.plus(Duration.ofDays(from))),
                        Date.from(NOW.plus(Duration.ofDays(to))),
                        new X500Name("CN=" + subject),
                        key);
        return new JcaX509CertificateConverter()
                .getCertificate(
                        builder.build(
                                new JcaContentSignerBuilder("SHA256withECDSA").build(signer)));
    }

    @Test
    void aSessionKeyPairEndsWithItsIncarnation() throws Exception {
        try (TokenConnection other = new TokenConnection(software.config())) {
            other.token();
            byte[] id = {42};
            connection.token().generateKeyPair(KeyPairKind.EC_P256, "brief", id, false);
            KeySelector selector = KeySelector.byId(id);
            assertEquals("EC", other.privateKey(selector).getAlgorithm());
            connection.close();
            assertThrows(TokenException.class, () -> other.privateKey(selector));
        }
    }
}
