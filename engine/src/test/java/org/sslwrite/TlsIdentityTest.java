package org.sslwrite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.nist.NISTObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.pkcs.PKCS8EncryptedPrivateKeyInfoBuilder;
import org.bouncycastle.pkcs.jcajce.JcePKCSPBEOutputEncryptorBuilder;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.sslwrite.kit.OpenSsl;
import org.sslwrite.kit.Outcomes;
import org.sslwrite.kit.Pki;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/**
 * Keys and certificates from files, good and bad; what is wrong is said in one line that names the
 * file.
 */
@Timeout(60)
class TlsIdentityTest {
    private static final String PASSWORD = "s3cret-pass";

    @TempDir static Path folder;

    @BeforeAll
    static void makeFiles() throws Exception {
        assumeTrue(OpenSsl.missing() == null, OpenSsl.missing());
        openssl("genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out rsa.pkcs8.key");
        openssl("rsa -in rsa.pkcs8.key -traditional -out rsa.pkcs1.key");
        openssl(
                "pkcs8 -topk8 -in rsa.pkcs8.key -v2 aes-256-cbc -passout pass:"
                        + PASSWORD
                        + " -out rsa.encrypted.key");
        openssl(
                "rsa -in rsa.pkcs8.key -traditional -aes256 -passout pass:"
                        + PASSWORD
                        + " -out rsa.dek.key");
        openssl("rsa -in rsa.pkcs8.key -outform DER -out rsa.der.key");
        openssl("req -x509 -new -key rsa.pkcs8.key -subj /CN=rsa.test -days 30 -out rsa.crt");
        openssl("x509 -in rsa.crt -outform DER -out rsa.der.crt");
        openssl("x509 -in rsa.crt -text -out rsa.text.crt");
        openssl("ecparam -name prime256v1 -genkey -out ec.sec1.key");
        openssl("pkcs8 -topk8 -nocrypt -in ec.sec1.key -out ec.pkcs8.key");
        openssl("ec -in ec.sec1.key -aes256 -passout pass:" + PASSWORD + " -out ec.dek.key");
        openssl(
                "pkcs8 -topk8 -in ec.sec1.key -v2 aes-128-cbc -passout pass:"
                        + PASSWORD
                        + " -out ec.encrypted.key");
        openssl("req -x509 -new -key ec.sec1.key -subj /CN=ec.test -days 30 -out ec.crt");
        openssl("genpkey -algorithm ED25519 -out ed.key");
        openssl("req -x509 -new -key ed.key -subj /CN=ed.test -days 30 -out ed.crt");
        openssl(
                "pkcs12 -export -inkey rsa.pkcs8.key -in rsa.crt -passout pass:"
                        + PASSWORD
                        + " -out rsa.p12");
        openssl(
                "pkcs12 -export -inkey ec.pkcs8.key -in ec.crt -passout pass: -out"
                        + " empty-password.p12");
        openssl(
                "pkcs12 -export -keypbe NONE -inkey rsa.pkcs8.key -in rsa.crt -passout pass:"
                        + PASSWORD
                        + " -out plain-key.p12");
        openssl(
                "pkcs12 -export -keypbe NONE -certpbe NONE -inkey rsa.pkcs8.key -in rsa.crt"
                        + " -passout pass:"
                        + PASSWORD
                        + " -out all-plain.p12");
        openssl(
                "pkcs12 -export -nokeys -in rsa.crt -passout pass:"
                        + PASSWORD
                        + " -out no-key.p12");
        for (String ciphers :
                List.of(
                        "camellia-256-cbc aes-256-cbc",
                        "aes-256-cbc camellia-128-cbc",
                        "des-ede3-cbc des-ede3-cbc",
                        "aria-256-cbc aria-256-cbc",
                        "aes-128-cbc aes-128-cbc -nomac",
                        "aria-256-cbc aes-128-cbc -nomac")) {
            String[] words = ciphers.split(" ", 3);
            openssl(
                    "pkcs12 -export -inkey rsa.pkcs8.key -in rsa.crt -keypbe "
                            + words[0]
                            + " -certpbe "
                            + words[1]
                            + (words.length == 2 ? "" : " " + words[2])
                            + " -passout pass:"
                            + PASSWORD
                            + " -out "
                            + ciphers.replace(' ', '+')
                            + ".p12");
        }
        Files.writeString(path("chain.crt"), read("rsa.crt") + read("ec.crt"));
        Files.writeString(path("both.pem"), read("rsa.pkcs8.key") + read("rsa.crt"));
        Files.writeString(path("both-turned.pem"), read("rsa.crt") + read("rsa.pkcs8.key"));
        Files.writeString(path("two.key"), read("rsa.pkcs8.key") + read("ec.pkcs8.key"));
        Files.writeString(path("crlf.key"), read("rsa.pkcs8.key").replace("\n", "\r\n"));
        Files.writeString(path("crlf.crt"), read("rsa.crt").replace("\n", "\r\n"));
        makeAsFoundInTheWild();
        makeKeyOfUnknownKind();
        Files.writeString(path("cut.key"), read("rsa.pkcs8.key").substring(0, 500));
        Files.writeString(path("cut.crt"), read("rsa.crt").substring(0, 500));
        Files.writeString(path("no-base64.key"), read("rsa.pkcs8.key").replaceAll("[a-z]", "*"));
        Files.writeString(path("empty"), "");
        Files.writeString(path("text"), "This is no key.\nNor is this.\n");
        byte[] garbage = new byte[3000];
        new Random(1).nextBytes(garbage);
        Files.write(path("garbage"), garbage);
        Files.createDirectory(path("folder"));
        storeOfTwoKeys();
    }

