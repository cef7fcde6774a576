package org.sslwrite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.sslwrite.kit.ScriptedBio.CLOSED;
import static org.sslwrite.kit.ScriptedBio.RETRY;
import static org.sslwrite.kit.ScriptedBio.fail;
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

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Rows W15 to W18: writes after close_notify, either way, and on a transport that is closed or
 * broken.
 */
@Timeout(60)
class WriteAfterEndTest {
    /** Every public call that a dead connection must answer, by name. */
    static List<Call> everyCall() {
        return List.of(
                new Call("write", ssl -> ssl.write(ByteBuffer.allocate(10))),
                new Call("write nothing", ssl -> ssl.write(ByteBuffer.allocate(0))),
                new Call("write array", ssl -> ssl.write(new byte[10], 0, 10)),
                new Call(
                        "write buffers",
                        ssl -> ssl.write(new ByteBuffer[] {ByteBuffer.allocate(10)})),
                new Call("read", ssl -> ssl.read(ByteBuffer.allocate(10))),
                new Call("doHandshake", Ssl::doHandshake),
                new Call("connect", Ssl::connect),
                new Call("accept", Ssl::accept),
                new Call("shutdown", Ssl::shutdown));
    }

    /** A call and its name. */
    record Call(String name, Body body) {
        /** What it does. */
        interface Body {
            long on(Ssl ssl);
        }

        @Override
        public String toString() {
            return name;
        }
    }

    @Tag("W15")
    @ParameterizedTest
    @MethodSource("org.sslwrite.kit.Scene#each")
    void afterOurCloseNotifyNothingCanBeWritten(Scene scene) {
        ByteBuffer src = ByteBuffer.wrap(Data.bytes(100));
        try (Link link = Link.toJsse(scene).handshake()) {
            link.assertDone(link.ssl().write(Data.bytes(50), 0, 50), 50);
            link.assertDone(link.ssl().shutdown(), 0);
            int mark = link.transport().mark();
            for (int i = 0; i < 2; i++) {
                link.assertFailed(
                        link.ssl().write(src), -1, SslError.SSL, SslReason.PROTOCOL_IS_SHUTDOWN);
                link.assertFailed(
                        link.ssl().write(new byte[1], 0, 1),
                        -1,
                        SslError.SSL,
                        SslReason.PROTOCOL_IS_SHUTDOWN);
                link.assertFailed(
                        link.ssl().write(ByteBuffer.allocate(0)),
                        -1,
                        SslError.SSL,
                        SslReason.PROTOCOL_IS_SHUTDOWN);
                assertEquals(0, src.position());
            }
            assertEquals(mark, link.transport().mark(), "nothing on the wire");
            Data.assertSame(Data.bytes(50), link.received(), "what was written before");
            assertTrue(link.peer().closeNotifyReceived());
        }
    }

    @Tag("W15")
    @ParameterizedTest
    @MethodSource("org.sslwrite.kit.Scene#tls13")
    void afterOurCloseNotifyWeCanStillRead(Scene scene) {
        byte[] data = Data.bytes(40_000);
        try (Link link = Link.toJsse(scene).handshake()) {
            link.assertDone(link.ssl().shutdown(), 0);
            link.assertFailed(
                    link.ssl().write(new byte[1], 0, 1),
                    -1,
                    SslError.SSL,
                    SslReason.PROTOCOL_IS_SHUTDOWN);
            link.peer().send(data);
            Data.assertSame(data, link.readFully(data.length), "read after our close_notify");
            link.peer().closeOutput();
            int n = link.ssl().read(ByteBuffer.allocate(1));
            assertEquals(0, n);
            assertEquals(SslError.ZERO_RETURN, link.ssl().getError(n));
            link.assertDone(link.ssl().shutdown(), 1);
        }
    }

    @Tag("W16")
    @ParameterizedTest
    @MethodSource("org.sslwrite.kit.Scene#each")
    void afterThePeersCloseNotifyWeCanStillWrite(Scene scene) {
        byte[] data = Data.bytes(100_000);
        try (Link link = Link.toJsse(scene).handshake()) {
            int mark = link.transport().mark();
            link.peer().closeOutput();
            for (int i = 0; i < 2; i++) {
                int n = link.ssl().read(ByteBuffer.allocate(1));
                assertEquals(0, n);
                assertEquals(SslError.ZERO_RETURN, link.ssl().getError(n));
            }
            assertEquals(mark, link.transport().mark(), "close_notify is not ours to answer");
            link.transport().onWrite(take(77), RETRY);
            ByteBuffer src = ByteBuffer.wrap(data);
            link.assertWants(link.ssl().write(src), SslError.WANT_WRITE);
            link.assertDone(link.ssl().write(src), data.length);
            Data.assertSame(data, link.received(), "through the half that is open");
            link.assertDone(link.ssl().shutdown(), 1);
            link.received();
            assertTrue(link.peer().closeNotifyReceived());
        }
    }

