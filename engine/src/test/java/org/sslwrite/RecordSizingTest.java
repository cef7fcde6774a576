package org.sslwrite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.sslwrite.kit.Data;
import org.sslwrite.kit.Link;
import org.sslwrite.kit.Scene;
import org.sslwrite.kit.TwoWayBio;
import org.sslwrite.kit.WireTap.TlsRecord;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;

/** How the records of a write begin, on a connection that counts as idle before each. */
class RecordSizingTest {
    private static final byte[] DATA = Data.bytes(200_000);

    private static SslContext.Builder alwaysIdle() {
        return Link.builder(Scene.ANY).idleAfter(Duration.ZERO);
    }

    private static Link link(SslContext.Builder builder) {
        return Link.toJsse(Scene.ANY, builder.build(), TwoWayBio.pair()).handshake();
    }

    private static int flushesOf(Link link) {
        int before = link.transport().writeCalls();
        link.assertDone(link.ssl().write(ByteBuffer.wrap(DATA)), DATA.length);
        Data.assertSame(DATA, link.received(), "what was written");
        return link.transport().writeCalls() - before;
    }

    @Test
    void theFirstRecordGoesOutByItself() {
        // 13 records: one, then three times four.
        try (Link link = link(alwaysIdle())) {
            assertEquals(4, flushesOf(link));
        }
    }

    @Test
    void aShortWriteIsOneFlush() {
        try (Link link = link(alwaysIdle())) {
            int before = link.transport().writeCalls();
            link.assertDone(link.ssl().write(ByteBuffer.wrap(DATA, 0, 16384)), 16384);
            assertEquals(1, link.transport().writeCalls() - before);
        }
    }

    @Test
    void theSizeOfABatchCanBeSet() {
        try (Link link = link(Link.builder(Scene.ANY).batchSize(1))) {
            assertEquals(13, flushesOf(link), "each record by itself");
        }
        try (Link link = link(Link.builder(Scene.ANY).batchSize(1 << 20))) {
            assertEquals(1, flushesOf(link));
        }
    }

    @Test
    void recordsAreSmallAtFirstIfThatIsAskedFor() {
        try (Link link = link(alwaysIdle().dynamicRecordSizes(true))) {
            int mark = link.transport().mark();
            link.assertDone(link.ssl().write(ByteBuffer.wrap(DATA)), DATA.length);
            List<Integer> bodies = link.recordsSince(mark).stream().map(TlsRecord::length).toList();
            assertEquals(link.bodyOf(1350), bodies.getFirst());
            assertEquals(49, bodies.stream().filter(body -> body == link.bodyOf(1350)).count());
            assertTrue(bodies.contains(link.bodyOf(16384)), "then they grow");
            Data.assertSame(DATA, link.received(), "what was written");
        }
    }
}
