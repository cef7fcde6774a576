package org.sslwrite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.sslwrite.kit.Data;
import org.sslwrite.kit.Link;
import org.sslwrite.kit.Pki;
import org.sslwrite.kit.Scene;
import org.sslwrite.kit.Scene.Role;
import org.sslwrite.protocol.CipherSuite;
import org.sslwrite.protocol.TlsVersion;

import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;

import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;

/**
 * What the two sides agree on: versions, suites, groups, ALPN, and the identity that a server
 * shows.
 */
@Timeout(60)
class AgreementTest {
    private static final Pki ONE = Pki.CA.issue("EC", "one", "one.test", "uno.test");
    private static final Pki TWO = Pki.CA.issue("EC", "two", "two.test");
    private static final Pki WILD = Pki.CA.issue("EC", "wild", "*.wild.test");
    private static final Pki THREE_RSA = Pki.CA.issue("RSA", "three, RSA", "three.test");
    private static final Pki TWO_RSA = Pki.CA.issue("RSA", "two, RSA", "two.test");

    private static SslContext.Builder builder(Scene scene) {
        SslContext.Builder builder =
                SslContext.builder()
                        .versions(List.of(scene.version()))
                        .trust(List.of(Pki.CA.certificate()));
        return scene.role() == Role.SERVER ? builder.identity(Pki.EC.identity()) : builder;
    }

    private static SSLEngine other(Scene scene) {
        SSLEngine engine = Pki.jsse(Pki.EC, Pki.RSA).createSSLEngine();
        engine.setUseClientMode(scene.role() == Role.SERVER);
        engine.setEnabledProtocols(new String[] {scene.version().toString()});
        return engine;
    }

    /** Protocols of ours, of the peer's, and what is agreed on; empty for none offered. */
    static List<Arguments> protocols() {
        List<Arguments> rows = new ArrayList<>();
        for (Scene scene : Scene.each()) {
            boolean server = scene.role() == Role.SERVER;
            rows.add(Arguments.of(scene, "h2", "h2", "h2"));
            // The server's preference counts.
            rows.add(Arguments.of(scene, "h2 http/1.1", "http/1.1 h2", server ? "h2" : "http/1.1"));
            rows.add(Arguments.of(scene, "http/1.1", "h2 http/1.1", "http/1.1"));
            rows.add(Arguments.of(scene, "", "h2", null));
            rows.add(Arguments.of(scene, "h2", "", null));
            rows.add(Arguments.of(scene, "", "", null));
            rows.add(Arguments.of(scene, "x".repeat(255), "x".repeat(255), "x".repeat(255)));
        }
        return rows;
    }

    private static String[] words(String text) {
        return text.isEmpty() ? new String[0] : text.split(" ");
    }

    private static Link alpn(Scene scene, String ours, String theirs) {
        SSLEngine engine = other(scene);
        SSLParameters parameters = engine.getSSLParameters();
        parameters.setApplicationProtocols(words(theirs));
        engine.setSSLParameters(parameters);
        SslContext context = builder(scene).alpn(List.of(words(ours))).build();
        return Link.toEngine(scene, context, Pki.HOST, engine);
    }

    @ParameterizedTest
    @MethodSource("protocols")
    void alpnThatIsAgreedOn(Scene scene, String ours, String theirs, String agreed) {
        try (Link link = alpn(scene, ours, theirs)) {
            link.assertDone(link.attempt(), 1);
            assertEquals(agreed, session(link).alpn());
            String other = link.jsse().engine().getApplicationProtocol();
            assertEquals(agreed == null ? "" : agreed, other);
        }
    }

    private static SslSession session(Link link) {
        SslSession session = link.ssl().session();
        assertNotNull(session);
        return session;
    }

    @Tag("W19")
    @ParameterizedTest
    @MethodSource("org.sslwrite.kit.Scene#each")
    void alpnThatCannotBeAgreedOn(Scene scene) {
        try (Link link = alpn(scene, "h2", "http/1.1")) {
            SslReason reason =
                    scene.role() == Role.SERVER
                            ? SslReason.NO_APPLICATION_PROTOCOL
                            : SslReason.TLSV1_ALERT_NO_APPLICATION_PROTOCOL;
            link.assertFailed(link.attempt(), -1, SslError.SSL, reason);
        }
    }