    /** Where in a write the transport ends: after so many bytes of it. */
    static List<Arguments> scenesAndCuts() {
        List<Arguments> rows = new ArrayList<>();
        for (Scene scene : Scene.each()) {
            for (int cut : new int[] {0, 3, 20_000}) {
                rows.add(Arguments.of(scene, cut));
            }
        }
        return rows;
    }

    private static void cut(ScriptedBio transport, int bytes, ScriptedBio.Step end) {
        if (bytes > 0) {
            transport.onWrite(take(bytes));
        }
        transport.onWrite(end);
    }

    @Tag("W17")
    @ParameterizedTest(name = "{0}, closed after {1} bytes")
    @MethodSource("scenesAndCuts")
    void transportClosedWithoutCloseNotify(Scene scene, int cut) {
        ByteBuffer src = ByteBuffer.wrap(Data.bytes(100_000));
        try (Link link = Link.toJsse(scene).handshake()) {
            cut(link.transport(), cut, CLOSED);
            link.assertFailed(
                    link.ssl().write(src), 0, SslError.SYSCALL, SslReason.TRANSPORT_CLOSED);
            assertEquals(0, src.position());
            assertDead(link, 0, SslError.SYSCALL, SslReason.TRANSPORT_CLOSED);
        }
    }

    @Tag("W17")
    @ParameterizedTest(name = "{0}, closed after {1} bytes")
    @MethodSource("scenesAndCuts")
    void transportClosedAfterThePeersCloseNotify(Scene scene, int cut) {
        ByteBuffer src = ByteBuffer.wrap(Data.bytes(100_000));
        try (Link link = Link.toJsse(scene).handshake()) {
            link.peer().closeOutput();
            assertEquals(0, link.ssl().read(ByteBuffer.allocate(1)));
            cut(link.transport(), cut, CLOSED);
            long n = link.ssl().write(src);
            assertEquals(0, n);
            assertEquals(SslError.ZERO_RETURN, link.ssl().getError(n));
            assertEquals(0, src.position());
            assertSilent(link, 0, SslError.ZERO_RETURN);
        }
    }

    @Tag("W17")
    @Test
    void transportClosedOnTheRepeat() {
        ByteBuffer src = ByteBuffer.wrap(Data.bytes(100));
        try (Link link = Link.toJsse(Scene.ANY).handshake()) {
            link.transport().onWrite(take(3), RETRY, CLOSED);
            link.assertWants(link.ssl().write(src), SslError.WANT_WRITE);
            link.assertFailed(
                    link.ssl().write(src), 0, SslError.SYSCALL, SslReason.TRANSPORT_CLOSED);
            assertDead(link, 0, SslError.SYSCALL, SslReason.TRANSPORT_CLOSED);
        }
    }

    @Tag("W17")
    @ParameterizedTest
    @MethodSource("org.sslwrite.kit.Scene#each")
    void transportClosedInTheHandshake(Scene scene) {
        try (Link link = Link.toJsse(scene)) {
            link.transport().onOtherWrites(CLOSED);
            long n = link.ssl().write(new byte[1], 0, 1);
            if (scene.role() == Scene.Role.SERVER) {
                link.assertWants(n, SslError.WANT_READ);
                link.peer().turn();
                n = link.ssl().write(new byte[1], 0, 1);
            }
            link.assertFailed(n, -1, SslError.SYSCALL, SslReason.TRANSPORT_CLOSED);
            assertDead(link, -1, SslError.SYSCALL, SslReason.TRANSPORT_CLOSED);
        }
    }

    @Tag("W17")
    @Test
    void shutdownOnAClosedTransport() {
        try (Link link = Link.toJsse(Scene.ANY).handshake()) {
            link.transport().onOtherWrites(CLOSED);
            link.assertFailed(
                    link.ssl().shutdown(), -1, SslError.SYSCALL, SslReason.TRANSPORT_CLOSED);
            assertDead(link, 0, SslError.SYSCALL, SslReason.TRANSPORT_CLOSED);
        }
    }

