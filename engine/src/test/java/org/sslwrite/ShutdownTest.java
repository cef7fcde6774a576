package org.sslwrite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.sslwrite.kit.ScriptedBio.RETRY;
import static org.sslwrite.kit.ScriptedBio.take;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.sslwrite.kit.Data;
import org.sslwrite.kit.Link;
import org.sslwrite.kit.Scene;
import org.sslwrite.kit.ScriptedBio;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Rows S1 and S2, and what {@code close} leaves behind. */
@Timeout(60)
class ShutdownTest {
    static List<Arguments> scenesAndSizes() {
        List<Arguments> rows = new ArrayList<>();
        for (Scene scene : Scene.each()) {
            for (int size : new int[] {100, 16384, 200_000}) {
                rows.add(Arguments.of(scene, size));
            }
        }
        return rows;
    }

    @Tag("S1")
    @ParameterizedTest
    @MethodSource("scenesAndSizes")
    void pendingWriteIsDrainedFirst(Scene scene, int size) {
        byte[] data = Data.bytes(size);
        ByteBuffer src = ByteBuffer.wrap(data);
        try (Link link = Link.toJsse(scene).handshake()) {
            int mark = link.transport().mark();
            link.transport().onWrite(take(20), RETRY, take(30), RETRY, RETRY, take(1), RETRY);
            link.assertWants(link.ssl().write(src), SslError.WANT_WRITE);
            byte[] sealed = Arrays.copyOf(data, (int) link.ssl().statistics().bytes());
            link.assertWants(link.ssl().shutdown(), SslError.WANT_WRITE);
            link.assertWants(link.ssl().shutdown(), SslError.WANT_WRITE);
            link.assertFailed(
                    link.ssl().write(src), -1, SslError.SSL, SslReason.PROTOCOL_IS_SHUTDOWN);
            assertEquals(0, src.position());
            link.assertWants(link.ssl().shutdown(), SslError.WANT_WRITE);
            link.assertDone(link.ssl().shutdown(), 0);
            int records = (sealed.length + 16383) / 16384 + 1;
            assertEquals(records, link.recordsSince(mark).size(), "the write's, then close_notify");
            Data.assertSame(sealed, link.received(), scene.toString());
            assertTrue(link.peer().closeNotifyReceived());
        }
    }

    @Tag("S2")
    @ParameterizedTest
    @MethodSource("org.sslwrite.kit.Scene#each")
    void oursThenBoth(Scene scene) {
        try (Link link = Link.toJsse(scene).handshake()) {
            int mark = link.transport().mark();
            link.assertDone(link.ssl().shutdown(), 0);
            assertEquals(1, link.recordsSince(mark).size());
            for (int i = 0; i < 3; i++) {
                link.assertWants(link.ssl().shutdown(), SslError.WANT_READ);
            }
            assertEquals(1, link.recordsSince(mark).size(), "close_notify is sent once");
            link.received();
            assertTrue(link.peer().closeNotifyReceived());
            link.peer().closeOutput();
            link.assertDone(link.ssl().shutdown(), 1);
            link.assertDone(link.ssl().shutdown(), 1);
            int n = link.ssl().read(ByteBuffer.allocate(1));
            assertEquals(0, n);
            assertEquals(SslError.ZERO_RETURN, link.ssl().getError(n));
            assertEquals(1, link.recordsSince(mark).size());
        }
    }

    @Tag("S2")
    @ParameterizedTest
    @MethodSource("org.sslwrite.kit.Scene#each")
    void bothAtOnceWhenThePeerWasFirst(Scene scene) {
        try (Link link = Link.toJsse(scene).handshake()) {
            link.peer().closeOutput();
            assertEquals(0, link.ssl().read(ByteBuffer.allocate(1)));
            link.assertDone(link.ssl().shutdown(), 1);
            link.assertDone(link.ssl().shutdown(), 1);
            link.received();
            assertTrue(link.peer().closeNotifyReceived());
        }
    }

    @Tag("S2")
    @ParameterizedTest
    @MethodSource("org.sslwrite.kit.Scene#each")
    void closeNotifyThatTheTransportTakesInParts(Scene scene) {
        try (Link link = Link.toJsse(scene).handshake()) {
            int mark = link.transport().mark();
            link.transport().onWrite(RETRY, take(1), RETRY, take(6), RETRY);
            for (int i = 0; i < 3; i++) {
                link.assertWants(link.ssl().shutdown(), SslError.WANT_WRITE);
            }
            link.assertDone(link.ssl().shutdown(), 0);
            assertEquals(1, link.recordsSince(mark).size());
            link.received();
            assertTrue(link.peer().closeNotifyReceived());
        }
    }

    @Tag("S2")
    @Test
    void beforeAndInTheHandshake() {
        try (Link link = Link.toJsse(Scene.ANY)) {
            link.assertFailed(
                    link.ssl().shutdown(), -1, SslError.SSL, SslReason.SHUTDOWN_WHILE_IN_INIT);
            link.assertWants(link.ssl().doHandshake(), SslError.WANT_READ);
            int mark = link.transport().mark();
            link.assertFailed(
                    link.ssl().shutdown(), -1, SslError.SSL, SslReason.SHUTDOWN_WHILE_IN_INIT);
            assertEquals(mark, link.transport().mark(), "nothing on the wire");
            link.handshake();
            link.assertDone(link.ssl().shutdown(), 0);
        }
    }

