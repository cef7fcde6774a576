package org.sslwrite;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.math.BigInteger;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import javax.security.auth.x500.X500Principal;

class ChainOrderTest {
    private static final Map<String, X509Certificate> CERTIFICATES = new LinkedHashMap<>();
    private static KeyPair leafKey;

    @BeforeAll
    static void issue() throws Exception {
        KeyPair root = keyPair();
        KeyPair middle = keyPair();
        KeyPair other = keyPair();
        leafKey = keyPair();
        add("root", "root", root, "root", root, -100, 100);
        add("middle", "middle", middle, "root", root, -50, 50);
        add("renewed", "middle", middle, "root", root, -10, 90);
        add("expired", "middle", middle, "root", root, -90, -1);
        add("future", "middle", middle, "root", root, 1, 90);
        add("namesake", "middle", other, "root", root, -5, 90);
        KeyPair foreign = keyPair();
        add("crossed", "middle", middle, "foreign root", foreign, -3, 95);
        add("leaf", "leaf", leafKey, "middle", middle, -5, 5);
    }

    private static KeyPair keyPair() throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(256);
        return generator.generateKeyPair();
    }

    private static void add(
            String name,
            String subject,
            KeyPair key,
            String issuer,
            KeyPair issuerKey,
            int fromDay,
            int toDay)
            throws Exception {
        JcaX509v3CertificateBuilder builder =
                new JcaX509v3CertificateBuilder(
                        new X500Principal("CN=" + issuer),
                        BigInteger.valueOf(CERTIFICATES.size() + 1),
                        day(fromDay),
                        day(toDay),
                        new X500Principal("CN=" + subject),
                        key.getPublic());
        CERTIFICATES.put(
                name,
                new JcaX509CertificateConverter()
                        .getCertificate(
                                builder.build(
                                        new JcaContentSignerBuilder("SHA256withECDSA")
                                                .build(issuerKey.getPrivate()))));
    }

    private static Date day(int days) {
        return Date.from(Instant.now().plus(Duration.ofDays(days)));
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "leaf,                          leaf",
        "leaf middle root,              leaf middle root",
        "root middle leaf,              leaf middle root",
        "middle root leaf,              leaf middle root",
        "leaf middle renewed,           leaf renewed",
        "leaf renewed middle root,      leaf renewed root",
        "expired renewed leaf,          leaf renewed",
        "leaf expired middle,           leaf middle",
        "leaf future middle,            leaf middle",
        "leaf expired,                  leaf expired",
        "leaf namesake middle,          leaf middle namesake",
        "leaf root,                     leaf root",
        "leaf middle crossed root,      leaf middle root crossed",
        "leaf crossed middle root,      leaf crossed middle root",
        "leaf renewed crossed middle,   leaf renewed crossed",
        "leaf expired crossed,          leaf crossed expired",
    })
    void isSentInOrder(String given, String sent) throws Exception {
        List<X509Certificate> chain = Stream.of(given.split(" ")).map(CERTIFICATES::get).toList();
        TlsIdentity identity =
                TlsIdentity.of(
                        leafKey.getPrivate(), TlsIdentity.leafFirst(leafKey.getPrivate(), chain));
        String order =
                identity.chain().stream()
                        .map(ChainOrderTest::name)
                        .collect(Collectors.joining(" "));
        assertEquals(sent, order);
    }

    private static String name(X509Certificate certificate) {
        return CERTIFICATES.entrySet().stream()
                .filter(entry -> entry.getValue().equals(certificate))
                .map(Map.Entry::getKey)
                .findAny()
                .orElseThrow();
    }
}
