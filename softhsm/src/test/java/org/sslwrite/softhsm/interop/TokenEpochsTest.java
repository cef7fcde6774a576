package org.sslwrite.softhsm.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.sslwrite.SslContext;
import org.sslwrite.interop.Defaults;
import org.sslwrite.interop.Exchange;
import org.sslwrite.interop.GnutlsClient;
import org.sslwrite.interop.Io;
import org.sslwrite.interop.OpensslClient;
import org.sslwrite.interop.OpensslServer;
import org.sslwrite.interop.OurSetup;
import org.sslwrite.interop.OurSide;
import org.sslwrite.interop.Peer;
import org.sslwrite.interop.PeerSetup;
import org.sslwrite.interop.PeerSuite;
import org.sslwrite.interop.Row;
import org.sslwrite.interop.Rows;
import org.sslwrite.interop.Tool;
import org.sslwrite.protocol.CipherSuite;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * Connections that change their keys while a token seals: KeyUpdate in TLS 1.3, renegotiation in
 * TLS 1.2, whoever asks for it. With OpenSSL's tools and, where they can, GnuTLS's.
 */
class TokenEpochsTest {
    private static final List<Tool> OPENSSL = List.of(new OpensslClient(), new OpensslServer());
    private static final CipherSuite TLSV1_3 = CipherSuite.TLS_AES_128_GCM_SHA256;
    private static final CipherSuite GCM = CipherSuite.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384;
    private static final CipherSuite CBC = CipherSuite.TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256;
    private static final String KEY_UPDATE = " TLS 1.3, Handshake [length 0005], KeyUpdate";

    /** GnuTLS 3.7.9 takes no more than 8 KeyUpdates a second. */
    private static final int RECORDS_PER_KEY = 20;

    @TempDir static Path folder;
    @AutoClose private static OpenTokens tokens;
    private static Defaults defaults;

    @BeforeAll
    static void open() throws Exception {
        tokens = new OpenTokens();
        defaults = Defaults.in(folder);
    }

    private static Stream<DynamicTest> run(List<Tool> tools, RowOf kind) {
        List<Row> rows = new ArrayList<>();
        for (Way way : Way.ALL) {
            tools.forEach(tool -> rows.add(kind.row(tool, way)));
        }
        return Rows.run(rows, folder);
    }

    private interface RowOf {
        Row row(Tool tool, Way way);
    }

    private static List<String> names(Way way, CipherSuite suite, String what) {
        return List.of(way.toString(), suite.version().toString(), what);
    }

    private static PeerSetup peer(Tool tool, CipherSuite suite) {
        return defaults.peer(tool).suite(PeerSuite.of(suite));
    }

    private static OurSetup ours(Tool tool, Way way, Consumer<SslContext.Builder> more) {
        return defaults.ours(
                tool, Io.NON_BLOCKING, builder -> more.accept(builder.token(tokens.token(way))));
    }

    private static void command(Peer peer, String letter) throws InterruptedException {
        peer.send((letter + "\n").getBytes(StandardCharsets.US_ASCII));
    }

    /** A line in each direction, and the token has sealed ours. */
    private static void hello(Tool tool, Way way, OurSide ours, Peer peer) throws Exception {
        Exchange.helloFromPeer(ours, peer);
        Exchange.hello(tool, ours, peer);
        long bytes = ours.statistics().bytes();
        SealedExchange.assertSealed(tokens.engine(way), 1, bytes, ours.statistics());
    }

    // ------------------------------------------------------------------------------- KeyUpdate

    @TestFactory
    Stream<DynamicTest> weHaveNewKeysAndWantThePeers() {
        return run(
                Tool.ALL,
                (tool, way) ->
                        Row.of(
                                tool,
                                names(way, TLSV1_3, "we have new keys and want the peer's"),
                                peer(tool, TLSV1_3),
                                ours(tool, way, builder -> {}),
                                (ours, peer) -> {
                                    ours.handshake();
                                    int keyUpdates =
                                            SealedExchange.run(
                                                    tool,
                                                    ours,
                                                    peer,
                                                    tokens.engine(way),
                                                    () -> ours.keyUpdate(true));
                                    assertEquals(1, keyUpdates);
                                }));
    }

    @TestFactory
    Stream<DynamicTest> newKeysEveryFewRecords() {
        return run(
                Tool.ALL,
                (tool, way) ->
                        Row.of(
                                tool,
                                names(way, TLSV1_3, "new keys every few records"),
                                peer(tool, TLSV1_3),
                                ours(tool, way, b -> b.recordsPerKey(RECORDS_PER_KEY)),
                                (ours, peer) -> {
                                    ours.handshake();
                                    int keyUpdates =
                                            SealedExchange.run(
                                                    tool, ours, peer, tokens.engine(way), () -> {});
                                    long records = ours.statistics().records();
                                    assertTrue(
                                            keyUpdates >= records / RECORDS_PER_KEY,
                                            () -> keyUpdates + " for " + records + " records");
                                }));
    }

    @TestFactory
    Stream<DynamicTest> thePeerHasNewKeysAndWantsOurs() {
        return run(
                OPENSSL,
                (tool, way) ->
                        Row.of(
                                tool,
                                names(way, TLSV1_3, "the peer has new keys and wants ours"),
                                peer(tool, TLSV1_3).talkative(),
                                ours(tool, way, builder -> {}),
                                (ours, peer) -> {
                                    ours.handshake();
                                    command(peer, "K");
                                    peer.awaitWords(">>>" + KEY_UPDATE);
                                    hello(tool, way, ours, peer);
                                    assertEquals(1, peer.count("<<<" + KEY_UPDATE));
                                }));
    }

    @TestFactory
    Stream<DynamicTest> gnutlsHasNewKeys() {
        return run(
                List.of(new GnutlsClient()),
                (tool, way) ->
                        Row.of(
                                tool,
                                names(way, TLSV1_3, "the peer has new keys"),
                                peer(tool, TLSV1_3).inlineCommands(),
                                ours(tool, way, builder -> {}),
                                (ours, peer) -> {
                                    ours.handshake();
                                    command(peer, "^rekey^");
                                    hello(tool, way, ours, peer);
                                    assertTrue(peer.words().contains("Rekey was completed"));
                                }));
    }

    // --------------------------------------------------------------------------- renegotiation

    @TestFactory
    Stream<DynamicTest> weRenegotiate() {
        return run(
                Tool.ALL,
                (tool, way) ->
                        Row.of(
                                tool,
                                names(way, GCM, "we renegotiate"),
                                peer(tool, GCM).renegotiation(),
                                ours(tool, way, b -> b.allowRenegotiation(true)),
                                (ours, peer) -> {
                                    ours.handshake();
                                    SealedExchange.run(
                                            tool,
                                            ours,
                                            peer,
                                            tokens.engine(way),
                                            ours::renegotiate);
                                }));
    }

    @TestFactory
    Stream<DynamicTest> thePeerRenegotiates() {
        return run(
                OPENSSL,
                (tool, way) ->
                        Row.of(
                                tool,
                                names(way, CBC, "the peer renegotiates"),
                                peer(tool, CBC).talkative(),
                                ours(tool, way, b -> b.allowRenegotiation(true)),
                                (ours, peer) -> {
                                    ours.handshake();
                                    command(peer, tool.isServer() ? "r" : "R");
                                    peer.awaitWords(
                                            tool.isServer() ? "], HelloRequest" : "RENEGOTIATING");
                                    hello(tool, way, ours, peer);
                                    assertEquals(2, peer.count("], ClientHello"));
                                    assertEquals(4, peer.count("], Finished"));
                                }));
    }
}
