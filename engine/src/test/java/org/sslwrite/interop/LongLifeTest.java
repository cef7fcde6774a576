package org.sslwrite.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.sslwrite.SslReason;
import org.sslwrite.protocol.TlsVersion;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * What may happen to a connection before it ends: much data in both directions at once, new keys, a
 * wish for a new handshake. With OpenSSL's tools, which take letters for commands, and GnuTLS's
 * client for new keys; its server waits for the end of each line, and takes no commands.
 */
class LongLifeTest {
    private static final List<Tool> OPENSSL = List.of(new OpensslClient(), new OpensslServer());
    private static final String KEY_UPDATE = " TLS 1.3, Handshake [length 0005], KeyUpdate";
    private static final int LARGE = 8 << 20;

    @TempDir static Path folder;
    private static Defaults defaults;

    @BeforeAll
    static void makeDefaults() throws Exception {
        defaults = Defaults.in(folder);
    }

    @TestFactory
    Stream<DynamicTest> bothSendAtOnce() {
        List<Row> rows = new ArrayList<>();
        for (TlsVersion version : TlsVersion.values()) {
            for (Tool tool : OPENSSL) {
                rows.add(
                        Row.of(
                                tool,
                                List.of(version.toString(), "both send 8 MiB", "non-blocking"),
                                defaults.peer(tool, version),
                                defaults.ours(tool, Io.NON_BLOCKING),
                                (ours, peer) -> sendAtOnce(tool, ours, peer)));
            }
        }
        return Rows.run(rows, folder);
    }

    private static void sendAtOnce(Tool tool, OurSide ours, Peer peer) throws Exception {
        ours.handshake();
        byte[] sent = Payload.binary(LARGE, 1);
        byte[] sentByPeer = Payload.binary(LARGE, 2);
        peer.send(sentByPeer);
        byte[] read = ours.writeWhileReading(sent, LARGE);
        assertEquals(Payload.digest(sentByPeer), Payload.digest(read), "peer to us");
        assertTrue(ours.wantedToWrite() > 0, "the transport has always taken all");
        Exchange.end(tool, ours, peer);
        assertEquals(Payload.digest(sent), Payload.digest(peer.received()), "us to peer");
    }

    @TestFactory
    Stream<DynamicTest> keyUpdate() {
        List<Row> rows = new ArrayList<>();
        for (Tool tool : OPENSSL) {
            for (Io io : Io.values()) {
                rows.add(keyUpdate(tool, io, "the peer has new keys", "k", 0));
                rows.add(keyUpdate(tool, io, "the peer has new keys and wants ours", "K", 1));
            }
        }
        return Rows.run(rows, folder);
    }

    private static Row keyUpdate(Tool tool, Io io, String what, String command, int answers) {
        return Row.of(
                tool,
                List.of("TLSv1.3", what, io.label),
                defaults.peer(tool, TlsVersion.TLSV1_3).talkative(),
                defaults.ours(tool, io),
                (ours, peer) -> {
                    ours.handshake();
                    command(peer, command);
                    peer.awaitWords(">>>" + KEY_UPDATE);
                    Exchange.helloFromPeer(ours, peer);
                    Exchange.hello(tool, ours, peer);
                    assertEquals(answers, peer.count("<<<" + KEY_UPDATE), "KeyUpdates of ours");
                });
    }

    @TestFactory
    Stream<DynamicTest> rekeyByGnutls() {
        List<Row> rows = new ArrayList<>();
        for (Io io : Io.values()) {
            rows.add(rekeyByGnutls(new GnutlsClient(), io));
        }
        return Rows.run(rows, folder);
    }

    private static Row rekeyByGnutls(Tool tool, Io io) {
        return Row.of(
                tool,
                List.of("TLSv1.3", "the peer has new keys", io.label),
                defaults.peer(tool, TlsVersion.TLSV1_3).inlineCommands(),
                defaults.ours(tool, io),
                (ours, peer) -> {
                    ours.handshake();
                    peer.send("^rekey^\n".getBytes(StandardCharsets.US_ASCII));
                    Exchange.helloFromPeer(ours, peer);
                    Exchange.hello(tool, ours, peer);
                    assertTrue(peer.words().contains("Rekey was completed"), "it did");
                });
    }

    @TestFactory
    Stream<DynamicTest> renegotiation() {
        List<Row> rows = new ArrayList<>();
        for (Tool tool : OPENSSL) {
            for (Io io : Io.values()) {
                rows.add(refuseRenegotiation(tool, io));
                rows.add(renegotiate(tool, io));
            }
        }
        return Rows.run(rows, folder);
    }

    /** We could go on; OpenSSL takes our no for a failure, and ends the connection. */
    private static Row refuseRenegotiation(Tool tool, Io io) {
        return Row.of(
                tool,
                List.of("TLSv1.2", "the peer wants to renegotiate, and is refused", io.label),
                defaults.peer(tool, TlsVersion.TLSV1_2).talkative(),
                defaults.ours(tool, io),
                (ours, peer) -> {
                    ours.handshake();
                    askForRenegotiation(tool, peer);
                    OurSide.Outcome end = ours.tryRead(ByteBuffer.allocate(1));
                    assertEquals(
                            SslReason.SSLV3_ALERT_HANDSHAKE_FAILURE, end.reason(), end.toString());
                    Exchange.over(ours, peer);
                    assertEquals(
                            List.of(new Alert("warning", "no_renegotiation")),
                            peer.alerts(),
                            "alerts");
                });
    }

    private static Row renegotiate(Tool tool, Io io) {
        return Row.of(
                tool,
                List.of("TLSv1.2", "the peer renegotiates, as we allow", io.label),
                defaults.peer(tool, TlsVersion.TLSV1_2).talkative(),
                defaults.ours(tool, io, builder -> builder.allowRenegotiation(true)),
                (ours, peer) -> {
                    ours.handshake();
                    askForRenegotiation(tool, peer);
                    Exchange.helloFromPeer(ours, peer);
                    Exchange.hello(tool, ours, peer);
                    assertEquals(2, peer.count("], ClientHello"), "ClientHellos");
                    assertEquals(4, peer.count("], Finished"), "Finished messages");
                });
    }

    private static void askForRenegotiation(Tool tool, Peer peer) throws Exception {
        command(peer, tool.isServer() ? "r" : "R");
        peer.awaitWords(tool.isServer() ? "], HelloRequest" : "RENEGOTIATING");
    }

    private static void command(Peer peer, String letter) throws InterruptedException {
        peer.send((letter + "\n").getBytes(StandardCharsets.US_ASCII));
    }
}
