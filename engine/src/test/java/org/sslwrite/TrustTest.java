package org.sslwrite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.sslwrite.kit.Data;
import org.sslwrite.kit.Link;
import org.sslwrite.kit.Outcomes;
import org.sslwrite.kit.Pki;
import org.sslwrite.kit.Pki.Validity;
import org.sslwrite.kit.Scene;
import org.sslwrite.kit.Scene.Role;
import org.sslwrite.kit.WireTap.TlsRecord;

import java.nio.ByteBuffer;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.UnaryOperator;

import javax.net.ssl.SSLEngine;

/** Whom a connection talks to: chain, dates and name of a server; certificates of clients. */
@Timeout(60)
class TrustTest {
    private static final Pki STRANGER = Pki.authority("stranger CA");
    private static final Pki GOOD = Pki.EC;
    private static final Pki MANY =
            Pki.CA.issue(
                    "EC",
                    "many names",
                    "one.test",
                    "*.wild.test",
                    "127.0.0.1",
                    "::1",
                    "xn--mnchen-3ya.test",
                    "xn--strae-oqa.test",
                    "under_score.test",
                    "*.wild_card.test");
    private static final Pki ASTERISKS =
            Pki.CA.issue(
                    "EC",
                    "asterisks",
                    "p*.part.test",
                    "*.onelabel",
                    "a.*.middle.test",
                    "*.*.two.test");
    private static final Pki NAMELESS = Pki.CA.issue("EC", "cn.test");
    private static final Pki CN_AND_SAN = Pki.CA.issue("EC", "cn.and.san.test", "other.san.test");
    private static final Pki UNTRUSTED = STRANGER.issue("EC", "server", Pki.HOST);
    private static final Pki EXPIRED = Pki.CA.issue("EC", "expired", Validity.PAST, Pki.HOST);
    private static final Pki NOT_YET = Pki.CA.issue("EC", "not yet", Validity.FUTURE, Pki.HOST);
    private static final Pki SELF_SIGNED = Pki.authority(Pki.HOST);
    private static final Pki CLIENT = Pki.CA.issue("EC", "client");

    private static SSLEngine server(Scene scene, Pki identity) {
        SSLEngine engine = Pki.jsse(identity).createSSLEngine();
        engine.setUseClientMode(false);
        engine.setEnabledProtocols(new String[] {scene.version().toString()});
        return engine;
    }

    private static SslContext ownServer(Scene scene, Pki identity) {
        return SslContext.builder()
                .versions(List.of(scene.version()))
                .identity(identity.identity())
                .build();
    }

    private static Link client(
            Scene scene, String host, Pki server, UnaryOperator<SslContext.Builder> change) {
        SslContext context =
                change.apply(
                                SslContext.builder()
                                        .versions(List.of(scene.version()))
                                        .trust(List.of(Pki.CA.certificate())))
                        .build();
        // The JDK's servers take no name with an underscore.
        return host != null && host.indexOf('_') >= 0
                ? Link.toOwnServer(scene, context, host, ownServer(scene, server))
                : Link.toEngine(scene, context, host, server(scene, server));
    }

    private static List<Scene> clients() {
        return Scene.each().stream().filter(scene -> scene.role() == Role.CLIENT).toList();
    }

    private static List<Scene> servers() {
        return Scene.each().stream().filter(scene -> scene.role() == Role.SERVER).toList();
    }

    static List<Arguments> names() {
        List<Arguments> rows = new ArrayList<>();
        for (Scene scene : clients()) {
            for (String host :
                    List.of(
                            "one.test",
                            "ONE.test",
                            "one.test.",
                            "a.wild.test",
                            "127.0.0.1",
                            "::1",
                            "[::1]",
                            "0:0:0:0:0:0:0:1",
                            "::1%lo",
                            "[::1%eth0]",
                            "münchen.test",
                            "MÜNCHEN.test",
                            "straße.test",
                            "under_score.test",
                            "Under_Score.test.",
                            "a_b.wild.test",
                            "a_b.wild_card.test",
                            "a.wild_card.test")) {
                rows.add(Arguments.of(scene, host, MANY));
            }
            rows.add(Arguments.of(scene, Pki.HOST, GOOD));
            rows.add(Arguments.of(scene, Pki.HOST, Pki.RSA));
        }
        return rows;
    }

    @ParameterizedTest
    @MethodSource("names")
    void serverThatIsWhoWeAskedFor(Scene scene, String host, Pki server) {
        try (Link link = client(scene, host, server, b -> b)) {
            link.assertDone(link.attempt(), 1);
            SslSession session = link.ssl().session();
            assertNotNull(session);
            assertEquals(List.of(server.certificate()), session.peerCertificates());
            link.assertDone(link.ssl().write(new byte[5], 0, 5), 5);
            Data.assertSame(new byte[5], link.received(), host);
        }
    }

