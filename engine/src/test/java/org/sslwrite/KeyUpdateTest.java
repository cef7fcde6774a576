package org.sslwrite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.sslwrite.kit.ScriptedBio.RETRY;
import static org.sslwrite.kit.ScriptedBio.take;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.sslwrite.kit.Data;
import org.sslwrite.kit.Link;
import org.sslwrite.kit.Scene;
import org.sslwrite.kit.WireTap.TlsRecord;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/**
 * Rows K1 to K3, W13 and W21: KeyUpdates, asked for by the peer, by us, or by the limit of a key,
 * also in the middle of a write.
 */
@Timeout(60)
class KeyUpdateTest {
    /** A KeyUpdate message: header of four bytes, and the request. */
    private static final int KEY_UPDATE = 5;

    /** The peer asks for new keys; we read that, and nothing else. */
    private static void letThePeerAsk(Link link) {
        link.jsse().beginHandshake();
        link.peer().turn();
        link.assertWants(link.ssl().read(ByteBuffer.allocate(1)), SslError.WANT_READ);
    }

    private static List<Integer> bodies(List<TlsRecord> records) {
        return records.stream().map(TlsRecord::length).toList();
    }

    private static List<Integer> expected(Link link, int... contents) {
        return Arrays.stream(contents).mapToObj(link::bodyOf).toList();
    }

    @Tag("K1")
    @ParameterizedTest
    @MethodSource("org.sslwrite.kit.Scene#tls13")
    void answeredBeforeTheNextRecord(Scene scene) {
        byte[] data = Data.bytes(100);
        try (Link link = Link.toJsse(scene).handshake()) {
            letThePeerAsk(link);
            int mark = link.transport().mark();
            link.assertDone(link.ssl().write(data, 0, data.length), data.length);
            assertEquals(expected(link, KEY_UPDATE, 100), bodies(link.recordsSince(mark)));
            Data.assertSame(data, link.received(), "under the new keys");
            mark = link.transport().mark();
            link.assertDone(link.ssl().write(data, 0, data.length), data.length);
            assertEquals(expected(link, 100), bodies(link.recordsSince(mark)), "answered once");
            Data.assertSame(Data.join(data, data), link.received(), "under the new keys");
        }
    }

    @Tag("W13")
    @Tag("K1")
    @ParameterizedTest
    @MethodSource("org.sslwrite.kit.Scene#tls13")
    void emptyWriteFlushesIt(Scene scene) {
        try (Link link = Link.toJsse(scene).handshake()) {
            letThePeerAsk(link);
            int mark = link.transport().mark();
            link.assertDone(link.ssl().write(ByteBuffer.allocate(0)), 0);
            assertEquals(expected(link, KEY_UPDATE), bodies(link.recordsSince(mark)));
            link.assertDone(link.ssl().write(ByteBuffer.allocate(0)), 0);
            assertEquals(expected(link, KEY_UPDATE), bodies(link.recordsSince(mark)), "once");
            link.assertDone(link.ssl().write(new byte[3], 0, 3), 3);
            Data.assertSame(new byte[3], link.received(), "under the new keys");
        }
    }

    static List<Arguments> scenesAndCuts() {
        List<Arguments> rows = new ArrayList<>();
        for (Scene scene : Scene.tls13()) {
            // Within a header, a body, at the end of a record, and before anything.
            for (int cut : new int[] {0, 3, 1000, 16384 + 17 + 5, 40_000}) {
                rows.add(Arguments.of(scene, cut));
            }
        }
        return rows;
    }

    @Tag("K1")
    @ParameterizedTest(name = "{0}, cut at {1}")
    @MethodSource("scenesAndCuts")
    void neverBetweenTheBytesOfPendingRecords(Scene scene, int cut) {
        byte[] data = Data.bytes(200_000);
        ByteBuffer src = ByteBuffer.wrap(data);
        try (Link link = Link.toJsse(scene).handshake()) {
            int mark = link.transport().mark();
            if (cut > 0) {
                link.transport().onWrite(take(cut));
            }
            link.transport().onWrite(RETRY);
            link.assertWants(link.ssl().write(src), SslError.WANT_WRITE);
            byte[] pending = link.transport().lastOffer();
            int sealed = (int) link.ssl().statistics().records();
            letThePeerAsk(link);
            assertEquals(cut, link.transport().mark() - mark, "reading writes nothing");
            link.assertDone(link.ssl().write(src), data.length);
            byte[] wire = link.transport().wireSince(mark);
            Data.assertSame(
                    pending,
                    Arrays.copyOfRange(wire, cut, cut + pending.length),
                    "pending, as it was");
            List<Integer> contents = new ArrayList<>(Collections.nCopies(12, 16384));
            contents.add(200_000 - 12 * 16384);
            contents.add(sealed, KEY_UPDATE);
            assertEquals(
                    contents.stream().map(link::bodyOf).toList(), bodies(link.recordsSince(mark)));
            Data.assertSame(data, link.received(), scene.toString());
        }
    }

