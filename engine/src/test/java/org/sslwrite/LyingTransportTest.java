package org.sslwrite;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.sslwrite.kit.Data;
import org.sslwrite.kit.Link;
import org.sslwrite.kit.Scene;
import org.sslwrite.kit.ScriptedBio;
import org.sslwrite.kit.ScriptedBio.Step;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * A transport that breaks the contract of {@code Bio} ends the connection: no endless loop, no torn
 * record, no repeat.
 */
@Timeout(30)
class LyingTransportTest {
    private static final int PATIENCE = 1000;

    /** What a write may say that is not so. */
    enum Lie {
        /** Says that it took bytes, and took none: asked again and again, it would be for ever. */
        TOOK_NOTHING((direction, inner, buffer) -> 10),
        TOOK_MORE(
                (direction, inner, buffer) ->
                        ScriptedBio.take(10).move(direction, inner, buffer) + 1),
        TOOK_LESS(
                (direction, inner, buffer) ->
                        ScriptedBio.take(10).move(direction, inner, buffer) - 1),
        TOOK_MORE_THAN_THERE_WAS((direction, inner, buffer) -> buffer.remaining() + 1),
        RETRY_AFTER_BYTES(
                (direction, inner, buffer) -> {
                    ScriptedBio.take(10).move(direction, inner, buffer);
                    return 0;
                }),
        WENT_BACK(
                (direction, inner, buffer) -> {
                    buffer.position(Math.max(0, buffer.position() - 1));
                    return 1;
                }),
        MOVED_THE_LIMIT(
                (direction, inner, buffer) -> {
                    int n = buffer.remaining() + 100;
                    buffer.clear().position(n);
                    return n;
                });

        private final Step step;

        Lie(Step step) {
            this.step = step;
        }
    }

    private static Step bounded(Step step) {
        int[] calls = {0};
        return (direction, inner, buffer) -> {
            if (++calls[0] > PATIENCE) {
                throw new AssertionError("asked " + PATIENCE + " times");
            }
            return step.move(direction, inner, buffer);
        };
    }

    static List<Arguments> lies() {
        List<Arguments> rows = new ArrayList<>();
        for (Lie lie : Lie.values()) {
            // At once, and after a part that was taken honestly.
            rows.add(Arguments.of(lie, 0));
            rows.add(Arguments.of(lie, 500));
        }
        return rows;
    }

    @Tag("W17")
    @Tag("W18")
    @ParameterizedTest(name = "{0}, after {1} bytes")
    @MethodSource("lies")
    void writeThatLies(Lie lie, int before) {
        ByteBuffer src = ByteBuffer.wrap(Data.bytes(100_000));
        try (Link link = Link.toJsse(Scene.ANY).handshake()) {
            if (before > 0) {
                link.transport().onWrite(ScriptedBio.take(before));
            }
            link.transport().onWrite(bounded(lie.step)).onOtherWrites(bounded(lie.step));
            link.assertFailed(
                    link.ssl().write(src), -1, SslError.SYSCALL, SslReason.TRANSPORT_FAILED);
            assertEquals(0, src.position());
            int calls = link.transport().writeCalls();
            link.assertFailed(
                    link.ssl().write(src), -1, SslError.SYSCALL, SslReason.TRANSPORT_FAILED);
            assertEquals(calls, link.transport().writeCalls(), "it is not asked again");
        }
    }

    /** What a read may say that is not so. */
    enum ReadLie {
        READ_NOTHING((direction, inner, buffer) -> 10),
        READ_MORE((direction, inner, buffer) -> inner.read(buffer) + 1),
        READ_LESS((direction, inner, buffer) -> inner.read(buffer) - 1),
        MOVED_THE_LIMIT(
                (direction, inner, buffer) -> {
                    int n = inner.read(buffer);
                    buffer.limit(buffer.position());
                    return n;
                });

        private final Step step;

        ReadLie(Step step) {
            this.step = step;
        }
    }

    @Tag("W18")
    @ParameterizedTest
    @EnumSource(names = "MOVED_THE_LIMIT", mode = EnumSource.Mode.EXCLUDE)
    void readThatLies(ReadLie lie) {
        try (Link link = Link.toJsse(Scene.ANY).handshake()) {
            link.peer().send(Data.bytes(1000));
            link.peer().turn();
            link.transport().onOtherReads(bounded(lie.step));
            int n = link.ssl().read(ByteBuffer.allocate(10));
            link.assertFailed(n, -1, SslError.SYSCALL, SslReason.TRANSPORT_FAILED);
        }
    }

    @Tag("W18")
    @ParameterizedTest
    @EnumSource(names = "MOVED_THE_LIMIT")
    void readThatMovesTheLimitHasNoLastingEffect(ReadLie lie) {
        byte[] data = Data.bytes(50_000);
        try (Link link = Link.toJsse(Scene.ANY).handshake()) {
            link.transport().onOtherReads(bounded(lie.step));
            link.peer().send(data);
            Data.assertSame(
                    data, link.readFully(data.length), "read through a buffer whose limit moves");
        }
    }
}
