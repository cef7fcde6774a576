package org.sslwrite.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * What both sides do once the handshake is complete: data in both directions, and an orderly end.
 */
public final class Exchange {
    private static final String OURS = "hello, this is us\n";
    private static final String THEIRS = "hello, this is the peer\n";

    private Exchange() {}

    /**
     * One write of ours, then as much from the peer; compared byte by byte at both ends.
     *
     * @return lengths of the bodies of the records of our write
     */
    static List<Integer> ofSize(int size, Tool tool, OurSide ours, Peer peer) throws Exception {
        byte[] sent = tool.echoes() ? Payload.line(size, size) : Payload.binary(size, size);
        byte[] sentByPeer = tool.echoes() ? sent : Payload.binary(size, -size);
        List<Integer> bodies = bothWays(sent, sentByPeer, tool, ours, peer);
        end(tool, ours, peer);
        assertEquals(Payload.digest(sent), Payload.digest(peer.received()), "us to peer");
        return bodies;
    }

    /** A line in each direction, which may stand among other words of the peer's. */
    public static void hello(Tool tool, OurSide ours, Peer peer) throws Exception {
        byte[] sent = OURS.getBytes(StandardCharsets.US_ASCII);
        byte[] sentByPeer = tool.echoes() ? sent : THEIRS.getBytes(StandardCharsets.US_ASCII);
        bothWays(sent, sentByPeer, tool, ours, peer);
        end(tool, ours, peer);
        assertTrue(peer.words().contains(OURS), "us to peer");
    }

    /** A line from the peer. */
    public static void helloFromPeer(OurSide ours, Peer peer) throws Exception {
        byte[] sentByPeer = THEIRS.getBytes(StandardCharsets.US_ASCII);
        peer.send(sentByPeer);
        byte[] read = ours.read(sentByPeer.length);
        assertEquals(Payload.digest(sentByPeer), Payload.digest(read), "peer to us");
    }

    private static List<Integer> bothWays(
            byte[] sent, byte[] sentByPeer, Tool tool, OurSide ours, Peer peer) throws Exception {
        List<Integer> bodies = ours.write(sent);
        if (!tool.echoes()) {
            peer.send(sentByPeer);
        }
        byte[] read = ours.read(sentByPeer.length);
        assertEquals(Payload.digest(sentByPeer), Payload.digest(read), "peer to us");
        return bodies;
    }

    /** Both sides say that they send no more, and hear it of each other. */
    public static void end(Tool tool, OurSide ours, Peer peer) throws Exception {
        if (tool.answersCloseNotify()) {
            ours.shutdown(0);
            ours.readEnd();
        } else {
            peer.endInput();
            ours.readEnd();
        }
        ours.shutdown(1);
        over(ours, peer);
        assertEquals(List.of(Alert.CLOSE_NOTIFY), peer.alerts(), "alerts");
        assertEquals(0, peer.exitCode(), "exit code");
    }

    /** The connection is over, in whatever way; what the peer shows is complete. */
    public static void over(OurSide ours, Peer peer) throws IOException, InterruptedException {
        ours.hangUp();
        peer.awaitEnd();
    }
}
