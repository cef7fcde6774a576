package org.sslwrite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.sslwrite.kit.ScriptedBio.PASS;
import static org.sslwrite.kit.ScriptedBio.RETRY;
import static org.sslwrite.kit.ScriptedBio.take;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.sslwrite.WriteAfterEndTest.Call;
import org.sslwrite.kit.Data;
import org.sslwrite.kit.Link;
import org.sslwrite.kit.Scene;
import org.sslwrite.kit.ScriptedBio;
import org.sslwrite.kit.ScriptedBio.Step;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;

/**
 * Row W29: an error of the virtual machine, thrown in the middle of a call by what the caller gave
 * us, ends the connection. No byte comes twice at the peer.
 */
@Timeout(60)
class ErrorTest {
    private static final List<Supplier<Error>> ERRORS =
            List.of(
                    () -> new OutOfMemoryError("mock"),
                    StackOverflowError::new,
                    () -> new LinkageError("mock"));

    private static Step crash(Error error) {
        return (direction, inner, buffer) -> {
            throw error;
        };
    }

    private static Step takeAndCrash(int bytes, Error error) {
        return (direction, inner, buffer) -> {
            take(bytes).move(direction, inner, buffer);
            throw error;
        };
    }

    /** Where it is thrown: in which call of the transport, or of the padding policy. */
    enum Place {
        FIRST_WRITE,
        SECOND_WRITE,
        WRITE_THAT_TOOK_BYTES,
        FIRST_PADDING,
        PADDING_IN_THE_BATCH,
        PADDING_IN_THE_SECOND_BATCH;

        void prepare(Link link, Error error) {
            ScriptedBio transport = link.transport();
            switch (this) {
                case FIRST_WRITE -> transport.onWrite(crash(error));
                case SECOND_WRITE -> transport.onWrite(PASS, crash(error));
                case WRITE_THAT_TOOK_BYTES -> transport.onWrite(takeAndCrash(20_000, error));
                case FIRST_PADDING -> padding(link, 1, error);
                case PADDING_IN_THE_BATCH -> padding(link, 3, error);
                case PADDING_IN_THE_SECOND_BATCH -> padding(link, 7, error);
            }
        }

        private static void padding(Link link, int failing, Error error) {
            int[] calls = {0};
            link.ssl()
                    .setRecordPadding(
                            (type, length) -> {
                                if (++calls[0] == failing) {
                                    throw error;
                                }
                                return 0;
                            });
        }
    }

    static List<Arguments> places() {
        List<Arguments> rows = new ArrayList<>();
        for (Place place : Place.values()) {
            ERRORS.forEach(error -> rows.add(Arguments.of(place, error.get())));
        }
        return rows;
    }

    @Tag("W29")
    @ParameterizedTest(name = "{0}, {1}")
    @MethodSource("places")
    void errorInAWriteEndsTheConnection(Place place, Error error) {
        byte[] data = Data.bytes(200_000);
        ByteBuffer src = ByteBuffer.wrap(data);
        try (Link link = Link.toJsse(Scene.ANY).handshake()) {
            place.prepare(link, error);
            assertSame(error, assertThrows(Error.class, () -> link.ssl().write(src)));
            assertEquals(0, src.position());
            assertEnded(link, error);
            byte[] received = link.received();
            assertTrue(received.length < data.length, "no success was told");
            Data.assertSame(Arrays.copyOf(data, received.length), received, "once, in order");
        }
    }

    private static void assertEnded(Link link, Error error) {
        int mark = link.transport().mark();
        for (Call call : WriteAfterEndTest.everyCall()) {
            link.assertFailed(
                    call.body().on(link.ssl()), -1, SslError.SSL, SslReason.INTERNAL_ERROR);
            SslFailure failure = link.ssl().failure();
            assertTrue(failure != null && failure.cause() == error, String.valueOf(failure));
        }
        assertEquals(mark, link.transport().mark(), "nothing more is sent");
    }

    @Tag("W29")
    @ParameterizedTest
    @MethodSource("org.sslwrite.kit.Scene#each")
    void errorOnTheRepeatSendsNothingTwice(Scene scene) {
        byte[] data = Data.bytes(100_000);
        ByteBuffer src = ByteBuffer.wrap(data);
        Error error = new OutOfMemoryError("mock");
        try (Link link = Link.toJsse(scene).handshake()) {
            link.transport().onWrite(take(20_000), RETRY, takeAndCrash(20_000, error));
            link.assertWants(link.ssl().write(src), SslError.WANT_WRITE);
            assertSame(error, assertThrows(Error.class, () -> link.ssl().write(src)));
            assertEnded(link, error);
            byte[] received = link.received();
            Data.assertSame(Arrays.copyOf(data, received.length), received, scene.toString());
        }
    }

    @Tag("W29")
    @ParameterizedTest
    @MethodSource("org.sslwrite.kit.Scene#each")
    void errorInEveryOtherCallEndsTheConnection(Scene scene) {
        Error error = new StackOverflowError();
        for (Call call : WriteAfterEndTest.everyCall()) {
            try (Link link = Link.toJsse(scene)) {
                link.transport().onOtherReads(crash(error)).onOtherWrites(crash(error));
                if (call.name().equals("shutdown")) {
                    continue; // It needs no transport before the handshake.
                }
                if (call.name().equals("accept") || call.name().equals("connect")) {
                    continue; // These are doHandshake once there is a role.
                }
                assertSame(
                        error,
                        assertThrows(Error.class, () -> call.body().on(link.ssl())),
                        call.name());
                assertEnded(link, error);
            }
        }
        try (Link link = Link.toJsse(scene).handshake()) {
            link.transport().onOtherWrites(crash(error));
            assertSame(error, assertThrows(Error.class, link.ssl()::shutdown));
            assertEnded(link, error);
        }
    }
}
