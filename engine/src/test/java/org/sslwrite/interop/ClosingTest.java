package org.sslwrite.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.sslwrite.SslError;
import org.sslwrite.SslFailure;
import org.sslwrite.SslReason;
import org.sslwrite.kit.Outcomes;
import org.sslwrite.protocol.TlsVersion;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Ends of a connection other than that of {@link Exchange#end}: the peer's, rude ones, sudden ones.
 */
class ClosingTest {
    @TempDir static Path folder;
    private static Defaults defaults;

    @BeforeAll
    static void makeDefaults() throws Exception {
        defaults = Defaults.in(folder);
    }

    @TestFactory
    Stream<DynamicTest> rows() {
        List<Row> rows = new ArrayList<>();
        for (TlsVersion version : TlsVersion.values()) {
            for (Io io : Io.values()) {
                rows.add(clientCloses(version, io));
                rows.add(clientDoesNotAnswer(version, io));
                rows.add(serverHangsUp(version, io));
                for (Tool tool : Tool.SERVERS) {
                    rows.add(serverCloses(tool, version, io));
                }
                for (Tool tool : Tool.ALL) {
                    rows.add(peerDies(tool, version, io));
                }
            }
        }
        return Rows.run(rows, folder);
    }

    /** As gnutls-cli does in every row of {@link Exchange#end}. */
    private static Row clientCloses(TlsVersion version, Io io) {
        Tool tool = new OpensslClient();
        return Row.of(
                tool,
                List.of(version.toString(), "the peer closes first", io.label),
                defaults.peer(tool, version).closesAtEndOfInput(),
                defaults.ours(tool, io),
                (ours, peer) -> {
                    ours.handshake();
                    peer.endInput();
                    ours.readEnd();
                    ours.shutdown(1);
                    Exchange.over(ours, peer);
                    assertEquals(0, peer.exitCode(), "exit code");
                });
    }

    private static Row serverCloses(Tool tool, TlsVersion version, Io io) {
        return Row.of(
                tool,
                List.of(version.toString(), "the peer closes first", io.label),
                defaults.peer(tool, version).web(),
                defaults.ours(tool, io),
                (ours, peer) -> {
                    ours.handshake();
                    ours.write("GET / HTTP/1.0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                    byte[] protocol = ours.read("HTTP/1.0 ".length());
                    assertEquals("HTTP/1.0 ", new String(protocol, StandardCharsets.US_ASCII));
                    ours.readUntilEnd();
                    ours.shutdown(1);
                    Exchange.over(ours, peer);
                });
    }

    private static Row clientDoesNotAnswer(TlsVersion version, Io io) {
        Tool tool = new GnutlsClient();
        return Row.of(
                tool,
                List.of(version.toString(), "we close first, without an answer", io.label),
                defaults.peer(tool, version),
                defaults.ours(tool, io),
                (ours, peer) -> {
                    ours.handshake();
                    ours.shutdown(0);
                    assertCutOff(ours);
                    Exchange.over(ours, peer);
                    assertEquals(List.of(Alert.CLOSE_NOTIFY), peer.alerts(), "alerts");
                    assertTrue(
                            peer.words().contains("- Peer has closed the GnuTLS connection"),
                            "shown by peer");
                    assertEquals(0, peer.exitCode(), "exit code");
                });
    }

    private static Row serverHangsUp(TlsVersion version, Io io) {
        Tool tool = new OpensslServer();
        return Row.of(
                tool,
                List.of(version.toString(), "the peer hangs up without close_notify", io.label),
                defaults.peer(tool, version).talkative(),
                defaults.ours(tool, io),
                (ours, peer) -> {
                    ours.handshake();
                    peer.send("Q\n".getBytes(StandardCharsets.US_ASCII));
                    assertCutOff(ours);
                    Exchange.over(ours, peer);
                });
    }

    /** The end of the stream is not taken for the end of the data. */
    private static void assertCutOff(OurSide ours) {
        OurSide.Outcome end = ours.tryRead(ByteBuffer.allocate(1));
        assertEquals(0, end.result(), end.toString());
        assertEquals(SslError.SYSCALL, end.error(), end.toString());
        SslFailure failure = Outcomes.notNull(end.failure());
        assertEquals(SslReason.UNEXPECTED_EOF_WHILE_READING, failure.reason(), end.toString());
    }

    /** The kernel ends the stream or resets it; both are the end for good. */
    private static Row peerDies(Tool tool, TlsVersion version, Io io) {
        return Row.of(
                tool,
                List.of(version.toString(), "the peer dies", io.label),
                defaults.peer(tool, version),
                defaults.ours(tool, io),
                (ours, peer) -> {
                    ours.handshake();
                    peer.kill();
                    OurSide.Outcome end = ours.tryRead(ByteBuffer.allocate(1));
                    assertTrue(end.result() <= 0, end.toString());
                    assertTrue(
                            end.error() == SslError.SSL || end.error() == SslError.SYSCALL,
                            end.toString());
                    assertEquals(end, ours.tryRead(ByteBuffer.allocate(1)), "it is permanent");
                });
    }
}
