package org.sslwrite.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.sslwrite.SslContext;
import org.sslwrite.SslReason;
import org.sslwrite.protocol.TlsVersion;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Handshakes that must fail: the right reason at one side, the right alert at the other. */
class RefusalTest {
    private static final String HOST = Defaults.HOST;
    private static final Duration YEAR = Duration.ofDays(365);
    private static final Duration DAY = Duration.ofDays(1);

    /** What is wrong with a server's certificate. */
    private enum Flaw {
        UNTRUSTED("untrusted", "unknown_ca", SslReason.TLSV1_ALERT_UNKNOWN_CA),
        EXPIRED("expired", "certificate_expired", SslReason.SSLV3_ALERT_CERTIFICATE_EXPIRED),
        NOT_YET_VALID("not yet valid", "bad_certificate", SslReason.SSLV3_ALERT_BAD_CERTIFICATE),
        MISNAMED("for another host", "certificate_unknown", SslReason.SSLV3_ALERT_BAD_CERTIFICATE);

        final String label;
        final String ourAlert;
        private final SslReason opensslAlert;

        Flaw(String label, String ourAlert, SslReason opensslAlert) {
            this.label = label;
            this.ourAlert = ourAlert;
            this.opensslAlert = opensslAlert;
        }

        /** The alert that we get, as measured; gnutls-cli knows one only. */
        SslReason alertOf(Tool client) {
            return client instanceof GnutlsClient
                    ? SslReason.SSLV3_ALERT_BAD_CERTIFICATE
                    : opensslAlert;
        }
    }

    @TempDir static Path folder;
    private static Authority authority;
    private static Credentials server;
    private static Map<Flaw, Credentials> flawed;

    @BeforeAll
    static void makeCredentials() throws Exception {
        authority = new Authority(folder);
        server = authority.issue(HOST, DAY.negated(), YEAR);
        flawed =
                Map.of(
                        Flaw.UNTRUSTED, Credentials.selfSigned(HOST, "RSA", folder),
                        Flaw.EXPIRED, authority.issue(HOST, YEAR.negated(), DAY.negated()),
                        Flaw.NOT_YET_VALID, authority.issue(HOST, DAY, YEAR),
                        Flaw.MISNAMED, authority.issue("other.example", DAY.negated(), YEAR));
    }

    /** A client that trusts the authority, or a server with a good certificate. */
    private static OurSetup ours(Tool tool, List<TlsVersion> versions, Io io) {
        SslContext.Builder builder = SslContext.builder().versions(versions);
        if (tool.isServer()) {
            builder.trust(List.of(authority.certificate()));
        } else {
            builder.identity(server.identity());
        }
        return new OurSetup(builder.build(), tool.isServer() ? HOST : null, io);
    }

    private static PeerSetup peer(Tool tool) {
        return tool.isServer() ? new PeerSetup().credentials(server) : new PeerSetup();
    }

    // ------------------------------------------------------------------------------- certificates

    @TestFactory
    Stream<DynamicTest> certificates() {
        List<Row> rows = new ArrayList<>();
        for (TlsVersion version : TlsVersion.values()) {
            for (Flaw flaw : Flaw.values()) {
                for (Io io : Io.values()) {
                    for (Tool tool : Tool.SERVERS) {
                        rows.add(weRefuse(tool, version, flaw, io));
                    }
                    for (Tool tool : Tool.CLIENTS) {
                        rows.add(peerRefuses(tool, version, flaw, io));
                    }
                }
            }
        }
        return Rows.run(rows, folder);
    }

    private static Row weRefuse(Tool tool, TlsVersion version, Flaw flaw, Io io) {
        return Row.of(
                tool,
                List.of(version.toString(), "peer's certificate is " + flaw.label, io.label),
                peer(tool).version(PeerVersion.of(version)).credentials(flawed.get(flaw)),
                ours(tool, List.of(version), io),
                Refusal.byUs(SslReason.CERTIFICATE_VERIFY_FAILED, flaw.ourAlert));
    }

