package org.sslwrite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.ClientCertificateType;
import org.bouncycastle.tls.ExtensionType;
import org.bouncycastle.tls.SignatureScheme;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.sslwrite.bio.Bio;
import org.sslwrite.kit.BcClient;
import org.sslwrite.kit.BcClient.Hello;
import org.sslwrite.kit.BcServer;
import org.sslwrite.kit.BcServer.Asked;
import org.sslwrite.kit.Outcomes;
import org.sslwrite.kit.Pki;
import org.sslwrite.kit.Scene;
import org.sslwrite.kit.Scene.Role;
import org.sslwrite.kit.TwoWayBio;
import org.sslwrite.protocol.CipherSuite;
import org.sslwrite.protocol.TlsVersion;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * What is chosen where there is a choice: by a server among versions, suites, groups and its
 * certificates, by a client among its certificates. The peer is made by hand, since no real one can
 * be told all of what it offers, or tells what it was given; the interop tests have real ones.
 */
@Timeout(60)
class ChoiceTest {
    private static final TlsVersion V12 = TlsVersion.TLSV1_2;
    private static final TlsVersion V13 = TlsVersion.TLSV1_3;

    private static final int X25519 = NamedGroup.X25519.code();
    private static final int P256 = NamedGroup.SECP256R1.code();
    private static final int P384 = NamedGroup.SECP384R1.code();
    private static final int P521 = NamedGroup.SECP521R1.code();

    private static final CipherSuite AES13 = CipherSuite.TLS_AES_128_GCM_SHA256;
    private static final CipherSuite CHACHA13 = CipherSuite.TLS_CHACHA20_POLY1305_SHA256;
    private static final CipherSuite ECDSA = CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256;
    private static final CipherSuite RSA = CipherSuite.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256;
    private static final CipherSuite RSA_CHACHA =
            CipherSuite.TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256;

    private static final Pki A_EC = Pki.CA.issue("EC", "a, EC", "a.test");
    private static final Pki B_RSA = Pki.CA.issue("RSA", "b, RSA", "b.test");
    private static final Pki C_EC384 = Pki.CA.issue("EC secp384r1", "c, P-384", "c.test");
    private static final Pki RSA_1024 = Pki.CA.issue("RSA 1024", "RSA, 1024 bit", "a.test");

    private static final Pki RSA_CA = Pki.authority("RSA", "RSA CA");
    private static final Pki BY_RSA_CA = RSA_CA.issue("EC", "EC by RSA CA", "a.test");

    /** What a test is given to build with. */
    private interface Change extends UnaryOperator<SslContext.Builder> {}

    private static SslContext server(Change change, Pki... identities) {
        SslContext.Builder builder = SslContext.builder();
        for (Pki identity : identities) {
            builder.identity(identity.identity());
        }
        return change.apply(builder).build();
    }

    /** Our server and a client that has made its ClientHello. */
    private static final class Served implements AutoCloseable {
        final Ssl ssl;
        final BcClient client;
        int result;

        Served(SslContext context, Hello hello) {
            Bio[] ends = TwoWayBio.pair();
            client = new BcClient(hello, ends[1]);
            ssl = context.newSsl();
            ssl.setBio(ends[0]);
            ssl.setAcceptState();
            for (int i = 0; i < 10; i++) {
                client.turn();
                result = ssl.doHandshake();
            }
        }

        Served assertDone() {
            Outcomes.assertDone(ssl, result, 1);
            assertTrue(client.isReady());
            return this;
        }

        @Override
        public void close() {
            ssl.close();
        }
    }

    // ------------------------------------------------------------------ versions, suites, groups

    @Test
    void theNewestVersionWhateverTheClientsOrder() {
        Hello hello = Hello.of(V13).versions(V12, V13);
        try (Served served = new Served(server(b -> b, A_EC), hello).assertDone()) {
            assertEquals(V13, served.client.version());
        }
    }

