package org.sslwrite.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.sslwrite.ClientAuth;
import org.sslwrite.NamedGroup;
import org.sslwrite.SslContext;
import org.sslwrite.SslReason;
import org.sslwrite.kit.Pki;
import org.sslwrite.protocol.TlsVersion;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * What real peers do where they are told to: early data that nobody wants, no secure renegotiation,
 * very long certificates.
 */
class RarePeersTest {
    /** Within what OpenSSL takes for a chain, which is 100 KiB. */
    private static final int NAMES = 4_000;

    @TempDir static Path folder;
    private static Defaults defaults;

    @BeforeAll
    static void makeDefaults() throws Exception {
        defaults = Defaults.in(folder);
    }

    // --------------------------------------------------------------------------------- early data

    @TestFactory
    Stream<DynamicTest> earlyData() throws Exception {
        Path data = Files.write(folder.resolve("early"), Payload.binary(10_000, 7));
        Path session = folder.resolve("session");
        List<Row> rows = new ArrayList<>();
        for (Io io : Io.values()) {
            for (boolean retry : new boolean[] {false, true}) {
                rows.add(earlyData(session, data, retry, io));
            }
        }
        if (new OpensslClient().missing() == null) {
            keepSession(session);
        }
        return Rows.run(rows, folder);
    }

    /**
     * Has a server of OpenSSL's own give a client of its own a session that allows early data: we
     * give none.
     */
    private static void keepSession(Path session) throws Exception {
        Tool tool = new OpensslServer();
        Path request = Files.writeString(folder.resolve("request"), "GET / HTTP/1.0\r\n\r\n");
        PeerSetup setup = defaults.peer(tool, TlsVersion.TLSV1_3).web().maxEarlyData(16_384);
        try (Peer server = Peer.start(tool, setup, folder)) {
            // It may not listen yet; it serves one connection.
            while (!Files.exists(session)) {
                assertTrue(server.isAlive(), server::report);
                askForSession(server.port(), request, session);
            }
        }
    }

    private static void askForSession(int port, Path request, Path session) throws Exception {
        List<String> command = new ArrayList<>(List.of("openssl", "s_client", "-ign_eof"));
        command.addAll(List.of("-connect", "127.0.0.1:" + port, "-noservername"));
        command.addAll(List.of("-sess_out", session.toString()));
        new ProcessBuilder(command)
                .redirectInput(request.toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start()
                .waitFor();
    }

    private static Row earlyData(Path session, Path data, boolean retry, Io io) {
        Tool tool = new OpensslClient();
        PeerSetup peer =
                defaults.peer(tool, TlsVersion.TLSV1_3)
                        .groups(List.of(NamedGroup.X25519, NamedGroup.SECP384R1))
                        .earlyData(session, data)
                        .talkative();
        Consumer<SslContext.Builder> ours =
                builder -> {
                    if (retry) {
                        builder.groups(List.of(NamedGroup.SECP384R1));
                    }
                };
        return Row.of(
                tool,
                List.of("early data", retry ? "HelloRetryRequest" : "1-RTT", io.label),
                peer,
                defaults.ours(tool, io, ours),
                (our, their) -> {
                    our.handshake();
                    Exchange.hello(tool, our, their);
                    assertEquals(retry ? 2 : 1, their.count("], ClientHello"), "ClientHellos");
                    assertTrue(their.words().contains("Early data was rejected"), "it sent some");
                });
    }

    // ------------------------------------------------------------------------ secure renegotiation

    @TestFactory
    Stream<DynamicTest> withoutSecureRenegotiation() {
        List<Row> rows = new ArrayList<>();
        for (Tool tool : List.of(new GnutlsClient(), new GnutlsServer())) {
            for (boolean required : new boolean[] {false, true}) {
                rows.add(withoutSecureRenegotiation(tool, required));
            }
        }
        return Rows.run(rows, folder);
    }

    private static Row withoutSecureRenegotiation(Tool tool, boolean required) {
        return Row.of(
                tool,
                List.of("TLSv1.2", "peer does not know RFC 5746", required ? "refused" : "taken"),
                defaults.peer(tool, TlsVersion.TLSV1_2).withoutSecureRenegotiation(),
                defaults.ours(
                        tool, Io.BLOCKING, builder -> builder.requireSecureRenegotiation(required)),
                required
                        ? Refusal.byUs(
                                SslReason.UNSAFE_LEGACY_RENEGOTIATION_DISABLED, "handshake_failure")
                        : (ours, peer) -> {
                            ours.handshake();
                            Exchange.hello(tool, ours, peer);
                        });
    }

    // --------------------------------------------------------------------------- long certificates

    /**
     * A server of OpenSSL's puts the client's certificate in a ticket, which is too small for it.
     */
    @TestFactory
    Stream<DynamicTest> longCertificates() throws Exception {
        Credentials credentials = longCredentials();
        List<Row> rows = new ArrayList<>();
        for (TlsVersion version : TlsVersion.values()) {
            rows.add(
                    longCertificates(
                            new OpensslClient(), version, credentials, ClientAuth.REQUIRED));
            rows.add(longCertificates(new OpensslServer(), version, credentials, ClientAuth.NONE));
        }
        return Rows.run(rows, folder);
    }

    private static Credentials longCredentials() throws Exception {
        String[] hosts =
                IntStream.range(0, NAMES)
                        .mapToObj(i -> i == 0 ? Pki.HOST : "host-" + i + "." + Pki.HOST)
                        .toArray(String[]::new);
        return Credentials.of(Pki.CA.issue("RSA", "long", hosts).identity(), folder);
    }

    private static Row longCertificates(
            Tool tool, TlsVersion version, Credentials credentials, ClientAuth clientAuth) {
        SslContext context =
                SslContext.builder()
                        .identity(credentials.identity())
                        .trust(List.of(Pki.CA.certificate()))
                        .clientAuth(clientAuth)
                        .build();
        return Row.of(
                tool,
                List.of(version.toString(), "certificate of 90 kB"),
                new PeerSetup().version(PeerVersion.of(version)).credentials(credentials),
                new OurSetup(context, tool.isServer() ? Pki.HOST : null, Io.NON_BLOCKING),
                (ours, peer) -> {
                    ours.handshake();
                    Exchange.hello(tool, ours, peer);
                });
    }
}
