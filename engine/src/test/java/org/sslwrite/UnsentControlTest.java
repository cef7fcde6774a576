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
import org.sslwrite.kit.ScriptedBio;
import org.sslwrite.kit.ScriptedBio.Step;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Row W28: a caller who makes one kind of call only, and waits as it is told, gets everything out
 * that the peer may be waiting for, over a transport that takes one byte every second time.
 */
@Timeout(60)
class UnsentControlTest {
    private static final int PATIENCE = 100_000;

    /** What the caller keeps calling. */
    enum Call {
        READ(ssl -> ssl.read(ByteBuffer.allocate(100))),
        READ_WITHOUT_ROOM_TO_SPARE(ssl -> ssl.read(new byte[1], 0, 1)),
        DO_HANDSHAKE(Ssl::doHandshake),
        WRITE_NOTHING(ssl -> ssl.write(ByteBuffer.allocate(0))),
        WRITE(ssl -> ssl.write(DATA, 0, DATA.length)),
        SHUTDOWN(Ssl::shutdown);

        private final WriteAfterEndTest.Call.Body body;

        Call(WriteAfterEndTest.Call.Body body) {
            this.body = body;
        }
    }

    /** What of ours the transport does not take at first. */
    enum Unsent {
        HANDSHAKE,
        OUR_RENEGOTIATION,
        THE_PEERS_RENEGOTIATION,
        HELLO_REQUEST,
        NO_RENEGOTIATION,
        KEY_UPDATE,
        CLOSE_NOTIFY;

        boolean isIn(Scene scene) {
            return switch (this) {
                case HANDSHAKE, CLOSE_NOTIFY -> true;
                case OUR_RENEGOTIATION, THE_PEERS_RENEGOTIATION, NO_RENEGOTIATION ->
                        !scene.isTls13();
                case HELLO_REQUEST -> !scene.isTls13() && scene.role() == Scene.Role.SERVER;
                case KEY_UPDATE -> scene.isTls13();
            };
        }

        boolean isHandshake() {
            return this == HANDSHAKE
                    || this == OUR_RENEGOTIATION
                    || this == THE_PEERS_RENEGOTIATION;
        }

        boolean goesWith(Call call) {
            return switch (this) {
                case HANDSHAKE -> call != Call.SHUTDOWN;
                // Nothing can be written after it.
                case CLOSE_NOTIFY -> call != Call.WRITE && call != Call.WRITE_NOTHING;
                // close_notify ends it.
                case OUR_RENEGOTIATION, THE_PEERS_RENEGOTIATION -> call != Call.SHUTDOWN;
                default -> true;
            };
        }
    }

    private static final byte[] DATA = Data.bytes(40);

    static List<Arguments> rows() {
        List<Arguments> rows = new ArrayList<>();
        for (Scene scene : Scene.each()) {
            for (Unsent unsent : Unsent.values()) {
                for (Call call : Call.values()) {
                    if (unsent.isIn(scene) && unsent.goesWith(call)) {
                        rows.add(Arguments.of(scene, unsent, call));
                    }
                }
            }
        }
        return rows;
    }

    private static Step oneByteEverySecondTime() {
        int[] calls = {0};
        return (direction, inner, buffer) ->
                (calls[0]++ % 2 == 0 ? RETRY : take(1)).move(direction, inner, buffer);
    }

    @Tag("W28")
    @ParameterizedTest(name = "{0}, {1}, {2}")
    @MethodSource("rows")
    void nobodyWaitsForEver(Scene scene, Unsent unsent, Call call) {
        boolean allowed = unsent != Unsent.NO_RENEGOTIATION;
        try (Link link = Link.toJsse(scene, b -> b.allowRenegotiation(allowed))) {
            int mark = prepare(link, unsent);
            link.transport().onOtherWrites(oneByteEverySecondTime());
            if (unsent.isHandshake()) {
                completeHandshake(link, call);
            } else {
                sendAll(link, call, mark);
            }
        }
    }

    /** Has something of ours wait in the connection; returns where the wire stands. */
    private static int prepare(Link link, Unsent unsent) {
        ScriptedBio transport = link.transport();
        if (unsent == Unsent.HANDSHAKE) {
            return 0;
        }
        link.handshake();
        transport.onOtherWrites(RETRY);
        switch (unsent) {
            case OUR_RENEGOTIATION, HELLO_REQUEST -> link.assertDone(link.ssl().renegotiate(), 1);
            case THE_PEERS_RENEGOTIATION, NO_RENEGOTIATION -> {
                link.jsse().beginHandshake();
                link.peer().turn();
                link.assertWants(link.ssl().read(ByteBuffer.allocate(1)), SslError.WANT_WRITE);
            }
            case KEY_UPDATE -> {
                link.assertDone(link.ssl().keyUpdate(false), 1);
                link.assertWants(link.ssl().doHandshake(), SslError.WANT_WRITE);
            }
            case CLOSE_NOTIFY -> link.assertWants(link.ssl().shutdown(), SslError.WANT_WRITE);
            default -> throw new AssertionError(unsent);
        }
        return transport.mark();
    }