    static List<Arguments> suites() {
        Change none = b -> b;
        Change aes13 = b -> b.versions(List.of(V13)).cipherSuites(List.of(AES13, CHACHA13));
        Change aes12 = b -> b.versions(List.of(V12)).cipherSuites(List.of(RSA, RSA_CHACHA));
        Change ecdsa = b -> b.versions(List.of(V12)).cipherSuites(List.of(ECDSA, RSA));
        Hello v13 = Hello.of(V13);
        Hello v12 = Hello.of(V12);
        return List.of(
                Arguments.of("our order", aes13, v13.suites(CHACHA13, AES13), AES13),
                Arguments.of("our order", aes12, v12.suites(RSA_CHACHA, RSA), RSA),
                Arguments.of("our order of kinds", ecdsa, v12.suites(RSA, ECDSA), ECDSA),
                Arguments.of("our second", aes13, v13.suites(CHACHA13), CHACHA13),
                Arguments.of("the client's order", none, v13.suites(CHACHA13, AES13), CHACHA13),
                Arguments.of("the client's order", none, v13.suites(AES13, CHACHA13), AES13),
                Arguments.of("the client's order", none, v12.suites(RSA_CHACHA, RSA), RSA_CHACHA),
                Arguments.of("the client's order", none, v12.suites(RSA, ECDSA), RSA));
    }

    @ParameterizedTest(name = "{0}: {2}")
    @MethodSource("suites")
    void suiteThatOurServerTakes(String why, Change ours, Hello hello, CipherSuite taken) {
        try (Served served = new Served(server(ours, A_EC, B_RSA), hello).assertDone()) {
            assertEquals(taken, served.client.suite(), why);
        }
    }

    /** A group, and whether the client must send another key share for it. */
    static List<Arguments> groups() {
        Change none = b -> b;
        Change given = b -> b.groups(List.of(NamedGroup.SECP384R1, NamedGroup.X25519));
        Hello v13 = Hello.of(V13);
        Hello v12 = Hello.of(V12);
        return List.of(
                Arguments.of("ours", given, v13.groups(X25519, P384).shares(X25519), P384, true),
                Arguments.of(
                        "ours", given, v13.groups(X25519, P384).shares(X25519, P384), P384, false),
                Arguments.of("our second", given, v13.groups(X25519, P256), X25519, false),
                Arguments.of("a share", none, v13.groups(P384, X25519), X25519, false),
                Arguments.of("its first", none, v13.groups(P256, P384).shares(P256), P256, false),
                Arguments.of(
                        "its first share",
                        none,
                        v13.groups(P521, P384, P256).shares(P384, P256),
                        P384,
                        false),
                Arguments.of("its first", none, v13.groups(P521, P384).noShares(), P521, true),
                Arguments.of("ours", given, v12.groups(X25519, P384), P384, false),
                Arguments.of("its first", none, v12.groups(P384, X25519), P384, false),
                Arguments.of("its first", none, v12.groups(X25519, P384), X25519, false));
    }

    @ParameterizedTest(name = "{0}: {2}")
    @MethodSource("groups")
    void groupThatOurServerTakes(String why, Change ours, Hello hello, int taken, boolean retry) {
        try (Served served = new Served(server(ours, B_RSA), hello).assertDone()) {
            assertEquals(taken, served.client.group(), why);
            assertEquals(retry, served.client.isRetried(), "HelloRetryRequest");
        }
    }

    // ------------------------------------------------------------------- our server's certificate