    /**
     * A server that must be refused.
     *
     * @param said what the message must say, in part
     * @param alert what the server is told, in part
     */
    record Refused(String what, String host, Pki server, String said, String alert) {
        @Override
        public String toString() {
            return what;
        }
    }

    private static Refused asterisk(String forWhat, String host) {
        return new Refused("asterisk for " + forWhat, host, ASTERISKS, host, "certificate_unknown");
    }

    static List<Arguments> refused() {
        List<Refused> refused =
                List.of(
                        new Refused(
                                "other name",
                                "other.test",
                                GOOD,
                                "other.test",
                                "certificate_unknown"),
                        new Refused("name of a part", "est", GOOD, "est", "certificate_unknown"),
                        new Refused(
                                "wildcard for two labels",
                                "a.b.wild.test",
                                MANY,
                                "a.b.wild.test",
                                "certificate_unknown"),
                        new Refused(
                                "wildcard for none",
                                "wild.test",
                                MANY,
                                "wild.test",
                                "certificate_unknown"),
                        asterisk("a part of a label", "pq.part.test"),
                        asterisk("all of a top level domain", "host.onelabel"),
                        asterisk("a label in the middle", "a.b.middle.test"),
                        asterisk("two labels", "a.b.two.test"),
                        asterisk("a part of a label, underscore", "p_q.part.test"),
                        asterisk("all of a top level domain, underscore", "a_b.onelabel"),
                        new Refused(
                                "sharp s is not two",
                                "strasse.test",
                                MANY,
                                "strasse.test",
                                "certificate_unknown"),
                        new Refused(
                                "other name with an underscore",
                                "under_line.test",
                                MANY,
                                "under_line.test",
                                "certificate_unknown"),
                        new Refused(
                                "underscore, no names",
                                "under_score.test",
                                NAMELESS,
                                "under_score.test",
                                "certificate_unknown"),
                        new Refused(
                                "other address",
                                "127.0.0.2",
                                MANY,
                                "127.0.0.2",
                                "certificate_unknown"),
                        new Refused(
                                "address, names only",
                                "127.0.0.1",
                                GOOD,
                                "127.0.0.1",
                                "certificate_unknown"),
                        new Refused(
                                "CN beside names",
                                "cn.and.san.test",
                                CN_AND_SAN,
                                "cn.and.san.test",
                                "certificate_unknown"),
                        new Refused("stranger's CA", Pki.HOST, UNTRUSTED, "path", "unknown_ca"),
                        new Refused(
                                "signed by itself", Pki.HOST, SELF_SIGNED, "path", "unknown_ca"),
                        new Refused(
                                "expired", Pki.HOST, EXPIRED, "NotAfter", "certificate_expired"),
                        new Refused(
                                "not yet valid", Pki.HOST, NOT_YET, "NotBefore", "certificate"));
        List<Arguments> rows = new ArrayList<>();
        for (Scene scene : clients()) {
            refused.forEach(row -> rows.add(Arguments.of(scene, row)));
        }
        return rows;
    }

    @Tag("W19")
    @ParameterizedTest
    @MethodSource("refused")
    void serverThatIsNot(Scene scene, Refused refused) {
        ByteBuffer secret = ByteBuffer.wrap(Data.bytes(100));
        try (Link link = client(scene, refused.host(), refused.server(), b -> b)) {
            long n = link.ssl().write(secret);
            for (int i = 0; i < 5 && link.ssl().getError(n) == SslError.WANT_READ; i++) {
                link.peer().turn();
                n = link.ssl().write(secret);
            }
            link.assertFailed(n, -1, SslError.SSL, SslReason.CERTIFICATE_VERIFY_FAILED);
            SslFailure failure = link.ssl().failure();
            assertNotNull(failure);
            assertTrue(failure.message().contains(refused.said()), failure.message());
            assertEquals(0, secret.position());
            int mark = link.transport().mark();
            link.assertFailed(
                    link.ssl().write(secret),
                    -1,
                    SslError.SSL,
                    SslReason.CERTIFICATE_VERIFY_FAILED);
            assertEquals(mark, link.transport().mark(), "nothing more on the wire");
            for (TlsRecord record : link.recordsSince(0)) {
                assertTrue(
                        record.length() < 100 || record.start() == 0,
                        "no data for a server that was refused");
            }
            link.peer().turn();
            assertNotNull(link.peer().failure());
            String told = String.valueOf(link.peer().failure().getMessage());
            assertTrue(told.toLowerCase(Locale.ROOT).contains(refused.alert()), told);
            assertEquals(0, link.peer().received().length);
        }
    }

