package org.sslwrite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.sslwrite.bio.Bio;
import org.sslwrite.bio.MemoryBio;
import org.sslwrite.kit.BlockingBio;
import org.sslwrite.kit.Data;
import org.sslwrite.kit.JssePeer;
import org.sslwrite.kit.Link;
import org.sslwrite.kit.Outcomes;
import org.sslwrite.kit.Pki;
import org.sslwrite.kit.Scene;
import org.sslwrite.kit.ScriptedBio;
import org.sslwrite.kit.TwoWayBio;

import java.nio.ByteBuffer;
import java.util.Objects;

/** Rows W2, W3 and W4: a write on a connection that has not shaken hands yet. */
@Timeout(30)
class WriteHandshakeTest {
    /** The ways to say the same write. */
    enum Variant {
        BUFFER {
            @Override
            long write(Ssl ssl, ByteBuffer src) {
                return ssl.write(src);
            }
        },
        ARRAY {
            @Override
            long write(Ssl ssl, ByteBuffer src) {
                return ssl.write(src.array(), src.position(), src.remaining());
            }
        },
        BUFFERS {
            @Override
            long write(Ssl ssl, ByteBuffer src) {
                int half = src.remaining() / 2;
                return ssl.write(
                        new ByteBuffer[] {
                            src.slice(0, half), src.slice(half, src.remaining() - half)
                        });
            }
        };

        abstract long write(Ssl ssl, ByteBuffer src);
    }

    @Tag("W2")
    @ParameterizedTest
    @MethodSource("org.sslwrite.kit.Scene#each")
    void writeShakesHandsAndGoesOnInTheSameCall(Scene scene) {
        byte[] data = Data.bytes(40_000);
        for (Variant variant : Variant.values()) {
            Bio[] ends = TwoWayBio.pair();
            JssePeer peer = new JssePeer(Link.engine(scene), ends[1]);
            try (Ssl ssl = Link.context(scene).newSsl()) {
                ssl.setBio(new BlockingBio(ends[0], peer::turn));
                ssl.setHost(Pki.HOST);
                if (scene.role() == Scene.Role.CLIENT) {
                    ssl.setConnectState();
                } else {
                    ssl.setAcceptState();
                }
                assertFalse(ssl.isInitFinished());
                long n = variant.write(ssl, ByteBuffer.wrap(data));
                Outcomes.assertDone(ssl, n, data.length);
                assertTrue(ssl.isInitFinished());
                assertEquals(scene.suite(), Objects.requireNonNull(ssl.session()).suite());
                peer.turn();
                Data.assertSame(data, peer.received(), variant + " from " + scene);
            }
        }
    }

    @Tag("W2")
    @Test
    void emptyWriteShakesHandsToo() {
        Bio[] ends = TwoWayBio.pair();
        JssePeer peer = new JssePeer(Link.engine(Scene.ANY), ends[1]);
        try (Ssl ssl = Link.context(Scene.ANY).newSsl()) {
            ssl.setBio(new BlockingBio(ends[0], peer::turn));
            ssl.setHost(Pki.HOST);
            ssl.setConnectState();
            Outcomes.assertDone(ssl, ssl.write(ByteBuffer.allocate(0)), 0);
            assertTrue(ssl.isInitFinished());
        }
    }

    @Tag("W3")
    @Test
    void withoutStateEveryCallSaysSoAndTheConnectionStaysUsable() {
        Bio[] ends = TwoWayBio.pair();
        ScriptedBio transport = new ScriptedBio(ends[0]);
        JssePeer peer = new JssePeer(Link.engine(Scene.ANY), ends[1]);
        byte[] data = Data.bytes(1000);
        ByteBuffer src = ByteBuffer.wrap(data);
        try (Ssl ssl = Link.context(Scene.ANY).newSsl()) {
            ssl.setBio(transport);
            ssl.setHost(Pki.HOST);
            for (int i = 0; i < 2; i++) {
                assertUninitialized(ssl, ssl.write(src));
                assertUninitialized(ssl, ssl.write(data, 0, data.length));
                assertUninitialized(ssl, ssl.write(new ByteBuffer[] {src}));
                assertUninitialized(ssl, ssl.write(ByteBuffer.allocate(0)));
                assertUninitialized(ssl, ssl.read(ByteBuffer.allocate(1)));
                assertUninitialized(ssl, ssl.shutdown());
                Outcomes.assertFailed(
                        ssl,
                        ssl.doHandshake(),
                        -1,
                        SslError.SSL,
                        SslReason.CONNECTION_TYPE_NOT_SET);
            }
            assertEquals(0, src.position());
            assertEquals(0, transport.writeCalls());
            ssl.setConnectState();
            ssl.setBio(new BlockingBio(transport, peer::turn));
            Outcomes.assertDone(ssl, ssl.write(src), data.length);
            peer.turn();
            Data.assertSame(data, peer.received(), "after the state was set");
        }
    }