    /** Our certificates, and the one that is shown; null for none: handshake_failure. */
    static List<Arguments> certificates() {
        Hello v13 = Hello.of(V13);
        Hello v12 = Hello.of(V12);
        int ecdsa256 = SignatureScheme.ecdsa_secp256r1_sha256;
        int ecdsa384 = SignatureScheme.ecdsa_secp384r1_sha384;
        int rsa = SignatureScheme.rsa_pss_rsae_sha256;
        List<Pki> both = List.of(A_EC, B_RSA);
        List<Arguments> rows = new ArrayList<>();
        for (Hello hello : List.of(v12, v13)) {
            rows.add(Arguments.of(both, hello.host("a.test"), A_EC));
            rows.add(Arguments.of(both, hello.host("b.test"), B_RSA));
            rows.add(Arguments.of(both, hello.host("unknown.test"), A_EC));
            rows.add(Arguments.of(both, hello, A_EC));
            // The name is of no use if the client cannot take that certificate.
            rows.add(Arguments.of(both, hello.host("b.test").schemes(ecdsa256), A_EC));
            rows.add(Arguments.of(both, hello.host("a.test").schemes(rsa), B_RSA));
            // The first has a signature in it that the client does not know.
            rows.add(Arguments.of(List.of(BY_RSA_CA, A_EC), hello.schemes(ecdsa256), A_EC));
            rows.add(Arguments.of(List.of(BY_RSA_CA), hello.schemes(ecdsa256), BY_RSA_CA));
        }
        rows.add(Arguments.of(both, v12.host("b.test").suites(ECDSA), A_EC));
        // A chain that the client knows goes before the order of suites.
        List<Pki> unknownFirst = List.of(BY_RSA_CA, B_RSA);
        rows.add(Arguments.of(unknownFirst, v12.schemes(ecdsa256, rsa), B_RSA));
        // RFC 8422 section 5.3: the curve must be one of the client's, in TLS 1.2.
        List<Pki> curves = List.of(C_EC384, A_EC, B_RSA);
        rows.add(Arguments.of(curves, v12.groups(X25519, P384), C_EC384));
        rows.add(Arguments.of(curves, v12.groups(X25519, P256), A_EC));
        rows.add(Arguments.of(curves, v12.groups(X25519), B_RSA));
        rows.add(Arguments.of(curves, v12.groups(X25519, P256).host("c.test"), A_EC));
        rows.add(Arguments.of(List.of(C_EC384), v12.groups(X25519, P256), null));
        rows.add(Arguments.of(List.of(C_EC384), v13.groups(X25519, P256), C_EC384));
        // RFC 8446 section 4.2.4: the client may name authorities too.
        List<Pki> issued = List.of(A_EC, BY_RSA_CA);
        int byRsa = SignatureScheme.rsa_pkcs1_sha256;
        Hello names = v13.authorities(RSA_CA);
        rows.add(Arguments.of(issued, names.schemes(ecdsa256, byRsa), BY_RSA_CA));
        rows.add(Arguments.of(issued, v13.schemes(ecdsa256, byRsa), A_EC));
        // RFC 8446 section 4.2.3: in TLS 1.3 the scheme names the curve.
        rows.add(Arguments.of(curves, v13.schemes(ecdsa256), A_EC));
        rows.add(Arguments.of(curves, v13.schemes(ecdsa384, ecdsa256), C_EC384));
        rows.add(Arguments.of(List.of(C_EC384), v13.schemes(ecdsa256), null));
        rows.add(Arguments.of(List.of(C_EC384), v12.schemes(ecdsa256), C_EC384));
        return rows;
    }

    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("certificates")
    void certificateThatOurServerShows(List<Pki> ours, Hello hello, Pki shown) {
        try (Served served = new Served(server(b -> b, ours.toArray(Pki[]::new)), hello)) {
            if (shown == null) {
                assertNothingFits(served);
            } else {
                served.assertDone();
                assertEquals(shown.certificate(), served.client.certificate());
            }
        }
    }

    private static void assertNothingFits(Served served) {
        Outcomes.assertFailed(
                served.ssl,
                served.result,
                -1,
                SslError.SSL,
                SslReason.NO_SUITABLE_SIGNATURE_ALGORITHM);
        String message = Outcomes.notNull(served.ssl.failure()).message();
        assertTrue(message.contains("no certificate of ours fits"), message);
        served.client.turn();
        assertEquals(AlertDescription.handshake_failure, served.client.alert());
    }

