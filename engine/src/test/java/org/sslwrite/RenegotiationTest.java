package org.sslwrite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
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
import java.util.List;

/**
 * Rows R1 and W20: a peer that asks for a new handshake in TLS 1.2 is told no; where it is allowed,
 * a write goes on across it.
 */
@Timeout(60)
class RenegotiationTest {
    private static final int ALERT = 2;

    private static void letThePeerAsk(Link link) {
        link.jsse().beginHandshake();
        link.peer().turn();
    }

    @Tag("R1")
    @ParameterizedTest
    @MethodSource("org.sslwrite.kit.Scene#tls12")
    void refusedByTheReadThatMeetsIt(Scene scene) {
        try (Link link = Link.toJsse(scene).handshake()) {
            letThePeerAsk(link);
            int mark = link.transport().mark();
            link.assertWants(link.ssl().read(ByteBuffer.allocate(1)), SslError.WANT_READ);
            assertRefusal(link, link.recordsSince(mark));
        }
    }

    private static void assertRefusal(Link link, List<TlsRecord> records) {
        assertEquals(1, records.size(), "no_renegotiation is sent, the peer waits for it");
        assertTrue(records.getFirst().isAlert());
        assertEquals(link.bodyOf(ALERT), records.getFirst().length());
    }

    @Tag("R1")
    @ParameterizedTest
    @MethodSource("org.sslwrite.kit.Scene#tls12")
    void weGoOn(Scene scene) {
        byte[] data = Data.bytes(100);
        try (Link link = Link.toJsse(scene).handshake()) {
            letThePeerAsk(link);
            int mark = link.transport().mark();
            link.assertWants(link.ssl().read(ByteBuffer.allocate(1)), SslError.WANT_READ);
            link.assertDone(link.ssl().write(data, 0, data.length), data.length);
            List<TlsRecord> records = link.recordsSince(mark);
            assertEquals(2, records.size());
            assertRefusal(link, records.subList(0, 1));
            assertEquals(link.bodyOf(100), records.getLast().length());
        }
    }

    @Tag("R1")
    @ParameterizedTest
    @MethodSource("org.sslwrite.kit.Scene#tls12")
    void refusalWaitsBehindThePendingRecord(Scene scene) {
        ByteBuffer src = ByteBuffer.wrap(Data.bytes(1000));
        try (Link link = Link.toJsse(scene).handshake()) {
            int mark = link.transport().mark();
            link.transport().onWrite(take(9), RETRY).onOtherWrites(RETRY);
            link.assertWants(link.ssl().write(src), SslError.WANT_WRITE);
            letThePeerAsk(link);
            int n = link.ssl().read(ByteBuffer.allocate(1));
            assertEquals(-1, n);
            assertEquals(9, link.transport().mark() - mark);
            link.transport().onOtherWrites(take(7));
            link.assertDone(link.ssl().write(src), 1000);
            List<TlsRecord> records = link.recordsSince(mark);
            assertEquals(2, records.size());
            assertEquals(link.bodyOf(1000), records.getFirst().length());
            assertRefusal(link, records.subList(1, 2));
        }
    }

    @Tag("R1")
    @ParameterizedTest
    @MethodSource("org.sslwrite.kit.Scene#each")
    void ourOwnIsRefusedWhereItIsNotAllowedOrNotKnown(Scene scene) {
        for (boolean allowed : new boolean[] {false, true}) {
            try (Link link = Link.toJsse(scene, b -> b.allowRenegotiation(allowed))) {
                link.assertFailed(
                        link.ssl().renegotiate(), 0, SslError.SSL, SslReason.STILL_IN_INIT);
                link.handshake();
                int mark = link.transport().mark();
                if (scene.isTls13()) {
                    link.assertFailed(
                            link.ssl().renegotiate(), 0, SslError.SSL, SslReason.WRONG_SSL_VERSION);
                } else if (!allowed) {
                    link.assertFailed(
                            link.ssl().renegotiate(), 0, SslError.SSL, SslReason.NO_RENEGOTIATION);
                }
                assertEquals(mark, link.transport().mark());
                link.assertDone(link.ssl().write(new byte[1], 0, 1), 1);
            }
        }
    }

    static List<Arguments> scenesAndCuts() {
        List<Arguments> rows = new ArrayList<>();
        for (Scene scene : Scene.tls12()) {
            for (int cut : new int[] {-1, 0, 3, 20_000}) {
                rows.add(Arguments.of(scene, cut, false));
                rows.add(Arguments.of(scene, cut, true));
            }
        }
        return rows;
    }

    /** -1 for a write that is not begun before the renegotiation is; otherwise where it is cut. */
    @Tag("W20")
    @ParameterizedTest(name = "{0}, cut at {1}, ours: {2}")
    @MethodSource("scenesAndCuts")
    void writeCompletesAcrossARenegotiation(Scene scene, int cut, boolean ours) {
        byte[] data = Data.bytes(200_000);
        ByteBuffer src = ByteBuffer.wrap(data);
        try (Link link = Link.toJsse(scene, b -> b.allowRenegotiation(true)).handshake()) {
            int mark = link.transport().mark();
            if (cut >= 0) {
                if (cut > 0) {
                    link.transport().onWrite(take(cut));
                }
                link.transport().onWrite(RETRY);
                link.assertWants(link.ssl().write(src), SslError.WANT_WRITE);
            }
            byte[] before =
                    link.peer().version() == scene.version()
                            ? link.jsse().engine().getSession().getId()
                            : null;
            if (ours) {
                link.assertDone(link.ssl().renegotiate(), 1);
            } else {
                letThePeerAsk(link);
                assertEquals(-1, link.ssl().read(ByteBuffer.allocate(1)));
            }
            link.writeFully(src);
            assertEquals(0, src.remaining());
            link.pump(link.ssl()::isInitFinished, link.ssl()::doHandshake);
            link.recordsSince(mark);
            Data.assertSame(data, link.received(), "across a renegotiation");
            link.peer().send(data);
            Data.assertSame(data, link.readFully(data.length), "and back");
            link.assertDone(link.ssl().write(data, 0, 100), 100);
            link.received();
            assertFalse(
                    java.util.Arrays.equals(before, link.jsse().engine().getSession().getId())
                            && before.length > 0,
                    "there was one");
        }
    }
}