    @Tag("K1")
    @Tag("W14")
    @ParameterizedTest
    @MethodSource("org.sslwrite.kit.Scene#tls13")
    void emptyWriteWithARecordPendingOnlyFlushes(Scene scene) {
        ByteBuffer src = ByteBuffer.wrap(Data.bytes(1000));
        try (Link link = Link.toJsse(scene).handshake()) {
            int mark = link.transport().mark();
            link.transport().onWrite(take(9), RETRY);
            link.assertWants(link.ssl().write(src), SslError.WANT_WRITE);
            letThePeerAsk(link);
            link.assertDone(link.ssl().write(ByteBuffer.allocate(0)), 0);
            link.assertDone(link.ssl().write(src), 1000);
            link.assertDone(link.ssl().write(new byte[1], 0, 1), 1);
            assertEquals(expected(link, 1000, KEY_UPDATE, 1), bodies(link.recordsSince(mark)));
            Data.assertSame(Data.join(src.array(), new byte[1]), link.received(), scene.toString());
        }
    }

    @Tag("K1")
    @ParameterizedTest
    @MethodSource("org.sslwrite.kit.Scene#tls13")
    void answerThatMeetsAFullTransport(Scene scene) {
        byte[] data = Data.bytes(1000);
        ByteBuffer src = ByteBuffer.wrap(data);
        try (Link link = Link.toJsse(scene).handshake()) {
            letThePeerAsk(link);
            int mark = link.transport().mark();
            link.transport().onWrite(take(3), RETRY, take(5), RETRY, take(25), RETRY);
            for (int i = 0; i < 3; i++) {
                link.assertWants(link.ssl().write(src), SslError.WANT_WRITE);
            }
            link.assertDone(link.ssl().write(src), 1000);
            assertEquals(expected(link, KEY_UPDATE, 1000), bodies(link.recordsSince(mark)));
            Data.assertSame(data, link.received(), scene.toString());
        }
    }

    @Tag("K1")
    @ParameterizedTest
    @MethodSource("org.sslwrite.kit.Scene#tls13")
    void manyOnes(Scene scene) {
        byte[] all = new byte[0];
        try (Link link = Link.toJsse(scene).handshake()) {
            for (int i = 1; i <= 20; i++) {
                byte[] data = Data.bytes(3000 + i);
                letThePeerAsk(link);
                assertEquals(1, link.writeFully(ByteBuffer.wrap(data)));
                all = Data.join(all, data);
                Data.assertSame(all, link.received(), "after " + i);
                link.peer().send(Data.bytes(i));
                Data.assertSame(Data.bytes(i), link.readFully(i), "the other way, after " + i);
            }
        }
    }

    @Tag("K1")
    @ParameterizedTest
    @MethodSource("org.sslwrite.kit.Scene#tls13")
    void shutdownWithAnAnswerOwed(Scene scene) {
        try (Link link = Link.toJsse(scene).handshake()) {
            letThePeerAsk(link);
            link.assertDone(link.ssl().shutdown(), 0);
            int mark = link.transport().mark();
            link.assertFailed(
                    link.ssl().write(ByteBuffer.allocate(0)),
                    -1,
                    SslError.SSL,
                    SslReason.PROTOCOL_IS_SHUTDOWN);
            assertEquals(mark, link.transport().mark(), "nothing after close_notify");
            link.received();
            assertTrue(link.peer().closeNotifyReceived());
        }
    }

    @Tag("K2")
    @ParameterizedTest(name = "{0}, cut at {1}")
    @MethodSource("scenesAndCuts")
    void askedForByUsWithAWritePendingIsDoneAfterIt(Scene scene, int cut) {
        byte[] data = Data.bytes(60_000);
        ByteBuffer src = ByteBuffer.wrap(data);
        try (Link link = Link.toJsse(scene).handshake()) {
            int mark = link.transport().mark();
            if (cut > 0) {
                link.transport().onWrite(take(cut));
            }
            link.transport().onWrite(RETRY);
            link.assertWants(link.ssl().write(src), SslError.WANT_WRITE);
            int calls = link.transport().writeCalls();
            link.assertDone(link.ssl().keyUpdate(false), 1);
            assertEquals(calls, link.transport().writeCalls(), "remembered");
            link.assertDone(link.ssl().write(src), data.length);
            link.assertDone(link.ssl().write(new byte[1], 0, 1), 1);
            assertEquals(
                    expected(link, 16384, 16384, 16384, 10848, KEY_UPDATE, 1),
                    bodies(link.recordsSince(mark)));
            Data.assertSame(Data.join(data, new byte[1]), link.received(), scene.toString());
        }
    }