    @Tag("W3")
    @Test
    void withoutTransportLikewise() {
        Bio[] ends = TwoWayBio.pair();
        JssePeer peer = new JssePeer(Link.engine(Scene.ANY), ends[1]);
        ByteBuffer src = ByteBuffer.wrap(Data.bytes(1000));
        try (Ssl ssl = Link.context(Scene.ANY).newSsl()) {
            ssl.setHost(Pki.HOST);
            ssl.setConnectState();
            assertUninitialized(ssl, ssl.write(src));
            assertEquals(0, src.position());
            ssl.setBio(new BlockingBio(ends[0], peer::turn));
            Outcomes.assertDone(ssl, ssl.write(src), 1000);
        }
    }

    private static void assertUninitialized(Ssl ssl, long result) {
        Outcomes.assertFailed(ssl, result, -1, SslError.SSL, SslReason.UNINITIALIZED);
    }

    @Tag("W4")
    @ParameterizedTest
    @MethodSource("org.sslwrite.kit.Scene#each")
    void handshakeThatNeedsThePeerWantsRead(Scene scene) {
        byte[] data = Data.bytes(20_000);
        ByteBuffer src = ByteBuffer.wrap(data);
        try (Link link = Link.toJsse(scene)) {
            long n = link.ssl().write(src);
            link.assertWants(n, SslError.WANT_READ);
            assertEquals(
                    scene.role() == Scene.Role.CLIENT,
                    link.transport().mark() > 0,
                    "a ClientHello is out");
            int sent = link.transport().mark();
            link.assertWants(link.ssl().write(src), SslError.WANT_READ);
            assertEquals(sent, link.transport().mark(), "asking again sends nothing again");
            assertEquals(0, src.position());
            for (int turns = 0; n != data.length; turns++) {
                assertTrue(turns < 10, "the handshake does not end");
                link.assertWants(n, SslError.WANT_READ);
                assertEquals(0, src.position());
                link.peer().turn();
                n = link.ssl().write(src);
            }
            link.assertDone(n, data.length);
            assertEquals(data.length, src.position());
            Data.assertSame(data, link.received(), scene.toString());
        }
    }

    @Tag("W4")
    @Tag("W5")
    @ParameterizedTest
    @MethodSource("org.sslwrite.kit.Scene#each")
    void handshakeMeetsAFullTransport(Scene scene) {
        byte[] data = Data.bytes(300);
        ByteBuffer src = ByteBuffer.wrap(data);
        try (Link link = Link.toJsse(scene)) {
            // Three bytes, then full, then the rest: of every flight.
            for (int i = 0; i < 8; i++) {
                link.transport().onWrite(ScriptedBio.take(3), ScriptedBio.RETRY, ScriptedBio.PASS);
            }
            boolean wantedWrite = false;
            long n = link.ssl().write(src);
            for (int turns = 0; n != data.length; turns++) {
                assertTrue(turns < 40, "the handshake does not end");
                wantedWrite |= link.ssl().getError(n) == SslError.WANT_WRITE;
                assertEquals(0, src.position());
                link.peer().turn();
                n = link.ssl().write(src);
            }
            assertTrue(wantedWrite);
            Data.assertSame(data, link.received(), scene.toString());
        }
    }

    /** The calls that run a handshake. */
    enum Starter {
        CONNECT_OR_ACCEPT {
            @Override
            long call(Ssl ssl, Scene scene) {
                return scene.role() == Scene.Role.CLIENT ? ssl.connect() : ssl.accept();
            }
        },
        DO_HANDSHAKE {
            @Override
            long call(Ssl ssl, Scene scene) {
                return ssl.doHandshake();
            }
        };

        abstract long call(Ssl ssl, Scene scene);
    }

    @Tag("W4")
    @ParameterizedTest
    @EnumSource
    void handshakeCallsReturnOneWhenDoneAndEverAfter(Starter starter) {
        for (Scene scene : Scene.each()) {
            try (Link link = Link.toJsse(scene)) {
                long n = starter.call(link.ssl(), scene);
                for (int turns = 0; n != 1; turns++) {
                    assertTrue(turns < 10, "the handshake does not end");
                    link.assertWants(n, SslError.WANT_READ);
                    link.peer().turn();
                    n = starter.call(link.ssl(), scene);
                }
                link.assertDone(n, 1);
                int sent = link.transport().mark();
                link.assertDone(starter.call(link.ssl(), scene), 1);
                assertEquals(sent, link.transport().mark());
                assertThrows(IllegalStateException.class, link.ssl()::setAcceptState);
                assertThrows(IllegalStateException.class, link.ssl()::setConnectState);
            }
        }
    }

    @Tag("W4")
    @Test
    void twoTransportsOneEachWay() {
        MemoryBio forth = new MemoryBio();
        MemoryBio back = new MemoryBio();
        JssePeer peer = new JssePeer(Link.engine(Scene.ANY), new TwoWayBio(forth, back));
        byte[] data = Data.bytes(5000);
        try (Ssl ssl = Link.context(Scene.ANY).newSsl()) {
            ssl.setBio(new BlockingBio(back, peer::turn), forth);
            ssl.setHost(Pki.HOST);
            ssl.setConnectState();
            Outcomes.assertDone(ssl, ssl.write(data, 0, data.length), data.length);
            peer.turn();
            Data.assertSame(data, peer.received(), "through two transports");
        }
    }
}