    @Tag("W18")
    @ParameterizedTest(name = "{0}, breaks after {1} bytes")
    @MethodSource("scenesAndCuts")
    void transportThatThrows(Scene scene, int cut) {
        ByteBuffer src = ByteBuffer.wrap(Data.bytes(100_000));
        IOException cause = new IOException("Broken pipe");
        try (Link link = Link.toJsse(scene).handshake()) {
            cut(link.transport(), cut, fail(cause));
            link.assertFailed(
                    link.ssl().write(src), -1, SslError.SYSCALL, SslReason.TRANSPORT_FAILED);
            assertSame(cause, failure(link).cause());
            assertTrue(failure(link).message().contains("Broken pipe"), failure(link).message());
            assertEquals(0, src.position());
            assertDead(link, -1, SslError.SYSCALL, SslReason.TRANSPORT_FAILED);
            assertSame(cause, failure(link).cause(), "kept to the end");
        }
    }

    private static SslFailure failure(Link link) {
        SslFailure failure = link.ssl().failure();
        assertNotNull(failure);
        return failure;
    }

    @Tag("W18")
    @Test
    void exceptionWithoutWordsStillGivesALine() {
        IOException cause = new IOException();
        try (Link link = Link.toJsse(Scene.ANY).handshake()) {
            link.transport().onWrite(fail(cause));
            link.assertFailed(
                    link.ssl().write(new byte[1], 0, 1),
                    -1,
                    SslError.SYSCALL,
                    SslReason.TRANSPORT_FAILED);
            assertSame(cause, failure(link).cause());
        }
    }

    @Tag("W18")
    @ParameterizedTest
    @MethodSource("org.sslwrite.kit.Scene#each")
    void readThatThrows(Scene scene) {
        IOException cause = new IOException("Connection reset by peer");
        for (boolean shaken : new boolean[] {false, true}) {
            try (Link link = Link.toJsse(scene)) {
                if (shaken) {
                    link.handshake();
                }
                link.transport().onRead(fail(cause));
                link.assertFailed(
                        link.ssl().read(ByteBuffer.allocate(1)),
                        -1,
                        SslError.SYSCALL,
                        SslReason.TRANSPORT_FAILED);
                assertSame(cause, failure(link).cause());
                assertDead(link, -1, SslError.SYSCALL, SslReason.TRANSPORT_FAILED);
            }
        }
    }

    private static void assertDead(Link link, int result, SslError error, SslReason reason) {
        assertSilent(link, result, error);
        assertEquals(reason, failure(link).reason());
    }

    /**
     * Whatever is called, the answer is the same, and the transport is left alone. But 0 of a
     * shutdown would mean that close_notify is sent.
     */
    private static void assertSilent(Link link, int result, SslError error) {
        link.transport().onOtherWrites(ScriptedBio.PASS);
        int mark = link.transport().mark();
        int calls = link.transport().writeCalls();
        for (Call call : everyCall()) {
            long n = call.body().on(link.ssl());
            boolean shutdown = call.name().equals("shutdown");
            assertEquals(shutdown ? -1 : result, n, call.name());
            assertEquals(error, link.ssl().getError(n), call.name());
        }
        assertEquals(mark, link.transport().mark(), "nothing on the wire");
        assertEquals(calls, link.transport().writeCalls(), "the transport is not asked again");
    }

    @Tag("W17")
    @Tag("W18")
    @Test
    void dataThatCameBeforeTheEndCanStillBeRead() {
        byte[] data = Data.bytes(100);
        try (Link link = Link.toJsse(Scene.ANY).handshake()) {
            link.peer().send(data);
            link.peer().turn();
            ByteBuffer first = ByteBuffer.allocate(1);
            link.assertDone(link.ssl().read(first), 1);
            assertEquals(99, link.ssl().pending());
            link.transport().onWrite(CLOSED);
            link.assertFailed(
                    link.ssl().write(data, 0, 1), 0, SslError.SYSCALL, SslReason.TRANSPORT_CLOSED);
            ByteBuffer rest = ByteBuffer.allocate(200);
            link.assertDone(link.ssl().read(rest), 99);
            long n = link.ssl().read(rest);
            assertFalse(n > 0);
            assertEquals(SslError.SYSCALL, link.ssl().getError(n));
        }
    }
}