    @Tag("K2")
    @ParameterizedTest
    @MethodSource("org.sslwrite.kit.Scene#tls13")
    void askedForByUs(Scene scene) {
        byte[] data = Data.bytes(1000);
        try (Link link = Link.toJsse(scene).handshake()) {
            for (boolean both : new boolean[] {false, true}) {
                int mark = link.transport().mark();
                link.assertDone(link.ssl().keyUpdate(both), 1);
                link.assertDone(link.ssl().keyUpdate(both), 1);
                assertEquals(mark, link.transport().mark());
                link.assertDone(link.ssl().doHandshake(), 1);
                assertEquals(
                        expected(link, KEY_UPDATE),
                        bodies(link.recordsSince(mark)),
                        "asked twice, done once");
                link.assertDone(link.ssl().write(data, 0, data.length), data.length);
                link.received();
                link.peer().send(data);
                Data.assertSame(data, link.readFully(data.length), "under the peer's keys");
            }
            Data.assertSame(Data.join(data, data), link.received(), "under our keys");
        }
    }

    @Tag("K2")
    @ParameterizedTest
    @MethodSource("org.sslwrite.kit.Scene#each")
    void refusedWhereThereAreNoKeysToChange(Scene scene) {
        try (Link link = Link.toJsse(scene)) {
            link.assertFailed(
                    link.ssl().keyUpdate(false), 0, SslError.SSL, SslReason.STILL_IN_INIT);
            link.handshake();
            if (!scene.isTls13()) {
                link.assertFailed(
                        link.ssl().keyUpdate(false), 0, SslError.SSL, SslReason.WRONG_SSL_VERSION);
            }
            link.assertDone(link.ssl().write(new byte[1], 0, 1), 1);
            link.ssl().shutdown();
            int mark = link.transport().mark();
            long n = link.ssl().keyUpdate(false);
            assertEquals(0, n);
            assertEquals(SslError.SSL, link.ssl().getError(n));
            assertEquals(mark, link.transport().mark());
        }
    }

    @Tag("K3")
    @ParameterizedTest
    @MethodSource("org.sslwrite.kit.Scene#tls13")
    void sentByItselfBeforeTheLimitOfAKey(Scene scene) {
        byte[] data = Data.bytes(30_000);
        for (long limit : new long[] {4, 5, 17}) {
            try (Link link =
                    Link.toJsse(scene, b -> b.recordsPerKey(limit).maxSendFragment(512))
                            .handshake()) {
                int mark = link.transport().mark();
                link.transport().onWrite(take(7), RETRY, take(4000), RETRY);
                link.writeFully(ByteBuffer.wrap(data));
                List<Integer> bodies = bodies(link.recordsSince(mark));
                int underOneKey = 0;
                for (int body : bodies) {
                    underOneKey++;
                    assertTrue(
                            underOneKey <= limit,
                            () -> "more than " + limit + " records under one key");
                    if (body == link.bodyOf(KEY_UPDATE)) {
                        underOneKey = 0;
                    }
                }
                assertEquals(
                        59 + Collections.frequency(bodies, link.bodyOf(KEY_UPDATE)), bodies.size());
                Data.assertSame(data, link.received(), scene + ", " + limit + " records a key");
            }
        }
    }

    @Tag("K3")
    @ParameterizedTest
    @MethodSource("org.sslwrite.kit.Scene#tls12")
    void withoutKeyUpdateTheLimitIsTheEnd(Scene scene) {
        byte[] data = Data.bytes(30_000);
        ByteBuffer src = ByteBuffer.wrap(data);
        try (Link link =
                Link.toJsse(scene, b -> b.recordsPerKey(20).maxSendFragment(512)).handshake()) {
            int mark = link.transport().mark();
            link.assertFailed(link.ssl().write(src), -1, SslError.SSL, SslReason.SEAL_FAILED);
            assertEquals(0, src.position());
            link.assertFailed(link.ssl().write(src), -1, SslError.SSL, SslReason.SEAL_FAILED);
            // The handshake's Finished counts too.
            assertTrue(link.recordsSince(mark).size() <= 19);
            byte[] received = link.received();
            Data.assertSame(
                    Arrays.copyOf(data, received.length), received, "what came is the beginning");
        }
    }

    @Tag("W21")
    @ParameterizedTest
    @MethodSource("org.sslwrite.kit.Scene#tls13")
    void readGoesOnAfterOneUnlessAutoRetryIsOff(Scene scene) {
        byte[] data = Data.bytes(10);
        for (boolean autoRetry : new boolean[] {true, false}) {
            try (Link link = Link.toJsse(scene).handshake()) {
                if (!autoRetry) {
                    link.ssl().clearMode(SslMode.AUTO_RETRY);
                }
                link.jsse().beginHandshake();
                link.peer().turn();
                link.peer().send(data);
                link.peer().turn();
                if (!autoRetry) {
                    link.assertWants(link.ssl().read(ByteBuffer.allocate(10)), SslError.WANT_READ);
                }
                link.assertDone(link.ssl().read(ByteBuffer.allocate(10)), 10);
            }
        }
    }
}
