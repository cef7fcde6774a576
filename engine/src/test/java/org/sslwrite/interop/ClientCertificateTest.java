package org.sslwrite.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.sslwrite.ClientAuth;
import org.sslwrite.SslReason;
import org.sslwrite.protocol.TlsVersion;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * Mutual TLS in both roles: a client's certificate that is wanted or required, and is or is not
 * there.
 */
class ClientCertificateTest {
    @TempDir static Path folder;
    private static Defaults defaults;
    private static Credentials rsa;
    private static Credentials ec;
    private static Credentials stranger;

    /** What the client shows. */
    private enum Shown {
        RSA,
        EC,
        STRANGER,
        NOTHING;

        List<Credentials> credentials() {
            return switch (this) {
                case RSA -> List.of(rsa);
                case EC -> List.of(ec);
                case STRANGER -> List.of(stranger);
                case NOTHING -> List.of();
            };
        }

        String label() {
            return switch (this) {
                case RSA -> "RSA certificate";
                case EC -> "EC certificate";
                case STRANGER -> "untrusted certificate";
                case NOTHING -> "no certificate";
            };
        }

        boolean isRefusedBy(ClientAuth policy) {
            return this == STRANGER || (this == NOTHING && policy == ClientAuth.REQUIRED);
        }
    }

    @BeforeAll
    static void makeCredentials() throws Exception {
        defaults = Defaults.in(folder);
        rsa = Credentials.selfSigned("client-rsa.example", "RSA", folder);
        ec = Credentials.selfSigned("client-ec.example", "EC", folder);
        stranger = Credentials.selfSigned("stranger.example", "EC", folder);
    }

    @TestFactory
    Stream<DynamicTest> clientCertificates() {
        List<Row> rows = new ArrayList<>();
        for (TlsVersion version : TlsVersion.values()) {
            for (ClientAuth policy : List.of(ClientAuth.WANTED, ClientAuth.REQUIRED)) {
                for (Shown shown : Shown.values()) {
                    for (Io io : Io.values()) {
                        for (Tool tool : Tool.CLIENTS) {
                            rows.add(ourServer(tool, version, policy, shown, io));
                        }
                        for (Tool tool : Tool.SERVERS) {
                            rows.add(ourClient(tool, version, policy, shown, io));
                        }
                    }
                }
            }
        }
        return Rows.run(rows, folder);
    }

    private static List<String> names(TlsVersion version, ClientAuth policy, Shown shown, Io io) {
        String wanted = policy.name().toLowerCase(Locale.ROOT);
        return List.of(version.toString(), wanted, shown.label(), io.label);
    }

    private static Row ourServer(
            Tool tool, TlsVersion version, ClientAuth policy, Shown shown, Io io) {
        PeerSetup peer = defaults.peer(tool, version);
        shown.credentials().forEach(peer::credentials);
        return Row.of(
                tool,
                names(version, policy, shown, io),
                peer,
                defaults.ours(
                        tool,
                        io,
                        builder ->
                                builder.trust(List.of(rsa.leaf(), ec.leaf())).clientAuth(policy)),
                shown.isRefusedBy(policy)
                        ? refuse(version, shown)
                        : (ours, process) -> accept(tool, shown, ours, process));
    }

    private static void accept(Tool tool, Shown shown, OurSide ours, Peer peer) throws Exception {
        List<X509Certificate> expected =
                shown.credentials().stream().map(Credentials::leaf).toList();
        assertEquals(expected, ours.handshake().peerCertificates());
        Exchange.hello(tool, ours, peer);
    }

    private static Row.Scenario refuse(TlsVersion version, Shown shown) {
        return shown == Shown.NOTHING
                ? Refusal.byUs(SslReason.PEER_DID_NOT_RETURN_A_CERTIFICATE, absent(version))
                : Refusal.byUs(SslReason.CERTIFICATE_VERIFY_FAILED, "unknown_ca");
    }