    /** RSA keys and the schemes whose padding does not fit into them. */
    static List<Arguments> shortKeys() {
        List<Arguments> rows = new ArrayList<>();
        int[] pss = {
            SignatureScheme.rsa_pss_rsae_sha256,
            SignatureScheme.rsa_pss_rsae_sha384,
            SignatureScheme.rsa_pss_rsae_sha512
        };
        int[] pkcs1 = {
            SignatureScheme.rsa_pkcs1_sha256,
            SignatureScheme.rsa_pkcs1_sha384,
            SignatureScheme.rsa_pkcs1_sha512
        };
        for (int i = 0; i < 3; i++) {
            for (TlsVersion version : TlsVersion.values()) {
                Hello hello = Hello.of(version);
                rows.add(Arguments.of(RSA_1024, hello.schemes(pss[i]), i < 2));
            }
            rows.add(Arguments.of(RSA_1024, Hello.of(V12).schemes(pkcs1[i]), true));
        }
        // The next that fits.
        rows.add(Arguments.of(RSA_1024, Hello.of(V12).schemes(pss[2], pkcs1[2]), true));
        return rows;
    }

    @ParameterizedTest(name = "{0}: {1}, {2}")
    @MethodSource("shortKeys")
    void keyThatIsTooShortForAScheme(Pki identity, Hello hello, boolean fits) {
        try (Served served = new Served(server(b -> b, identity), hello)) {
            if (fits) {
                served.assertDone();
            } else {
                assertNothingFits(served);
            }
        }
    }

    static List<Arguments> names() {
        List<Arguments> rows = new ArrayList<>();
        for (TlsVersion version : TlsVersion.values()) {
            Hello hello = Hello.of(version);
            rows.add(Arguments.of(hello.host("a.test"), true));
            rows.add(Arguments.of(hello.host("b.test"), true));
            rows.add(Arguments.of(hello.host("unknown.test"), false));
            rows.add(Arguments.of(hello, false));
        }
        return rows;
    }

    /** RFC 6066 section 3. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("names")
    void serverNameThatIsAcknowledged(Hello hello, boolean acknowledged) {
        try (Served served = new Served(server(b -> b, A_EC, B_RSA), hello).assertDone()) {
            assertEquals(acknowledged, served.client.isNameAcknowledged());
        }
    }

    /** What the two do not have in common, and what is said of it. */
    static List<Arguments> nothingInCommon() {
        List<Arguments> rows = new ArrayList<>();
        for (TlsVersion version : TlsVersion.values()) {
            boolean tls13 = version == V13;
            Hello hello = Hello.of(version);
            Change aes = b -> b.cipherSuites(List.of(AES13, RSA));
            rows.add(
                    Arguments.of(
                            aes,
                            hello.suites(tls13 ? CHACHA13 : RSA_CHACHA),
                            SslReason.NO_SHARED_CIPHER,
                            "no cipher suite in common"));
            Change group = b -> b.groups(List.of(NamedGroup.X448));
            rows.add(
                    Arguments.of(
                            group,
                            hello,
                            SslReason.NO_SHARED_GROUPS,
                            "no group for the key exchange in common"));
            rows.add(
                    Arguments.of(
                            (Change) b -> b,
                            hello.schemes(SignatureScheme.ecdsa_secp256r1_sha256),
                            SslReason.NO_SUITABLE_SIGNATURE_ALGORITHM,
                            "no certificate of ours fits"));
        }
        rows.add(
                Arguments.of(
                        (Change) b -> b,
                        Hello.of(V12).suites(ECDSA),
                        SslReason.NO_SHARED_CIPHER,
                        "for the kinds of certificates that fit it"));
        return rows;
    }

    @Tag("W19")
    @ParameterizedTest(name = "{3}: {1}")
    @MethodSource("nothingInCommon")
    void saysWhatIsMissing(Change ours, Hello hello, SslReason reason, String said) {
        try (Served served = new Served(server(ours, B_RSA), hello)) {
            Outcomes.assertFailed(served.ssl, served.result, -1, SslError.SSL, reason);
            String message = Outcomes.notNull(served.ssl.failure()).message();
            assertTrue(message.contains(said), message);
            served.client.turn();
            assertEquals(AlertDescription.handshake_failure, served.client.alert());
        }
    }