    private static Row peerRefuses(Tool tool, TlsVersion version, Flaw flaw, Io io) {
        SslContext context = SslContext.builder().identity(flawed.get(flaw).identity()).build();
        return Row.of(
                tool,
                List.of(version.toString(), "our certificate is " + flaw.label, io.label),
                peer(tool)
                        .version(PeerVersion.of(version))
                        .trust(authority.credentials())
                        .expectedHost(HOST),
                new OurSetup(context, null, io),
                Refusal.byPeer(flaw.alertOf(tool)));
    }

    // -------------------------------------------------------------------------------- negotiation

    @TestFactory
    Stream<DynamicTest> versions() {
        List<Row> rows = new ArrayList<>();
        for (Io io : Io.values()) {
            for (Tool tool : Tool.ALL) {
                rows.add(version(tool, PeerVersion.TLSV1_1, List.of(TlsVersion.values()), io));
                rows.add(version(tool, PeerVersion.TLSV1_2, List.of(TlsVersion.TLSV1_3), io));
                rows.add(version(tool, PeerVersion.TLSV1_3, List.of(TlsVersion.TLSV1_2), io));
            }
        }
        return Rows.run(rows, folder);
    }

    private static Row version(Tool tool, PeerVersion theirs, List<TlsVersion> ours, Io io) {
        return Row.of(
                tool,
                List.of("peer knows " + theirs.label, "we know " + ours, io.label),
                peer(tool).version(theirs),
                ours(tool, ours, io),
                refusalOfVersion(tool, theirs));
    }

    private static Row.Scenario refusalOfVersion(Tool tool, PeerVersion theirs) {
        return switch (tool) {
            case OpensslClient _, GnutlsClient _ ->
                    Refusal.byUs(SslReason.UNSUPPORTED_PROTOCOL, "protocol_version");
            case OpensslServer _ -> Refusal.byPeer(SslReason.TLSV1_ALERT_PROTOCOL_VERSION);
            // As measured: it answers in TLS 1.1, and calls everything else a handshake_failure.
            case GnutlsServer _ ->
                    theirs == PeerVersion.TLSV1_1
                            ? RefusalTest::refuseOldServer
                            : Refusal.byPeer(SslReason.SSLV3_ALERT_HANDSHAKE_FAILURE);
        };
    }

    /** GnuTLS wants the alert in a record of the version that it chose, and not of TLS 1.0. */
    private static void refuseOldServer(OurSide ours, Peer peer) throws Exception {
        OurSide.Outcome outcome = ours.tryHandshake();
        assertEquals(SslReason.UNSUPPORTED_PROTOCOL, outcome.reason(), outcome.toString());
        Exchange.over(ours, peer);
        assertEquals(1, peer.count("]: SSL 3.1 Alert packet received."));
    }

    @TestFactory
    Stream<DynamicTest> suites() {
        List<Row> rows = new ArrayList<>();
        for (TlsVersion version : TlsVersion.values()) {
            for (Io io : Io.values()) {
                for (Tool tool : Tool.ALL) {
                    rows.add(unknownSuite(tool, version, io));
                }
            }
        }
        return Rows.run(rows, folder);
    }

    private static Row unknownSuite(Tool tool, TlsVersion version, Io io) {
        PeerSuite suite = PeerSuite.unknownToUs(version);
        return Row.of(
                tool,
                List.of(version.toString(), "peer knows only " + suite.openssl(), io.label),
                peer(tool).suite(suite),
                ours(tool, List.of(TlsVersion.values()), io),
                tool.isServer()
                        ? Refusal.byPeer(SslReason.SSLV3_ALERT_HANDSHAKE_FAILURE)
                        : Refusal.byUs(SslReason.NO_SHARED_CIPHER, "handshake_failure"));
    }
}