    /** The name that a client asks for, and the identity that a server of ours shows. */
    static List<Arguments> names() {
        List<Arguments> rows = new ArrayList<>();
        for (Scene scene : Scene.each()) {
            if (scene.role() == Role.SERVER) {
                rows.add(Arguments.of(scene, "one.test", ONE));
                rows.add(Arguments.of(scene, "uno.test", ONE));
                rows.add(Arguments.of(scene, "two.test", TWO));
                rows.add(Arguments.of(scene, "TWO.test", TWO));
                rows.add(Arguments.of(scene, "three.test", THREE_RSA));
                rows.add(Arguments.of(scene, "a.wild.test", WILD));
                rows.add(Arguments.of(scene, "a.b.wild.test", ONE));
                rows.add(Arguments.of(scene, "wild.test", ONE));
                rows.add(Arguments.of(scene, "unknown.test", ONE));
                rows.add(Arguments.of(scene, "", ONE));
            }
        }
        return rows;
    }

    private static Link named(Scene scene, String asked, SslContext context, String... suites)
            throws SSLException {
        SSLEngine engine = other(scene);
        if (suites.length > 0) {
            engine.setEnabledCipherSuites(suites);
        }
        if (!asked.isEmpty()) {
            SSLParameters parameters = engine.getSSLParameters();
            parameters.setServerNames(List.of(new SNIHostName(asked)));
            engine.setSSLParameters(parameters);
        }
        return Link.toEngine(scene, context, null, engine);
    }

    private static SslContext identities(Scene scene, Pki... identities) {
        SslContext.Builder builder = SslContext.builder().versions(List.of(scene.version()));
        for (Pki identity : identities) {
            builder.identity(identity.identity());
        }
        return builder.build();
    }

    private static X509Certificate shown(Link link) throws SSLException {
        link.received();
        return (X509Certificate) link.jsse().engine().getSession().getPeerCertificates()[0];
    }

    @ParameterizedTest
    @MethodSource("names")
    void identityByName(Scene scene, String asked, Pki identity) throws SSLException {
        try (Link link = named(scene, asked, identities(scene, ONE, TWO, WILD, THREE_RSA))) {
            link.assertDone(link.attempt(), 1);
            assertEquals(identity.certificate(), shown(link), "shown to " + asked);
            assertEquals(asked.isEmpty() ? null : asked, session(link).serverName());
        }
    }

    @ParameterizedTest
    @MethodSource("org.sslwrite.kit.Scene#tls12")
    void identityByNameAndKind(Scene scene) throws SSLException {
        if (scene.role() == Role.CLIENT) {
            return;
        }
        SslContext context = identities(scene, ONE, TWO, TWO_RSA);
        try (Link link =
                named(scene, "two.test", context, "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256")) {
            link.assertDone(link.attempt(), 1);
            assertEquals(TWO_RSA.certificate(), shown(link));
        }
        try (Link link =
                named(scene, "one.test", context, "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256")) {
            link.assertDone(link.attempt(), 1);
            assertEquals(TWO_RSA.certificate(), shown(link), "no name fits, the kind must");
        }
        try (Link link =
                named(scene, "two.test", context, "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256")) {
            link.assertDone(link.attempt(), 1);
            assertEquals(TWO.certificate(), shown(link));
        }
    }

    static List<Arguments> hosts() {
        List<Arguments> rows = new ArrayList<>();
        for (Scene scene : Scene.each()) {
            if (scene.role() == Role.CLIENT) {
                rows.add(Arguments.of(scene, "host.test", "host.test"));
                rows.add(Arguments.of(scene, "Host.TEST.", "host.test"));
                rows.add(Arguments.of(scene, "127.0.0.1", null));
                rows.add(Arguments.of(scene, "[::1]", null));
                rows.add(Arguments.of(scene, "münchen.test", "xn--mnchen-3ya.test"));
                rows.add(Arguments.of(scene, null, null));
            }
        }
        return rows;
    }

    @ParameterizedTest
    @MethodSource("hosts")
    void ourClientAsksForAName(Scene scene, String host, String asked) {
        SslContext context =
                SslContext.builder().versions(List.of(scene.version())).trustAnyone().build();
        try (Link link = Link.toEngine(scene, context, host, other(scene))) {
            link.assertDone(link.attempt(), 1);
            ExtendedSSLSession seen = (ExtendedSSLSession) link.jsse().engine().getSession();
            List<String> names =
                    seen.getRequestedServerNames().stream()
                            .map(
                                    name ->
                                            ((SNIHostName) name)
                                                    .getAsciiName()
                                                    .toLowerCase(java.util.Locale.ROOT))
                            .toList();
            assertEquals(asked == null ? List.of() : List.of(asked), names);
        }
    }