    /** What tools and editors make of PEM files. */
    private static void makeAsFoundInTheWild() throws IOException {
        openssl("x509 -in rsa.crt -trustout -addtrust serverAuth -out rsa.trusted.crt");
        String key = read("rsa.pkcs8.key");
        String crt = read("rsa.crt");
        Files.writeString(path("bom.crt"), "\ufeff" + crt);
        Files.writeString(path("bom.key"), "\ufeff" + key);
        byte[] latin1 = "Bag Attributes\n    friendlyName: Schl\u00fcssel\n".getBytes(ISO_8859_1);
        Files.write(path("latin1.crt"), concat(latin1, crt.getBytes(ISO_8859_1)));
        Files.write(path("latin1.key"), concat(latin1, key.getBytes(ISO_8859_1)));
        String unknown = "-----BEGIN SOMETHING-----\nx: y\n\nAAAA\n-----END SOMETHING-----\n";
        String between = "text\n" + unknown + "more: text\n";
        Files.writeString(path("between.crt"), between + crt + between);
        Files.writeString(path("between.key"), between + key + between);
        Files.writeString(path("indented.crt"), crt.replaceAll("(?m)^", "  "));
        Files.writeString(path("x509.crt"), crt.replace(" CERTIFICATE", " X509 CERTIFICATE"));
        openssl("ecparam -name prime256v1 -out ec.parameters");
        Files.writeString(path("parameters.key"), read("ec.parameters") + read("ec.pkcs8.key"));
        Files.writeString(path("joined.crt"), crt.strip() + read("ec.crt"));
        Files.writeString(path("no-end.crt"), crt + crt.replaceAll("-----END.*\n", ""));
        Files.writeString(path("other-end.crt"), crt.replace("END CERT", "END X509 CERT"));
        Files.writeString(path("four-hyphens.crt"), crt + crt.replace("TE-----", "TE----"));
        Files.writeString(path("no-base64.crt"), crt + crt.replace("MII", "M!I"));
        Files.writeString(path("shorter.crt"), crt + crt.replaceFirst("\nMII.*\n", "\n"));
        Files.writeString(path("openssh.key"), key.replace(" PRIVATE KEY", " OPENSSH PRIVATE KEY"));
        Files.writeString(
                path("seed.key"), read("rsa.dek.key").replaceAll("AES-256-CBC", "SEED-CBC"));
        openssl("req -x509 -new -newkey rsa:512 -noenc -keyout 512.key -subj /CN=a -out 512.crt");
        Files.writeString(path("few-hyphens.crt"), crt + crt.replace("-----", "----"));
        openssl("genpkey -algorithm RSA-PSS -pkeyopt rsa_keygen_bits:2048 -out pss.key");
        openssl("req -x509 -new -key pss.key -subj /CN=pss.test -out pss.crt");
        openssl("ecparam -name secp256k1 -genkey -out k1.key");
        openssl("req -x509 -new -key k1.key -subj /CN=k1.test -out k1.crt");
    }

