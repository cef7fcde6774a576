package org.sslwrite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.sslwrite.kit.ScriptedBio.RETRY;
import static org.sslwrite.kit.ScriptedBio.take;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.sslwrite.kit.Data;
import org.sslwrite.kit.Link;
import org.sslwrite.kit.Scene;

import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.util.List;

/** Row W23: arguments that cannot be meant change nothing. */
@Timeout(30)
class ArgumentsTest {
    private static final byte[] TEN = Data.bytes(10);

    /**
     * A call that must be refused.
     *
     * @param what the arguments, for a person
     * @param refusal what is thrown
     */
    record Refused(String what, Class<? extends Throwable> refusal, Body body) {
        /** The call. */
        interface Body {
            Object on(Ssl ssl);
        }

        Executable on(Ssl ssl) {
            return () -> body.on(ssl);
        }

        @Override
        public String toString() {
            return what;
        }
    }

    static List<Refused> refused() {
        Class<? extends Throwable> bounds = IndexOutOfBoundsException.class;
        Class<? extends Throwable> nulls = NullPointerException.class;
        ByteBuffer[] two = {ByteBuffer.wrap(TEN), ByteBuffer.wrap(TEN)};
        return List.of(
                new Refused("write, offset -1", bounds, ssl -> ssl.write(TEN, -1, 1)),
                new Refused("write, length -1", bounds, ssl -> ssl.write(TEN, 0, -1)),
                new Refused("write, offset 11", bounds, ssl -> ssl.write(TEN, 11, 0)),
                new Refused("write, length 11", bounds, ssl -> ssl.write(TEN, 0, 11)),
                new Refused("write, sum beyond the end", bounds, ssl -> ssl.write(TEN, 5, 6)),
                new Refused(
                        "write, sum overflows",
                        bounds,
                        ssl -> ssl.write(TEN, 5, Integer.MAX_VALUE)),
                new Refused("write, buffers, offset -1", bounds, ssl -> ssl.write(two, -1, 1)),
                new Refused("write, buffers, length 3", bounds, ssl -> ssl.write(two, 0, 3)),
                new Refused("write, buffers, length -1", bounds, ssl -> ssl.write(two, 1, -1)),
                new Refused("write, no array", nulls, ssl -> ssl.write((byte[]) null, 0, 0)),
                new Refused("write, no buffer", nulls, ssl -> ssl.write((ByteBuffer) null)),
                new Refused("write, no buffers", nulls, ssl -> ssl.write((ByteBuffer[]) null)),
                new Refused(
                        "write, a hole in the buffers",
                        nulls,
                        ssl -> ssl.write(new ByteBuffer[] {two[0], null})),
                new Refused("read, offset -1", bounds, ssl -> ssl.read(new byte[10], -1, 1)),
                new Refused("read, length 11", bounds, ssl -> ssl.read(new byte[10], 0, 11)),
                new Refused(
                        "read, read-only buffer",
                        IllegalArgumentException.class,
                        ssl -> ssl.read(ByteBuffer.allocate(10).asReadOnlyBuffer())),
                new Refused("read, no buffer", nulls, ssl -> ssl.read((ByteBuffer) null)),
                new Refused(
                        "setBio, none",
                        nulls,
                        ssl -> {
                            ssl.setBio(null);
                            return 0;
                        }),
                new Refused(
                        "setHost, none",
                        nulls,
                        ssl -> {
                            ssl.setHost(null);
                            return 0;
                        }));
    }

    @Tag("W23")
    @ParameterizedTest
    @MethodSource("refused")
    void refusedAndNothingChanged(Refused call) {
        byte[] data = Data.bytes(1000);
        try (Link link = Link.toJsse(Scene.ANY).handshake()) {
            int mark = link.transport().mark();
            assertThrows(call.refusal(), call.on(link.ssl()));
            assertEquals(mark, link.transport().mark());
            link.assertDone(link.ssl().write(data, 0, data.length), data.length);
            Data.assertSame(data, link.received(), "after a refused call");
        }
    }

    @Tag("W23")
    @ParameterizedTest
    @MethodSource("refused")
    void refusedWithAWritePending(Refused call) {
        ByteBuffer src = ByteBuffer.wrap(Data.bytes(100_000));
        try (Link link = Link.toJsse(Scene.ANY).handshake()) {
            link.transport().onWrite(take(5), RETRY);
            link.assertWants(link.ssl().write(src), SslError.WANT_WRITE);
            int mark = link.transport().mark();
            assertThrows(call.refusal(), call.on(link.ssl()));
            assertEquals(mark, link.transport().mark());
            assertEquals(0, src.position());
            link.assertDone(link.ssl().write(src), 100_000);
            Data.assertSame(src.array(), link.received(), "after a refused call");
        }
    }

    @Tag("W23")
    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                ".",
                "a b",
                "a..b",
                "https://host.test",
                "host.test:443",
                "[",
                "[]",
                "CN=x",
                "127.1",
                "[host.test]",
                "a‍b.test",
                "a\nb"
            })
    void hostThatIsNone(String host) {
        try (Ssl ssl = Link.context(Scene.ANY).newSsl()) {
            IllegalArgumentException refusal =
                    assertThrows(IllegalArgumentException.class, () -> ssl.setHost(host));
            assertTrue(String.valueOf(refusal.getMessage()).contains("host"), refusal.toString());
        }
    }

    @Tag("W23")
    @ParameterizedTest
    @ValueSource(
            strings = {
                "host.test",
                "host.test.",
                "HOST",
                "h_o.test",
                "1.2.3.4",
                "::1",
                "[fe80::1]",
                "fe80::1%eth0",
                "straße.test",
                "bücher.test"
            })
    void hostThatIsOne(String host) {
        try (Ssl ssl = Link.context(Scene.ANY).newSsl()) {
            ssl.setHost(host);
        }
    }

    @Tag("W23")
    @Test
    void refusedBeforeTheHandshake() {
        byte[] data = Data.bytes(10);
        try (Link link = Link.toJsse(Scene.ANY)) {
            for (Refused call : refused()) {
                assertThrows(call.refusal(), call.on(link.ssl()), call.what());
            }
            link.handshake();
            link.assertDone(link.ssl().write(data, 0, data.length), data.length);
        }
    }

    @Tag("W23")
    @Test
    void memoryThatIsGone() {
        byte[] data = Data.bytes(100);
        ByteBuffer gone;
        try (Arena arena = Arena.ofConfined()) {
            gone = arena.allocate(100).asByteBuffer();
        }
        try (Link link = Link.toJsse(Scene.ANY).handshake()) {
            int mark = link.transport().mark();
            assertThrows(IllegalStateException.class, () -> link.ssl().write(gone));
            assertEquals(mark, link.transport().mark());
            assertEquals(0, gone.position());
            link.assertDone(link.ssl().write(data, 0, data.length), data.length);
            Data.assertSame(data, link.received(), "after a buffer whose memory is gone");
        }
    }

    @Tag("W23")
    @Test
    void readOfNothingIsNothing() {
        try (Link link = Link.toJsse(Scene.ANY).handshake()) {
            link.assertDone(link.ssl().read(ByteBuffer.allocate(0)), 0);
            link.assertDone(link.ssl().read(new byte[0], 0, 0), 0);
            link.peer().send(Data.bytes(3));
            link.peer().turn();
            link.assertDone(link.ssl().read(ByteBuffer.allocate(0)), 0);
            Data.assertSame(Data.bytes(3), link.readFully(3), "still there");
        }
    }
}