    @ParameterizedTest
    @MethodSource("org.sslwrite.kit.Scene#everySuite")
    void factsOfTheSession(Scene scene) {
        try (Link link = Link.toJsse(scene)) {
            assertNull(link.ssl().session());
            link.handshake();
            SslSession session = session(link);
            assertEquals(scene.version(), session.version());
            assertEquals(scene.suite(), session.suite());
            assertEquals(scene.version(), link.peer().version());
            assertEquals(scene.suite(), link.peer().suite());
            assertNull(session.alpn());
            assertEquals(scene.role() == Role.CLIENT ? 1 : 0, session.peerCertificates().size());
        }
    }

    @ParameterizedTest
    @MethodSource("org.sslwrite.kit.Scene#each")
    void newestVersionThatBothKnow(Scene scene) {
        SSLEngine engine = other(scene);
        engine.setEnabledProtocols(new String[] {"TLSv1.2", "TLSv1.3"});
        SslContext.Builder builder =
                builder(scene).versions(List.of(TlsVersion.TLSV1_2, TlsVersion.TLSV1_3));
        try (Link link = Link.toEngine(scene, builder.build(), Pki.HOST, engine)) {
            link.assertDone(link.attempt(), 1);
            assertEquals(TlsVersion.TLSV1_3, session(link).version());
        }
        SSLEngine old = other(scene);
        old.setEnabledProtocols(new String[] {scene.version().toString()});
        try (Link link = Link.toEngine(scene, builder.build(), Pki.HOST, old)) {
            link.assertDone(link.attempt(), 1);
            assertEquals(scene.version(), session(link).version());
        }
    }

    static List<Arguments> groups() {
        List<Arguments> rows = new ArrayList<>();
        // In TLS 1.2 the groups bind the curves of certificates too, so RSA.
        List<Scene> scenes = new ArrayList<>(Scene.tls13());
        for (Role role : Role.values()) {
            scenes.add(new Scene(role, CipherSuite.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256));
        }
        for (Scene scene : scenes) {
            for (NamedGroup group : NamedGroup.values()) {
                rows.add(Arguments.of(scene, group));
            }
        }
        return rows;
    }

    @ParameterizedTest
    @MethodSource("groups")
    void everyGroup(Scene scene, NamedGroup group) {
        try (Link link = Link.toJsse(scene, b -> b.groups(List.of(group))).handshake()) {
            byte[] data = Data.bytes(10);
            link.assertDone(link.ssl().write(data, 0, 10), 10);
            Data.assertSame(data, link.received(), scene + " " + group);
        }
    }

    @ParameterizedTest
    @MethodSource("org.sslwrite.kit.Scene#each")
    void groupThatOneSideHasNoKeyFor(Scene scene) {
        // A HelloRetryRequest in TLS 1.3: the client's first choice is not the server's.
        SSLEngine engine = other(scene);
        SSLParameters parameters = engine.getSSLParameters();
        parameters.setNamedGroups(
                scene.role() == Role.CLIENT
                        ? new String[] {"secp384r1"}
                        : new String[] {"x25519", "secp384r1"});
        engine.setSSLParameters(parameters);
        List<NamedGroup> ours =
                scene.role() == Role.CLIENT
                        ? List.of(NamedGroup.X25519, NamedGroup.SECP384R1)
                        : List.of(NamedGroup.SECP384R1);
        SslContext.Builder builder = builder(scene).groups(ours);
        if (scene.role() == Role.SERVER) {
            // In TLS 1.2 the client's groups bind the curves of certificates too.
            builder.identity(Pki.RSA.identity());
        }
        try (Link link = Link.toEngine(scene, builder.build(), Pki.HOST, engine)) {
            link.assertDone(link.attempt(), 1);
        }
    }

    @Tag("W19")
    @ParameterizedTest
    @MethodSource("org.sslwrite.kit.Scene#each")
    void groupsThatCannotBeAgreedOn(Scene scene) {
        SSLEngine engine = other(scene);
        SSLParameters parameters = engine.getSSLParameters();
        parameters.setNamedGroups(new String[] {"secp384r1"});
        engine.setSSLParameters(parameters);
        SslContext context = builder(scene).groups(List.of(NamedGroup.X25519)).build();
        try (Link link = Link.toEngine(scene, context, Pki.HOST, engine)) {
            int n = link.attempt();
            assertEquals(-1, n);
            assertEquals(SslError.SSL, link.ssl().getError(n));
            SslFailure failure = link.ssl().failure();
            assertNotNull(failure);
            assertTrue(
                    failure.message().contains(" "),
                    () -> "says in words what is missing: " + failure);
        }
    }
}
