package org.sslwrite.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.sslwrite.NamedGroup;
import org.sslwrite.SslContext;
import org.sslwrite.SslReason;
import org.sslwrite.protocol.CipherSuite;
import org.sslwrite.protocol.TlsVersion;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The name that a client asks for, and the choice among a server's certificates. */
class ServerNameTest {
    private static final String HOST = Defaults.HOST;
    private static final String OTHER_HOST = "other.example";

    @TempDir static Path folder;
    private static Defaults defaults;
    private static Credentials other;
    private static Credentials ec;
    private static Credentials otherEc;

    @BeforeAll
    static void makeCredentials() throws Exception {
        defaults = Defaults.in(folder);
        other = Credentials.selfSigned(OTHER_HOST, "RSA", folder);
        ec = Credentials.selfSigned(HOST, "EC", folder);
        otherEc = Credentials.selfSigned(OTHER_HOST, "EC", folder);
    }

    // --------------------------------------------------------------------------------- our server

    @TestFactory
    Stream<DynamicTest> weAreAskedFor() {
        List<Row> rows = new ArrayList<>();
        for (TlsVersion version : TlsVersion.values()) {
            for (Tool tool : Tool.CLIENTS) {
                rows.add(asksFor(tool, version, HOST, defaults.server(), HOST));
                rows.add(asksFor(tool, version, OTHER_HOST, other, OTHER_HOST));
                rows.add(asksFor(tool, version, "unknown.example", defaults.server(), HOST));
                rows.add(asksFor(tool, version, null, defaults.server(), HOST));
            }
        }
        return Rows.run(rows, folder);
    }

    /** The peer trusts the certificate that it expects, and no other. */
    private static Row asksFor(
            Tool tool,
            TlsVersion version,
            @Nullable String name,
            Credentials expected,
            String expectedHost) {
        PeerSetup peer = defaults.peer(tool, version).trust(expected).expectedHost(expectedHost);
        if (name != null) {
            peer.serverName(name);
        }
        return Row.of(
                tool,
                List.of(version.toString(), "SNI", "asks for " + (name == null ? "nobody" : name)),
                peer,
                defaults.ours(tool, Io.BLOCKING, builder -> builder.identity(other.identity())),
                (ours, process) -> {
                    assertEquals(name, ours.handshake().serverName());
                    Exchange.hello(tool, ours, process);
                });
    }

    @TestFactory
    Stream<DynamicTest> weHaveAKeyOfAnotherKindForAnotherName() {
        List<Row> rows = new ArrayList<>();
        for (TlsVersion version : TlsVersion.values()) {
            for (Tool tool : Tool.CLIENTS) {
                rows.add(asksForKind(tool, version, HOST, defaults.server()));
                rows.add(asksForKind(tool, version, OTHER_HOST, otherEc));
            }
        }
        return Rows.run(rows, folder);
    }

    /** Whichever kind of suite the peer likes best. */
    private static Row asksForKind(
            Tool tool, TlsVersion version, String name, Credentials expected) {
        return Row.of(
                tool,
                List.of(version.toString(), "SNI", "RSA and EC, asks for " + name),
                defaults.peer(tool, version).trust(expected).expectedHost(name).serverName(name),
                defaults.ours(tool, Io.BLOCKING, builder -> builder.identity(otherEc.identity())),
                (ours, process) -> {
                    assertEquals(name, ours.handshake().serverName());
                    Exchange.hello(tool, ours, process);
                });
    }

    @TestFactory
    Stream<DynamicTest> groupsBindTheCurveOfACertificate() {
        List<Row> rows = new ArrayList<>();
        for (Tool tool : Tool.CLIENTS) {
            rows.add(groupDecides(tool, NamedGroup.SECP256R1, ec));
            rows.add(groupDecides(tool, NamedGroup.SECP384R1, defaults.server()));
        }
        return Rows.run(rows, folder);
    }

    /** RFC 8422 section 5.3, in TLS 1.2; our EC key is on P-256. */
    private static Row groupDecides(Tool tool, NamedGroup only, Credentials expected) {
        return Row.of(
                tool,
                List.of("TLSv1.2", "we have an RSA and an EC key, peer knows " + only),
                defaults.peer(tool, TlsVersion.TLSV1_2)
                        .groups(List.of(only))
                        .trust(expected)
                        .expectedHost(HOST),
                new OurSetup(
                        SslContext.builder()
                                .identity(ec.identity())
                                .identity(defaults.server().identity())
                                .build(),
                        null,
                        Io.BLOCKING),
                (ours, peer) -> {
                    ours.handshake();
                    Exchange.hello(tool, ours, peer);
                });
    }

    @TestFactory
    Stream<DynamicTest> weHaveTwoKeys() {
        List<Row> rows = new ArrayList<>();
        for (Tool tool : Tool.CLIENTS) {
            for (CipherSuite suite : CipherSuite.values()) {
                if (suite.version() == TlsVersion.TLSV1_2 && suite.bulkCipher().isAead()) {
                    rows.add(suiteChooses(tool, suite));
                }
            }
        }
        return Rows.run(rows, folder);
    }