    /** A key of a kind that neither the JDK nor Bouncy Castle knows, properly encrypted. */
    private static void makeKeyOfUnknownKind() throws Exception {
        PrivateKeyInfo info =
                new PrivateKeyInfo(
                        new AlgorithmIdentifier(new ASN1ObjectIdentifier("1.3.6.1.4.1.32473.1")),
                        new DEROctetString(new byte[32]));
        byte[] encrypted =
                new PKCS8EncryptedPrivateKeyInfoBuilder(info)
                        .build(
                                new JcePKCSPBEOutputEncryptorBuilder(
                                                NISTObjectIdentifiers.id_aes128_CBC)
                                        .setProvider(BouncyCastle.PROVIDER)
                                        .build(PASSWORD.toCharArray()))
                        .getEncoded();
        Files.writeString(
                path("unknown.key"),
                "-----BEGIN ENCRYPTED PRIVATE KEY-----\n"
                        + Base64.getMimeEncoder().encodeToString(encrypted)
                        + "\n-----END ENCRYPTED PRIVATE KEY-----\n");
    }

    private static byte[] concat(byte[] one, byte[] other) {
        byte[] both = Arrays.copyOf(one, one.length + other.length);
        System.arraycopy(other, 0, both, one.length, other.length);
        return both;
    }

    private static void openssl(String words) {
        OpenSsl.run(folder, words);
    }

    private static Path path(String name) {
        return folder.resolve(name);
    }

    private static String read(String name) throws IOException {
        return Files.readString(path(name));
    }