    /** RFC 8446 section 6.2: certificate_required. TLS 1.2 has no alert of its own for it. */
    private static String absent(TlsVersion version) {
        return version == TlsVersion.TLSV1_3 ? "certificate_required" : "handshake_failure";
    }

    private static Row ourClient(
            Tool tool, TlsVersion version, ClientAuth policy, Shown shown, Io io) {
        PeerSetup peer =
                defaults.peer(tool, version)
                        .clientAuth(policy)
                        .trust(shown == Shown.EC ? ec : rsa)
                        .talkative();
        return Row.of(
                tool,
                names(version, policy, shown, io),
                peer,
                defaults.ours(
                        tool,
                        io,
                        builder ->
                                shown.credentials().forEach(c -> builder.identity(c.identity()))),
                shown.isRefusedBy(policy)
                        ? (ours, _) -> beRefused(tool, version, shown, ours)
                        : (ours, process) -> beAccepted(tool, shown, ours, process));
    }

    @TestFactory
    Stream<DynamicTest> serverNamesAnAuthority() {
        List<Row> rows = new ArrayList<>();
        for (TlsVersion version : TlsVersion.values()) {
            for (Tool tool : Tool.SERVERS) {
                for (Shown named : List.of(Shown.RSA, Shown.EC)) {
                    rows.add(authorityDecides(tool, version, named));
                }
            }
        }
        return Rows.run(rows, folder);
    }

    /** Both tools name whom they trust in their CertificateRequest. */
    private static Row authorityDecides(Tool tool, TlsVersion version, Shown named) {
        Credentials expected = named.credentials().getFirst();
        return Row.of(
                tool,
                List.of(version.toString(), "we have three, the server names " + named.label()),
                defaults.peer(tool, version)
                        .clientAuth(ClientAuth.REQUIRED)
                        .trust(expected)
                        .talkative(),
                defaults.ours(
                        tool,
                        Io.BLOCKING,
                        builder -> {
                            for (Credentials own : List.of(stranger, rsa, ec)) {
                                builder.identity(own.identity());
                            }
                        }),
                (ours, process) -> beAccepted(tool, named, ours, process));
    }

    private static void beAccepted(Tool tool, Shown shown, OurSide ours, Peer peer)
            throws Exception {
        ours.handshake();
        Exchange.hello(tool, ours, peer);
        for (Credentials own : shown.credentials()) {
            String serial = own.leaf().getSerialNumber().toString(16);
            String encoded = Base64.getEncoder().encodeToString(own.leaf().getEncoded());
            String words = peer.words();
            assertTrue(
                    words.contains(serial) || words.replace("\n", "").contains(encoded),
                    "the peer shows our certificate");
        }
    }

    /** In TLS 1.3 a client's handshake is complete before the server has seen the certificate. */
    private static void beRefused(Tool tool, TlsVersion version, Shown shown, OurSide ours) {
        OurSide.Outcome outcome;
        if (version == TlsVersion.TLSV1_3) {
            ours.handshake();
            outcome = ours.tryRead(ByteBuffer.allocate(1));
        } else {
            outcome = ours.tryHandshake();
        }
        assertEquals(refusal(tool, version, shown), outcome.reason(), outcome.toString());
        assertEquals(outcome, ours.tryWrite(ByteBuffer.allocate(1)), "the failure is permanent");
    }

    /** As measured; in TLS 1.2 each tool has its own mind, whoever the client is. */
    private static SslReason refusal(Tool tool, TlsVersion version, Shown shown) {
        boolean gnutls = tool instanceof GnutlsServer;
        if (shown == Shown.STRANGER) {
            return gnutls ? SslReason.TLSV1_ALERT_ACCESS_DENIED : SslReason.TLSV1_ALERT_UNKNOWN_CA;
        }
        if (version == TlsVersion.TLSV1_3) {
            return SslReason.TLSV13_ALERT_CERTIFICATE_REQUIRED;
        }
        return gnutls
                ? SslReason.TLSV1_ALERT_DECODE_ERROR
                : SslReason.SSLV3_ALERT_HANDSHAKE_FAILURE;
    }
}