    @ParameterizedTest
    @MethodSource("clients")
    void certificateWithoutAlternativeNamesIsKnownByItsCommonName(Scene scene) {
        // As the JDK does it; OpenSSL too.
        try (Link link = client(scene, "cn.test", NAMELESS, b -> b)) {
            link.assertDone(link.attempt(), 1);
        }
        try (Link link = client(scene, "other.test", NAMELESS, b -> b)) {
            link.assertFailed(
                    link.attempt(), -1, SslError.SSL, SslReason.CERTIFICATE_VERIFY_FAILED);
        }
    }

    @ParameterizedTest
    @MethodSource("clients")
    void withoutTheCheckOfTheNameTheChainStillCounts(Scene scene) {
        for (String host : new String[] {"other.test", null}) {
            try (Link link = client(scene, host, GOOD, b -> b.verifyHost(false))) {
                link.assertDone(link.attempt(), 1);
            }
            try (Link link = client(scene, host, UNTRUSTED, b -> b.verifyHost(false))) {
                link.assertFailed(
                        link.attempt(), -1, SslError.SSL, SslReason.CERTIFICATE_VERIFY_FAILED);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("clients")
    void withoutANameTheCheckIsNotSkipped(Scene scene) {
        try (Link link = client(scene, null, GOOD, b -> b)) {
            int n = link.ssl().doHandshake();
            for (int i = 0; i < 5 && link.ssl().getError(n) == SslError.WANT_READ; i++) {
                link.peer().turn();
                n = link.ssl().doHandshake();
            }
            assertTrue(n <= 0, "who is it that we talk to?");
            assertEquals(SslError.SSL, link.ssl().getError(n));
        }
    }

    @ParameterizedTest
    @MethodSource("clients")
    void trustingAnyoneIsAChoice(Scene scene) {
        for (Pki server : List.of(UNTRUSTED, EXPIRED, SELF_SIGNED, GOOD)) {
            try (Link link = client(scene, "other.test", server, SslContext.Builder::trustAnyone)) {
                link.assertDone(link.attempt(), 1);
                assertEquals(
                        List.of(server.certificate()), link.ssl().session().peerCertificates());
            }
        }
        // And it is taken back by trust in someone.
        try (Link link =
                client(
                        scene,
                        Pki.HOST,
                        UNTRUSTED,
                        b -> b.trustAnyone().trust(List.of(Pki.CA.certificate())))) {
            link.assertFailed(
                    link.attempt(), -1, SslError.SSL, SslReason.CERTIFICATE_VERIFY_FAILED);
        }
    }

    @ParameterizedTest
    @MethodSource("clients")
    void platformsTrustStoreDoesNotKnowOurCa(Scene scene) {
        SslContext context = SslContext.builder().versions(List.of(scene.version())).build();
        try (Link link = Link.toEngine(scene, context, Pki.HOST, server(scene, GOOD))) {
            link.assertFailed(
                    link.attempt(), -1, SslError.SSL, SslReason.CERTIFICATE_VERIFY_FAILED);
        }
    }

    // ---- certificates of clients

    private static SSLEngine jsseClient(Scene scene, Pki... identity) {
        SSLEngine engine = Pki.jsse(identity).createSSLEngine();
        engine.setUseClientMode(true);
        engine.setEnabledProtocols(new String[] {scene.version().toString()});
        return engine;
    }

    private static Link server(Scene scene, ClientAuth auth, Pki... client) {
        SslContext context =
                SslContext.builder()
                        .versions(List.of(scene.version()))
                        .identity(Pki.EC.identity())
                        .trust(List.of(Pki.CA.certificate()))
                        .clientAuth(auth)
                        .build();
        return Link.toEngine(scene, context, null, jsseClient(scene, client));
    }

    @ParameterizedTest
    @MethodSource("servers")
    void clientsThatAreAccepted(Scene scene) {
        for (ClientAuth auth : ClientAuth.values()) {
            try (Link link = server(scene, auth, CLIENT)) {
                link.assertDone(link.attempt(), 1);
                List<X509Certificate> seen = link.ssl().session().peerCertificates();
                assertEquals(
                        auth == ClientAuth.NONE ? List.of() : List.of(CLIENT.certificate()),
                        seen,
                        auth.toString());
                byte[] data = Data.bytes(20_000);
                link.peer().send(data);
                Data.assertSame(data, link.readFully(data.length), auth.toString());
            }
        }
        for (ClientAuth auth : List.of(ClientAuth.NONE, ClientAuth.WANTED)) {
            try (Link link = server(scene, auth)) {
                link.assertDone(link.attempt(), 1);
                assertEquals(List.of(), link.ssl().session().peerCertificates());
            }
        }
    }

    @Tag("W19")
    @ParameterizedTest
    @MethodSource("servers")
    void clientWithoutACertificateWhereOneIsRequired(Scene scene) {
        try (Link link = server(scene, ClientAuth.REQUIRED)) {
            link.assertFailed(
                    link.attempt(), -1, SslError.SSL, SslReason.PEER_DID_NOT_RETURN_A_CERTIFICATE);
            link.assertFailed(
                    link.ssl().write(new byte[1], 0, 1),
                    -1,
                    SslError.SSL,
                    SslReason.PEER_DID_NOT_RETURN_A_CERTIFICATE);
            link.peer().turn();
            assertNotNull(link.peer().failure(), "the client is told");
        }
    }

    @Tag("W19")
    @ParameterizedTest
    @MethodSource("servers")
    void clientsThatAreRefused(Scene scene) {
        for (Pki client :
                List.of(
                        STRANGER.issue("EC", "client"),
                        Pki.CA.issue("EC", "old client", Validity.PAST))) {
            for (ClientAuth auth : List.of(ClientAuth.WANTED, ClientAuth.REQUIRED)) {
                try (Link link = server(scene, auth, client)) {
                    link.assertFailed(
                            link.attempt(), -1, SslError.SSL, SslReason.CERTIFICATE_VERIFY_FAILED);
                    int mark = link.transport().mark();
                    link.assertFailed(
                            link.ssl().write(new byte[1], 0, 1),
                            -1,
                            SslError.SSL,
                            SslReason.CERTIFICATE_VERIFY_FAILED);
                    assertEquals(mark, link.transport().mark());
                    link.peer().turn();
                    assertNotNull(link.peer().failure(), "the client is told");
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("clients")
    void ourClientShowsItsCertificate(Scene scene) throws Exception {
        for (Pki own : List.of(CLIENT, Pki.CA.issue("RSA", "RSA client"))) {
            SSLEngine engine = server(scene, GOOD);
            engine.setNeedClientAuth(true);
            SslContext context =
                    SslContext.builder()
                            .versions(List.of(scene.version()))
                            .trust(List.of(Pki.CA.certificate()))
                            .identity(own.identity())
                            .build();
            try (Link link = Link.toEngine(scene, context, Pki.HOST, engine)) {
                link.assertDone(link.attempt(), 1);
                link.received();
                assertEquals(own.certificate(), engine.getSession().getPeerCertificates()[0]);
            }
        }
    }

    @Tag("W19")
    @ParameterizedTest
    @MethodSource("clients")
    void ourClientHasNoneToShow(Scene scene) {
        SSLEngine engine = server(scene, GOOD);
        engine.setNeedClientAuth(true);
        try (Link link = Link.toEngine(scene, trusting(scene), Pki.HOST, engine)) {
            int n = link.attempt();
            if (scene.isTls13()) {
                // In TLS 1.3 a client learns of it when it reads.
                link.assertDone(n, 1);
                n = link.ssl().read(ByteBuffer.allocate(1));
            }
            link.assertFailed(n, -1, SslError.SSL, link.ssl().failure().reason());
            assertTrue(
                    List.of(
                                    SslReason.SSLV3_ALERT_HANDSHAKE_FAILURE,
                                    SslReason.SSLV3_ALERT_BAD_CERTIFICATE,
                                    SslReason.TLSV13_ALERT_CERTIFICATE_REQUIRED)
                            .contains(link.ssl().failure().reason()),
                    link.ssl().failure().toString());
        }
    }

    private static SslContext trusting(Scene scene) {
        return SslContext.builder()
                .versions(List.of(scene.version()))
                .trust(List.of(Pki.CA.certificate()))
                .build();
    }

    @Test
    void serverWithoutIdentityFailsWithOneReason() {
        for (Scene scene : servers()) {
            try (Link link = Link.toEngine(scene, trusting(scene), null, jsseClient(scene))) {
                int n = link.attempt();
                SslReason reason = Outcomes.notNull(link.ssl().failure()).reason();
                assertTrue(
                        reason == SslReason.NO_SHARED_CIPHER || reason == SslReason.UNINITIALIZED,
                        link.ssl().failure().toString());
                link.assertFailed(n, -1, SslError.SSL, reason);
            }
        }
    }
}