    // ------------------------------------------------------------------- our client's certificate

    private static final Pki ROOT = Pki.authority("client root");
    private static final Pki MIDDLE = ROOT.issue("EC", "client middle");
    private static final Pki OTHER_ROOT = Pki.authority("other root");
    private static final Pki ONE = OTHER_ROOT.issue("EC", "client one");
    private static final Pki TWO = MIDDLE.issue("EC", "client two");
    private static final Pki TWO_RSA = MIDDLE.issue("RSA", "client two, RSA");
    private static final Pki TWO_384 = MIDDLE.issue("EC secp384r1", "client two, P-384");

    private static SslContext client(TlsVersion version, List<Pki> identities) {
        SslContext.Builder builder =
                SslContext.builder()
                        .versions(List.of(version))
                        .allowRenegotiation(true)
                        .trustAnyone();
        for (Pki identity : identities) {
            builder.identity(identity == ONE ? ONE.identity() : identity.identity(MIDDLE));
        }
        return builder.build();
    }

    /** Our client's certificates, and the one that is shown; null for none. */
    static List<Arguments> requests() {
        short ecdsaSign = ClientCertificateType.ecdsa_sign;
        short rsaSign = ClientCertificateType.rsa_sign;
        short[] all = {ecdsaSign, rsaSign};
        short[] rsaOnly = {rsaSign};
        short[] ecdsaOnly = {ecdsaSign};
        int ecdsa256 = SignatureScheme.ecdsa_secp256r1_sha256;
        int ecdsa384 = SignatureScheme.ecdsa_secp384r1_sha384;
        int rsa = SignatureScheme.rsa_pss_rsae_sha256;
        List<Integer> schemes = List.of(ecdsa256, ecdsa384, rsa);
        List<Pki> three = List.of(ONE, TWO, TWO_RSA);
        List<Arguments> rows = new ArrayList<>();
        for (TlsVersion version : TlsVersion.values()) {
            rows.add(Arguments.of(version, three, new Asked(schemes, all, List.of()), ONE));
            rows.add(Arguments.of(version, three, new Asked(schemes, all, List.of(ROOT)), TWO));
            rows.add(Arguments.of(version, three, new Asked(schemes, all, List.of(MIDDLE)), TWO));
            rows.add(
                    Arguments.of(
                            version,
                            List.of(TWO_RSA, TWO, ONE),
                            new Asked(schemes, all, List.of(RSA_CA, OTHER_ROOT)),
                            ONE));
            // Names are a hint: the server may take what it has not named.
            rows.add(Arguments.of(version, three, new Asked(schemes, all, List.of(RSA_CA)), ONE));
            rows.add(
                    Arguments.of(version, three, new Asked(List.of(rsa), all, List.of()), TWO_RSA));
            rows.add(
                    Arguments.of(
                            version,
                            List.of(ONE),
                            new Asked(List.of(rsa), all, List.of(OTHER_ROOT)),
                            null));
            rows.add(Arguments.of(version, List.of(), new Asked(schemes, all, List.of()), null));
        }
        List<Integer> long512 = List.of(SignatureScheme.rsa_pss_rsae_sha512, ecdsa256);
        rows.add(
                Arguments.of(V13, List.of(RSA_1024, TWO), new Asked(long512, all, List.of()), TWO));
        rows.add(Arguments.of(V12, three, new Asked(schemes, rsaOnly, List.of()), TWO_RSA));
        rows.add(Arguments.of(V12, three, new Asked(schemes, ecdsaOnly, List.of(ROOT)), TWO));
        rows.add(Arguments.of(V12, List.of(ONE), new Asked(schemes, rsaOnly, List.of()), null));
        rows.add(
                Arguments.of(
                        V13,
                        List.of(TWO_384, TWO),
                        new Asked(List.of(ecdsa256), all, List.of()),
                        TWO));
        return rows;
    }