    private static void storeOfTwoKeys() throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        char[] password = PASSWORD.toCharArray();
        store.setKeyEntry(
                "one", Pki.RSA.key(), password, new Certificate[] {Pki.RSA.certificate()});
        store.setKeyEntry("two", Pki.EC.key(), password, new Certificate[] {Pki.EC.certificate()});
        try (var out = Files.newOutputStream(path("two.p12"))) {
            store.store(out, password);
        }
    }

    private static char[] password(String password) {
        return password == null ? null : password.toCharArray();
    }

    @ParameterizedTest
    @CsvSource({
        "rsa.crt,      rsa.pkcs8.key,     , true",
        "rsa.crt,      rsa.pkcs1.key,     , true",
        "rsa.crt,      rsa.encrypted.key, s3cret-pass, true",
        "rsa.crt,      rsa.dek.key,       s3cret-pass, true",
        "rsa.crt,      rsa.pkcs8.key,     not-needed,  true",
        "rsa.der.crt,  rsa.pkcs8.key,     , true",
        "rsa.text.crt, rsa.pkcs8.key,     , true",
        "crlf.crt,     crlf.key,          , true",
        "both.pem,     both.pem,          , true",
        "both-turned.pem, both-turned.pem, , true",
        "chain.crt,    two.key,           , true",
        "bom.crt,      bom.key,           , true",
        "latin1.crt,   latin1.key,        , true",
        "between.crt,  between.key,       , true",
        "indented.crt, rsa.pkcs8.key,     , true",
        "x509.crt,     rsa.pkcs8.key,     , true",
        "rsa.trusted.crt, rsa.pkcs8.key,  , true",
        "ec.crt,       parameters.key,    , false",
        "ec.crt,       ec.sec1.key,       , false",
        "ec.crt,       ec.pkcs8.key,      , false",
        "ec.crt,       ec.dek.key,        s3cret-pass, false",
        "ec.crt,       ec.encrypted.key,  s3cret-pass, false",
    })
    void pemThatIsGood(String certificates, String key, String password, boolean rsa)
            throws Exception {
        TlsIdentity identity =
                TlsIdentity.fromPem(path(certificates), path(key), password(password));
        assertEquals(rsa, identity.isRsa());
        assertEquals(
                rsa ? "CN=rsa.test" : "CN=ec.test",
                identity.certificate().getSubjectX500Principal().getName());
        assertEquals(identity.certificate(), identity.chain().getFirst());
        assertEquals(certificates.equals("chain.crt") ? 2 : 1, identity.chain().size());
        assertTrue(identity.toString().contains("CN="));
    }

    /** In either argument, or both, a file that will not do. */
    @ParameterizedTest(name = "{0} and {1}: {4}")
    @CsvSource({
        "rsa.crt,   missing.key,       ,      missing.key,  no such file",
        "missing.crt, rsa.pkcs8.key,   ,      missing.crt,  no such file",
        "rsa.crt,   folder,            ,      folder,       is a folder",
        "folder,    rsa.pkcs8.key,     ,      folder,       is a folder",
        "rsa.crt,   empty,             ,      empty,        no private key",
        "empty,     rsa.pkcs8.key,     ,      empty,        no certificate",
        "rsa.crt,   text,              ,      text,         no private key",
        "text,      rsa.pkcs8.key,     ,      text,         certificate",
        "rsa.crt,   garbage,           ,      garbage,      binary data",
        "garbage,   rsa.pkcs8.key,     ,      garbage,      not a certificate file",
        "rsa.crt,   rsa.der.key,       ,      rsa.der.key,  binary data",
        "rsa.crt,   cut.key,           ,      cut.key,      not a private key",
        "cut.crt,   rsa.pkcs8.key,     ,      cut.crt,      the file is cut off",
        "joined.crt, rsa.pkcs8.key,    ,      joined.crt,   has nothing else in it",
        "no-end.crt, rsa.pkcs8.key,    ,      no-end.crt,   does not end",
        "other-end.crt, rsa.pkcs8.key, ,      other-end.crt, is to end",
        "four-hyphens.crt, rsa.pkcs8.key, ,   four-hyphens.crt, five hyphens",
        "no-base64.crt, rsa.pkcs8.key, ,      no-base64.crt, no base64",
        "shorter.crt, rsa.pkcs8.key,   ,      shorter.crt,  is damaged",
        "rsa.crt,   openssh.key,       ,      openssh.key,  OPENSSH PRIVATE KEY",
        "rsa.crt,   seed.key,          s3cret-pass, seed.key, not supported",
        "few-hyphens.crt, rsa.pkcs8.key, ,    few-hyphens.crt, five hyphens at each end",
        "pss.crt,   pss.key,           ,      pss.crt,      RSASSA-PSS is not supported",
        "rsa.crt,   unknown.key,       s3cret-pass, unknown.key, use RSA",
        "512.crt,   512.key,           ,      512.crt,      512 bits is too short",
        "k1.crt,    k1.key,            ,      k1.crt,       'use P-256, P-384 or P-521'",
        "rsa.crt,   no-base64.key,     ,      no-base64.key, not a private key",
        "rsa.crt,   rsa.crt,           ,      rsa.crt,      no private key",
        "rsa.pkcs8.key, rsa.pkcs8.key, ,      rsa.pkcs8.key, certificate",
        "rsa.crt,   rsa.encrypted.key, wrong, rsa.encrypted.key, wrong password",
        "rsa.crt,   rsa.dek.key,       wrong, rsa.dek.key,  wrong password",
        "rsa.crt,   rsa.encrypted.key, ,      rsa.encrypted.key, a password is needed",
        "rsa.crt,   rsa.dek.key,       ,      rsa.dek.key,  a password is needed",
        "rsa.crt,   ec.sec1.key,       ,      ec.sec1.key,  does not fit",
        "ec.crt,    rsa.pkcs8.key,     ,      ec.crt,       does not fit",
        "ed.crt,    ed.key,            ,      ed.crt,       not supported",
    })
    void pemThatIsBad(String certificates, String key, String password, String named, String said) {
        IdentityException refusal =
                assertThrows(
                        IdentityException.class,
                        () ->
                                TlsIdentity.fromPem(
                                        path(certificates), path(key), password(password)));
        assertSays(refusal, named, said);
    }

    private static void assertSays(IdentityException refusal, String named, String said) {
        String message = String.valueOf(refusal.getMessage());
        Outcomes.assertOneLine(message);
        assertTrue(message.contains(path(named).toString()), message);
        assertTrue(message.contains(said), message);
        assertFalse(message.contains(PASSWORD), message);
    }

    @Test
    void rsaKeyOfAnotherCertificate() throws Exception {
        IdentityException refusal =
                assertThrows(
                        IdentityException.class,
                        () ->
                                TlsIdentity.of(
                                        Pki.RSA.key(),
                                        TlsIdentity.readCertificates(path("rsa.crt"))));
        Outcomes.assertOneLine(String.valueOf(refusal.getMessage()));
        assertTrue(String.valueOf(refusal.getMessage()).contains("does not fit"));
        assertThrows(IdentityException.class, () -> TlsIdentity.of(Pki.RSA.key(), List.of()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"rsa.dek.key", "ec.dek.key", "rsa.encrypted.key"})
    void manyWrongPasswords(String key) {
        // One in 256 leaves padding that looks right, and garbage behind it.
        int tries = key.contains("dek") ? 700 : 10;
        for (int i = 0; i < tries; i++) {
            char[] wrong = ("wrong" + i).toCharArray();
            IdentityException refusal =
                    assertThrows(
                            IdentityException.class,
                            () -> TlsIdentity.fromPem(path("rsa.crt"), path(key), wrong),
                            "try " + i);
            assertSays(refusal, key, "wrong password");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "rsa.p12, s3cret-pass, CN=rsa.test",
        "empty-password.p12, '', CN=ec.test",
        "plain-key.p12, s3cret-pass, CN=rsa.test",
        "all-plain.p12, s3cret-pass, CN=rsa.test",
        "camellia-256-cbc+aes-256-cbc.p12, s3cret-pass, CN=rsa.test",
        "aes-256-cbc+camellia-128-cbc.p12, s3cret-pass, CN=rsa.test",
        "des-ede3-cbc+des-ede3-cbc.p12, s3cret-pass, CN=rsa.test",
        "aes-128-cbc+aes-128-cbc+-nomac.p12, s3cret-pass, CN=rsa.test",
    })
    void pkcs12ThatIsGood(String file, String password, String subject) throws Exception {
        TlsIdentity identity = TlsIdentity.fromPkcs12(path(file), password.toCharArray());
        assertEquals(subject, identity.certificate().getSubjectX500Principal().getName());
    }

    @ParameterizedTest(name = "{0}: {2}")
    @CsvSource({
        "rsa.p12,     wrong,       wrong password",
        "rsa.p12,     '',          wrong password",
        "camellia-256-cbc+aes-256-cbc.p12, wrong, wrong password",
        "aes-256-cbc+camellia-128-cbc.p12, wrong, wrong password",
        "des-ede3-cbc+des-ede3-cbc.p12, wrong, wrong password",
        "aes-128-cbc+aes-128-cbc+-nomac.p12, wrong, wrong password",
        "aria-256-cbc+aria-256-cbc.p12, wrong, wrong password",
        "aria-256-cbc+aria-256-cbc.p12, s3cret-pass, encrypted in a way that is not supported",
        "aria-256-cbc+aes-128-cbc+-nomac.p12, s3cret-pass, in a way that is not supported",
        "missing.p12, s3cret-pass, no such file",
        "folder,      s3cret-pass, is a folder",
        "garbage,     s3cret-pass, not a PKCS#12 file",
        "empty,       s3cret-pass, not a PKCS#12 file",
        "text,        s3cret-pass, not a PKCS#12 file",
        "rsa.crt,     s3cret-pass, not a PKCS#12 file",
        "no-key.p12,  s3cret-pass, holds no private key",
        "two.p12,     s3cret-pass, 'more than one private key (one, two)'",
    })
    void pkcs12ThatIsBad(String file, String password, String said) {
        IdentityException refusal =
                assertThrows(
                        IdentityException.class,
                        () -> TlsIdentity.fromPkcs12(path(file), password.toCharArray()));
        assertSays(refusal, file, said);
    }

    @Test
    void fileThatMayNotBeRead() throws IOException {
        Path secret = unreadable();
        for (IdentityException refusal :
                List.of(
                        assertThrows(
                                IdentityException.class,
                                () -> TlsIdentity.fromPem(path("rsa.crt"), secret, null)),
                        assertThrows(
                                IdentityException.class,
                                () -> TlsIdentity.fromPem(secret, path("rsa.pkcs8.key"), null)),
                        assertThrows(
                                IdentityException.class,
                                () -> TlsIdentity.fromPkcs12(secret, new char[0])))) {
            String message = String.valueOf(refusal.getMessage());
            Outcomes.assertOneLine(message);
            assertTrue(message.contains(secret.toString()), message);
            assertTrue(message.contains("no permission"), message);
        }
    }

    /**
     * A file that not even root may read, where we are root: the kernel has some that are for
     * writing only.
     */
    private static Path unreadable() throws IOException {
        Path secret = path("secret");
        Files.writeString(secret, "secret");
        Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("---------"));
        if (!Files.isReadable(secret)) {
            return secret;
        }
        return Stream.of("compact_memory", "drop_caches")
                .map(name -> Path.of("/proc/sys/vm", name))
                .filter(file -> Files.exists(file) && !Files.isReadable(file))
                .findFirst()
                .orElseThrow();
    }

    /** Whatever this OpenSSL can encrypt a key with is read; of what we cannot read we say so. */
    @ParameterizedTest
    @CsvSource({
        "-scrypt, true",
        "-v2 aes-128-cbc -v2prf hmacWithSHA512, true",
        "-v2 des3, true",
        "-v2 camellia-256-cbc, true",
        "-v2 aria-256-cbc, true",
        "-v1 PBE-SHA1-3DES, true",
        "-v2 aes-256-ofb, false",
    })
    void waysToEncryptAKey(String how, boolean isRead) throws Exception {
        String name = "way" + how.replaceAll("[^a-zA-Z0-9]", "") + ".key";
        openssl("pkcs8 -topk8 -in rsa.pkcs8.key " + how + " -passout pass:p1 -out " + name);
        if (isRead) {
            assertTrue(TlsIdentity.fromPem(path("rsa.crt"), path(name), password("p1")).isRsa());
        }
        for (String word : List.of("p1", "p2")) {
            boolean right = word.equals("p1");
            if (isRead && right) {
                continue;
            }
            IdentityException refusal =
                    assertThrows(
                            IdentityException.class,
                            () -> TlsIdentity.fromPem(path("rsa.crt"), path(name), password(word)));
            assertSays(refusal, name, isRead ? "wrong password" : "not supported");
        }
    }

    @Test
    void limitedTrustIsNotOverlooked() {
        IdentityException refusal =
                assertThrows(
                        IdentityException.class,
                        () -> TlsIdentity.readCertificates(path("rsa.trusted.crt")));
        assertSays(refusal, "rsa.trusted.crt", "limits what it is trusted for");
    }

    @Test
    void certificatesInTheirOrder() throws Exception {
        List<X509Certificate> chain = TlsIdentity.readCertificates(path("chain.crt"));
        assertEquals(
                List.of("CN=rsa.test", "CN=ec.test"),
                chain.stream().map(c -> c.getSubjectX500Principal().getName()).toList());
    }

    @ParameterizedTest
    @CsvSource({
        "localhost, RSA, 'localhost 127.0.0.1 0:0:0:0:0:0:0:1'",
        "localhost, EC,  'localhost 127.0.0.1 0:0:0:0:0:0:0:1'",
        "host.test, EC,  host.test",
        "10.0.0.1,  EC,  10.0.0.1",
        "'fe80::1', EC,  'fe80:0:0:0:0:0:0:1'",
    })
    void selfSigned(String host, String algorithm, String names) throws Exception {
        TlsIdentity identity = TlsIdentity.selfSigned(host, algorithm);
        assertEquals(algorithm.equals("RSA"), identity.isRsa());
        identity.certificate().checkValidity();
        identity.certificate().verify(identity.certificate().getPublicKey());
        List<String> found =
                identity.certificate().getSubjectAlternativeNames().stream()
                        .map(name -> String.valueOf(name.get(1)))
                        .toList();
        assertEquals(List.of(names.split(" ")), found);
    }

    @ParameterizedTest
    @CsvSource({"host.test, DSA", "host.test, nonsense"})
    void selfSignedThatCannotBe(String host, String algorithm) {
        Exception refusal =
                assertThrows(Exception.class, () -> TlsIdentity.selfSigned(host, algorithm));
        assertTrue(
                refusal instanceof GeneralSecurityException
                        || refusal instanceof IllegalArgumentException,
                refusal.toString());
        Outcomes.assertOneLine(String.valueOf(refusal.getMessage()));
    }
}