    @Tag("S2")
    @Test
    void dataThatStillComesIsNotLost() {
        byte[] data = Data.bytes(40_000);
        try (Link link = Link.toJsse(Scene.ANY).handshake()) {
            link.assertDone(link.ssl().shutdown(), 0);
            link.peer().send(data);
            link.peer().closeOutput();
            for (int i = 0; i < 2; i++) {
                link.assertFailed(
                        link.ssl().shutdown(),
                        -1,
                        SslError.SSL,
                        SslReason.APPLICATION_DATA_AFTER_CLOSE_NOTIFY);
            }
            Data.assertSame(data, link.readFully(data.length), "read in the middle of a shutdown");
            link.assertDone(link.ssl().shutdown(), 1);
        }
    }

    @Tag("W27")
    @ParameterizedTest
    @MethodSource("org.sslwrite.kit.Scene#each")
    void transportThatEndsWithoutCloseNotifyIsACutNotAnEnd(Scene scene) {
        byte[] data = Data.bytes(100);
        try (Link link = Link.toJsse(scene).handshake()) {
            link.peer().send(data);
            link.peer().turn();
            link.transport().onRead(ScriptedBio.PASS).onOtherReads(ScriptedBio.CLOSED);
            Data.assertSame(data, link.readFully(data.length), "what came before the end");
            for (int i = 0; i < 3; i++) {
                assertHungUp(link, link.ssl().read(ByteBuffer.allocate(1)), 0);
                link.assertDone(link.ssl().write(data, 0, data.length), data.length);
            }
            assertHungUp(link, link.ssl().read(ByteBuffer.allocate(1)), 0);
            link.assertDone(link.ssl().shutdown(), 0);
            assertHungUp(link, link.ssl().shutdown(), -1);
            assertHungUp(link, link.ssl().shutdown(), -1);
            assertEquals(3 * data.length, link.received().length, "writing went on");
            assertTrue(link.peer().closeNotifyReceived());
        }
    }

    private static void assertHungUp(Link link, int result, int wanted) {
        link.assertFailed(result, wanted, SslError.SYSCALL, SslReason.UNEXPECTED_EOF_WHILE_READING);
    }

    /** No handshake can be completed any more: that is the end of it, in a renegotiation too. */
    @Tag("W27")
    @ParameterizedTest
    @MethodSource("org.sslwrite.kit.Scene#tls12")
    void hangUpInARenegotiationEndsTheWrite(Scene scene) {
        try (Link link = Link.toJsse(scene, b -> b.allowRenegotiation(true)).handshake()) {
            link.assertDone(link.ssl().renegotiate(), 1);
            link.transport().onOtherReads(ScriptedBio.CLOSED);
            int n = link.ssl().write(new byte[1], 0, 1);
            if (scene.role() == Scene.Role.SERVER) {
                // Its HelloRequest may be ignored.
                link.assertDone(n, 1);
            } else {
                link.assertFailed(n, -1, SslError.SSL, SslReason.UNEXPECTED_EOF_WHILE_READING);
            }
        }
    }

    @Tag("W24")
    @Test
    void closedConnectionSaysSoToEveryCall() {
        try (Link link = Link.toJsse(Scene.ANY).handshake()) {
            link.transport().onWrite(take(20), RETRY);
            link.assertWants(link.ssl().write(Data.bytes(1000), 0, 1000), SslError.WANT_WRITE);
            int mark = link.transport().mark();
            link.ssl().close();
            link.ssl().close();
            for (WriteAfterEndTest.Call call : WriteAfterEndTest.everyCall()) {
                IllegalStateException refusal =
                        assertThrows(
                                IllegalStateException.class,
                                () -> call.body().on(link.ssl()),
                                call.name());
                assertTrue(
                        String.valueOf(refusal.getMessage()).contains("closed"),
                        refusal.getMessage());
            }
            assertEquals(mark, link.transport().mark(), "close sends nothing");
            assertEquals(0, link.transport().closes(), "the transport is its owner's to close");
            assertTrue(link.ssl().isInitFinished());
            assertEquals(0, link.ssl().pending());
        }
    }

    @Tag("W24")
    @Test
    void closeAtAnyTimeIsHarmless() {
        Ssl fresh = Link.context(Scene.ANY).newSsl();
        fresh.close();
        assertFalse(fresh.isInitFinished());
        for (Scene scene : Scene.each()) {
            try (Link begun = Link.toJsse(scene)) {
                begun.ssl().doHandshake();
                begun.ssl().close();
            }
            try (Link half = Link.toJsse(scene)) {
                half.ssl().doHandshake();
                half.peer().turn();
                half.ssl().doHandshake();
                half.ssl().close();
            }
            try (Link failed = Link.toJsse(scene)) {
                failed.transport().onRead(ScriptedBio.CLOSED);
                failed.ssl().doHandshake();
                failed.ssl().close();
            }
        }
    }
}
