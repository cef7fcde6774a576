package org.sslwrite.softhsm.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.sslwrite.SslStatistics;
import org.sslwrite.interop.Exchange;
import org.sslwrite.interop.GnutlsClient;
import org.sslwrite.interop.OurSide;
import org.sslwrite.interop.Payload;
import org.sslwrite.interop.Peer;
import org.sslwrite.interop.Tool;
import org.sslwrite.seal.SealedBy;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Data in both directions and an orderly end, where one engine must have sealed all of ours.
 *
 * <p>What is sent is one line in many writes, so that it suits every peer.
 */
final class SealedExchange {
    private static final int MAX_FRAGMENT = 16384;

    /** Single bytes, around a cipher's block, around a record. */
    private static final List<Integer> WRITES =
            List.of(1, 1, 15, 16, 17, 255, 1000, 16383, 16384, 16385);

    /** One write of these: pieces share records, and some are empty. */
    private static final List<Integer> GATHERED = List.of(1, 0, 700, 16384, 3, 40_000, 0, 1);

    /** A batch, with a short record behind it. */
    private static final int LARGE = (1 << 16) + 7;

    /** Many batches, with a short last record. */
    private static final int VERY_LARGE = (1 << 20) + 7;

    private SealedExchange() {}

    /** {@link #run(Tool, OurSide, Peer, String, Runnable)} without anything in the middle. */
    static void run(Tool tool, OurSide ours, Peer peer, String engine) throws Exception {
        assertEquals(0, run(tool, ours, peer, engine, () -> {}), "records of another kind");
    }

    /**
     * Writes of every shape, and as much from the peer; compared byte by byte at both ends.
     *
     * @param engine what must have sealed every record of ours
     * @param inTheMiddle what happens between two writes of ours
     * @return records of type application_data that we sent, and that held none: in TLS 1.3 a
     *     KeyUpdate looks like that
     */
    static int run(Tool tool, OurSide ours, Peer peer, String engine, Runnable inTheMiddle)
            throws Exception {
        // gnutls-cli writes what it receives byte by byte: a megabyte takes it a second.
        int rest = tool instanceof GnutlsClient ? LARGE : VERY_LARGE;
        int length = sum(WRITES) + sum(GATHERED) + rest;
        byte[] sent = tool.echoes() ? Payload.line(length, 1) : Payload.binary(length, 1);
        byte[] sentByPeer = tool.echoes() ? sent : Payload.binary(length, 2);

        int sentRecords = writeAll(sent, ours, inTheMiddle);
        if (!tool.echoes()) {
            peer.send(sentByPeer);
        }
        byte[] read = ours.read(length);
        assertEquals(Payload.digest(sentByPeer), Payload.digest(read), "peer to us");
        Exchange.end(tool, ours, peer);
        assertEquals(Payload.digest(sent), Payload.digest(peer.received()), "us to peer");

        int records =
                WRITES.stream().mapToInt(SealedExchange::records).sum()
                        + records(sum(GATHERED))
                        + records(rest);
        assertSealed(engine, records, length, ours.statistics());
        return sentRecords - records;
    }

    private static int sum(List<Integer> lengths) {
        return lengths.stream().mapToInt(i -> i).sum();
    }

    /** How many records one write takes. */
    private static int records(int length) {
        return Math.ceilDiv(length, MAX_FRAGMENT);
    }

    /** Returns the number of records on the wire. */
    private static int writeAll(byte[] bytes, OurSide ours, Runnable inTheMiddle) {
        ByteBuffer left = ByteBuffer.wrap(bytes);
        int records = 0;
        for (int i = 0; i < WRITES.size(); i++) {
            records += ours.write(next(left, WRITES.get(i), i % 2 == 0)).size();
        }
        inTheMiddle.run();
        ByteBuffer[] pieces =
                IntStream.range(0, GATHERED.size())
                        .mapToObj(i -> next(left, GATHERED.get(i), i % 2 == 0))
                        .toArray(ByteBuffer[]::new);
        records += ours.writeGathered(pieces).size();
        return records + ours.write(left).size();
    }

    /** The next bytes, in memory of either kind. */
    private static ByteBuffer next(ByteBuffer left, int length, boolean direct) {
        ByteBuffer piece = left.slice(left.position(), length);
        left.position(left.position() + length);
        return direct ? ByteBuffer.allocateDirect(length).put(piece).flip() : piece;
    }

    /** One engine has sealed all of it, and never failed. */
    static void assertSealed(String engine, long records, long bytes, SslStatistics statistics) {
        assertEquals(List.of(new SealedBy(engine, records, bytes)), statistics.sealedBy());
        assertEquals(List.of(), statistics.failures());
    }
}