    private static void completeHandshake(Link link, Call call) {
        long n = -1;
        for (int i = 0; i < PATIENCE; i++) {
            boolean written = call == Call.WRITE && n > 0;
            n = written ? n : call.body.on(link.ssl());
            SslError error = link.ssl().getError(n);
            boolean moved = link.peer().turn();
            if (link.ssl().isInitFinished() && isPeerDone(link)) {
                return;
            }
            assertFalse(
                    error == SslError.WANT_READ && !moved,
                    "we wait for the peer, who waits for us");
            assertTrue(
                    error != SslError.SSL && error != SslError.SYSCALL,
                    () -> String.valueOf(link.ssl().failure()));
        }
        throw new AssertionError("the handshake does not end");
    }

    private static boolean isPeerDone(Link link) {
        return link.peer().isReady() && !link.ssl().hasPending() && !wantsMore(link);
    }

    /** A renegotiation is over for the JDK once it neither wraps nor unwraps for it. */
    private static boolean wantsMore(Link link) {
        return switch (link.jsse().engine().getHandshakeStatus()) {
            case NOT_HANDSHAKING, FINISHED -> false;
            default -> true;
        };
    }

    private static void sendAll(Link link, Call call, int mark) {
        for (int i = 0; i < PATIENCE; i++) {
            SslError error = link.ssl().getError(call.body.on(link.ssl()));
            if (error != SslError.WANT_WRITE) {
                assertFalse(link.recordsSince(mark).isEmpty(), "it is out, and whole");
                return;
            }
        }
        throw new AssertionError("it does not get out");
    }

    /** Reading is what empties the peer, so that it can go on to empty us. */
    @Tag("W28")
    @ParameterizedTest
    @MethodSource("org.sslwrite.kit.Scene#tls13")
    void whatHasComeIsReadWhileTheTransportIsFull(Scene scene) {
        try (Link link = Link.toJsse(scene).handshake()) {
            link.transport().onOtherWrites(RETRY);
            link.assertDone(link.ssl().keyUpdate(false), 1);
            link.assertWants(link.ssl().doHandshake(), SslError.WANT_WRITE);
            link.peer().send(DATA);
            link.peer().turn();
            ByteBuffer dst = ByteBuffer.allocate(100);
            link.assertDone(link.ssl().read(dst), DATA.length);
            link.assertWants(link.ssl().read(dst), SslError.WANT_WRITE);
            link.transport().onOtherWrites(ScriptedBio.PASS);
            link.assertWants(link.ssl().read(dst), SslError.WANT_READ);
            link.assertDone(link.ssl().write(DATA, 0, DATA.length), DATA.length);
            Data.assertSame(DATA, link.received(), "under the new keys");
        }
    }

    /** What came whole is the caller's before the end of the connection is told. */
    @Tag("W28")
    @Tag("W18")
    @ParameterizedTest
    @MethodSource("org.sslwrite.kit.Scene#tls13")
    void whatHasComeIsReadThoughTheTransportBreaks(Scene scene) {
        try (Link link = Link.toJsse(scene).handshake()) {
            link.transport().onOtherWrites(RETRY);
            link.assertDone(link.ssl().keyUpdate(false), 1);
            link.assertWants(link.ssl().doHandshake(), SslError.WANT_WRITE);
            link.peer().send(DATA);
            link.peer().turn();
            link.transport()
                    .onWrite(RETRY)
                    .onOtherWrites(ScriptedBio.fail(new IOException("Broken pipe")));
            ByteBuffer dst = ByteBuffer.allocate(100);
            link.assertDone(link.ssl().read(dst), DATA.length);
            for (int i = 0; i < 2; i++) {
                link.assertFailed(
                        link.ssl().read(dst), -1, SslError.SYSCALL, SslReason.TRANSPORT_FAILED);
            }
        }
    }

    /** A pending write is its caller's to repeat. */
    @Tag("W28")
    @Tag("W5")
    @ParameterizedTest
    @MethodSource("org.sslwrite.kit.Scene#each")
    void applicationDataAloneDoesNotHoldUpAReader(Scene scene) {
        try (Link link = Link.toJsse(scene).handshake()) {
            link.transport().onOtherWrites(RETRY);
            link.assertWants(link.ssl().write(DATA, 0, DATA.length), SslError.WANT_WRITE);
            int mark = link.transport().mark();
            link.assertWants(link.ssl().read(ByteBuffer.allocate(1)), SslError.WANT_READ);
            assertEquals(mark, link.transport().mark());
            link.transport().onOtherWrites(ScriptedBio.PASS);
            link.assertDone(link.ssl().write(DATA, 0, DATA.length), DATA.length);
            Data.assertSame(DATA, link.received(), "after a read in between");
        }
    }
}
