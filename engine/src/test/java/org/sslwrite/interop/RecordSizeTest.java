package org.sslwrite.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.sslwrite.SslSession;
import org.sslwrite.protocol.BulkCipher;
import org.sslwrite.protocol.TlsVersion;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Records smaller than they could be, by our own wish or the peer's, in both directions. */
class RecordSizeTest {
    /** One byte more than a whole number of records, whatever their size. */
    private static final int SIZE = 16385;

    private static final List<Tool> OPENSSL = List.of(new OpensslClient(), new OpensslServer());

    @TempDir static Path folder;
    private static Defaults defaults;

    @BeforeAll
    static void makeDefaults() throws Exception {
        defaults = Defaults.in(folder);
    }

    @Tag("F2")
    @TestFactory
    Stream<DynamicTest> ourRecords() {
        List<Row> rows = new ArrayList<>();
        for (TlsVersion version : TlsVersion.values()) {
            for (Io io : Io.values()) {
                for (Tool tool : Tool.ALL) {
                    rows.add(weSendAtMost512(tool, version, io));
                }
                for (int limit : List.of(512, 1024, 2048, 4096)) {
                    rows.add(peerWantsAtMost(limit, new OpensslClient(), version, io));
                }
                for (int limit : List.of(512, 600, 1024, 4096)) {
                    rows.add(peerWantsAtMost(limit, new GnutlsClient(), version, io));
                    rows.add(peerWantsAtMost(limit, new GnutlsServer(), version, io));
                }
            }
        }
        return Rows.run(rows, folder);
    }

    private static Row weSendAtMost512(Tool tool, TlsVersion version, Io io) {
        return Row.of(
                tool,
                List.of(version.toString(), "we send at most 512", io.label),
                defaults.peer(tool, version),
                defaults.ours(tool, io, builder -> builder.maxSendFragment(512)),
                (ours, peer) -> writeInRecordsOf(512, tool, ours, peer));
    }

    /**
     * OpenSSL's client says so by max_fragment_length (RFC 6066), GnuTLS by record_size_limit (RFC
     * 8449), and its client by both where it can. A larger record is refused.
     */
    private static Row peerWantsAtMost(int limit, Tool tool, TlsVersion version, Io io) {
        return Row.of(
                tool,
                List.of(version.toString(), "peer wants at most " + limit, io.label),
                defaults.peer(tool, version).maxFragment(limit),
                defaults.ours(tool, io),
                (ours, peer) -> writeInRecordsOf(limit, tool, ours, peer));
    }

    /**
     * Every record is full but the last, and none is larger. The peer says little: gnutls-cli loses
     * what does not fit into the first record when it has a limit.
     */
    private static void writeInRecordsOf(int limit, Tool tool, OurSide ours, Peer peer)
            throws Exception {
        int overhead = overhead(ours.handshake());
        List<Integer> expected = new ArrayList<>();
        for (int left = SIZE; left > 0; left -= limit) {
            expected.add(Math.min(left, limit) + overhead);
        }
        byte[] sent = Payload.line(SIZE, limit);
        List<Integer> bodies = ours.write(sent);
        if (tool.echoes()) {
            assertEquals(Payload.digest(sent), Payload.digest(ours.read(SIZE)), "peer to us");
        } else {
            Exchange.helloFromPeer(ours, peer);
        }
        Exchange.end(tool, ours, peer);
        assertEquals(Payload.digest(sent), Payload.digest(peer.received()), "us to peer");
        assertEquals(expected, bodies, "record bodies");
    }

    private static int overhead(SslSession session) {
        BulkCipher cipher = session.suite().bulkCipher();
        assertTrue(cipher.isAead(), "nobody prefers CBC");
        int contentType = session.version() == TlsVersion.TLSV1_3 ? 1 : 0;
        return cipher.recordIvLength(session.version()) + cipher.tagLength() + contentType;
    }

    @TestFactory
    Stream<DynamicTest> theirRecords() {
        List<Row> rows = new ArrayList<>();
        for (Io io : Io.values()) {
            for (Tool tool : OPENSSL) {
                for (TlsVersion version : TlsVersion.values()) {
                    rows.add(
                            theirs(
                                    tool,
                                    version,
                                    "peer sends at most 512",
                                    defaults.peer(tool, version).maxSendFragment(512),
                                    io));
                }
                rows.add(
                        theirs(
                                tool,
                                TlsVersion.TLSV1_3,
                                "peer pads to a multiple of 1000",
                                defaults.peer(tool, TlsVersion.TLSV1_3).recordPadding(1000),
                                io));
            }
        }
        return Rows.run(rows, folder);
    }

    private static Row theirs(Tool tool, TlsVersion version, String what, PeerSetup peer, Io io) {
        return Row.of(
                tool,
                List.of(version.toString(), what, io.label),
                peer,
                defaults.ours(tool, io),
                (ours, process) -> {
                    ours.handshake();
                    Exchange.ofSize(SIZE, tool, ours, process);
                });
    }
}