    @ParameterizedTest(name = "{0} {1}: {2}")
    @MethodSource("requests")
    void certificateThatOurClientShows(TlsVersion version, List<Pki> ours, Asked asked, Pki shown) {
        Scene scene = new Scene(Role.CLIENT, version == V13 ? AES13 : ECDSA);
        Bio[] ends = TwoWayBio.pair();
        BcServer server = new BcServer(scene, asked, ends[1]);
        try (Ssl ssl = connect(client(version, ours), ends[0], server)) {
            assertTrue(ssl.isInitFinished() && server.isReady(), () -> "" + ssl.failure());
            assertEquals(shown == null ? null : shown.certificate(), server.certificate());
        }
    }

    /** A CertificateRequest over 32 KiB: a server that trusts what an operating system does. */
    @ParameterizedTest
    @EnumSource(TlsVersion.class)
    void thousandsOfAuthoritiesMayBeNamed(TlsVersion version) {
        short[] types = {ClientCertificateType.ecdsa_sign};
        Pki stranger = Pki.authority("a root that has issued nothing");
        List<Pki> authorities = new ArrayList<>(Collections.nCopies(1_000, stranger));
        authorities.add(MIDDLE);
        Asked asked =
                new Asked(List.of(SignatureScheme.ecdsa_secp256r1_sha256), types, authorities);
        assertTrue(encodedLength(authorities) > 32 * 1024);
        certificateThatOurClientShows(version, List.of(ONE, TWO), asked, TWO);
    }

    private static int encodedLength(List<Pki> authorities) {
        return authorities.stream()
                .mapToInt(a -> a.certificate().getSubjectX500Principal().getEncoded().length + 2)
                .sum();
    }

    private static Ssl connect(SslContext context, Bio end, BcServer server) {
        Ssl ssl = context.newSsl();
        ssl.setBio(end);
        ssl.setConnectState();
        for (int i = 0; i < 10; i++) {
            ssl.doHandshake();
            server.turn();
        }
        return ssl;
    }

    /** The version of a connection stays. */
    @Tag("R1")
    @Test
    void renegotiationOffersOneVersion() {
        Bio[] ends = TwoWayBio.pair();
        BcServer server = new BcServer(new Scene(Role.CLIENT, ECDSA), Asked.NOTHING, ends[1]);
        SslContext context = SslContext.builder().allowRenegotiation(true).trustAnyone().build();
        try (Ssl ssl = connect(context, ends[0], server)) {
            Outcomes.assertDone(ssl, ssl.renegotiate(), 1);
            for (int i = 0; i < 10; i++) {
                Outcomes.assertWants(ssl, ssl.read(ByteBuffer.allocate(1)), SslError.WANT_READ);
                server.turn();
            }
            assertEquals(2, server.hellos().size());
            assertOffersBoth(server.hellos().getFirst());
            assertOffersTls12Only(server.hellos().getLast());
            Outcomes.assertDone(ssl, ssl.write(new byte[1], 0, 1), 1);
        }
    }

    private static void assertOffersBoth(BcServer.Heard hello) {
        assertTrue(hello.versions().contains("TLS 1.3"), hello::toString);
        assertTrue(hello.versions().contains("TLS 1.2"), hello::toString);
        assertTrue(hello.suites().contains(AES13.code()), hello::toString);
        assertTrue(hello.extensions().contains(ExtensionType.key_share), hello::toString);
    }

    private static void assertOffersTls12Only(BcServer.Heard hello) {
        assertFalse(hello.versions().contains("TLS 1.3"), hello::toString);
        for (CipherSuite suite : CipherSuite.values()) {
            boolean offered = hello.suites().contains(suite.code());
            assertEquals(suite.version() == V12, offered, suite::toString);
        }
        assertFalse(hello.extensions().contains(ExtensionType.key_share), hello::toString);
        assertFalse(hello.extensions().contains(ExtensionType.supported_versions), hello::toString);
    }
}