    private static Row suiteChooses(Tool tool, CipherSuite suite) {
        boolean rsa = suite.authentication() == CipherSuite.Authentication.RSA;
        Credentials expected = rsa ? defaults.server() : ec;
        return Row.of(
                tool,
                List.of("TLSv1.2", suite.opensslName(), "we have an RSA and an EC key"),
                new PeerSetup().suite(PeerSuite.of(suite)).trust(expected).expectedHost(HOST),
                defaults.ours(tool, Io.BLOCKING, builder -> builder.identity(ec.identity())),
                (ours, peer) -> {
                    assertEquals(suite, ours.handshake().suite());
                    Exchange.hello(tool, ours, peer);
                });
    }

    // --------------------------------------------------------------------------------- our client

    @TestFactory
    Stream<DynamicTest> weAskFor() {
        List<Row> rows = new ArrayList<>();
        for (TlsVersion version : TlsVersion.values()) {
            for (Tool tool : Tool.SERVERS) {
                rows.add(address(tool, version));
            }
            rows.add(opensslChooses(version));
            rows.add(opensslWarns(version));
            rows.add(gnutlsKnows(version));
            rows.add(gnutlsRefuses(version));
        }
        return Rows.run(rows, folder);
    }

    /** RFC 6066 section 3: "Literal IPv4 and IPv6 addresses are not permitted". */
    private static Row address(Tool tool, TlsVersion version) {
        PeerSetup peer = defaults.peer(tool, version).talkative();
        if (tool instanceof OpensslServer) {
            // Without a second certificate it does not look at the name.
            peer.credentialsFor(OTHER_HOST, other);
        }
        OurSetup named = defaults.ours(tool, Io.BLOCKING);
        return Row.of(
                tool,
                List.of(version.toString(), "SNI", "we know an address only"),
                peer,
                new OurSetup(named.context(), "127.0.0.1", named.io()),
                (ours, process) -> {
                    ours.handshake();
                    Exchange.hello(tool, ours, process);
                    String words = process.words();
                    assertFalse(words.contains("Hostname in TLS extension"), "a name is sent");
                    assertFalse(words.contains("Given server name"), "a name is sent");
                });
    }

    /** It has a certificate for somebody else too, and shows ours only if we ask for it. */
    private static Row opensslChooses(TlsVersion version) {
        Tool tool = new OpensslServer();
        return Row.of(
                tool,
                List.of(version.toString(), "SNI", "chooses its certificate by our name"),
                defaults.peer(tool, version)
                        .credentials(other)
                        .credentialsFor(HOST, defaults.server())
                        .talkative(),
                defaults.ours(tool, Io.BLOCKING),
                (ours, peer) -> {
                    assertEquals(
                            List.of(defaults.server().leaf()), ours.handshake().peerCertificates());
                    Exchange.hello(tool, ours, peer);
                    assertTrue(
                            peer.words().contains("Hostname in TLS extension: \"" + HOST + "\""),
                            "shown by peer");
                });
    }

    /** RFC 6066 section 3: a client need not stop at the warning, which TLS 1.3 has abolished. */
    private static Row opensslWarns(TlsVersion version) {
        Tool tool = new OpensslServer();
        return Row.of(
                tool,
                List.of(version.toString(), "SNI", "does not know our name, and only warns"),
                defaults.peer(tool, version).credentialsFor(OTHER_HOST, other),
                defaults.ours(tool, Io.BLOCKING),
                (ours, peer) -> {
                    ours.handshake();
                    Exchange.hello(tool, ours, peer);
                    assertEquals(
                            version == TlsVersion.TLSV1_2 ? 1 : 0,
                            peer.count(", warning unrecognized_name"),
                            "warnings");
                });
    }

    private static Row gnutlsKnows(TlsVersion version) {
        Tool tool = new GnutlsServer();
        return Row.of(
                tool,
                List.of(version.toString(), "SNI", "knows our name"),
                defaults.peer(tool, version).serverName(HOST),
                defaults.ours(tool, Io.BLOCKING),
                (ours, peer) -> {
                    ours.handshake();
                    Exchange.hello(tool, ours, peer);
                    assertTrue(
                            peer.words().contains("- Given server name[1]: " + HOST),
                            "shown by peer");
                });
    }

    private static Row gnutlsRefuses(TlsVersion version) {
        Tool tool = new GnutlsServer();
        return Row.of(
                tool,
                List.of(version.toString(), "SNI", "does not know our name, and refuses"),
                defaults.peer(tool, version).serverName(OTHER_HOST),
                defaults.ours(tool, Io.BLOCKING),
                Refusal.byPeer(SslReason.TLSV1_UNRECOGNIZED_NAME));
    }
}
