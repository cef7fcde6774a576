package org.sslwrite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.sslwrite.kit.ScriptedBio.RETRY;
import static org.sslwrite.kit.ScriptedBio.take;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.sslwrite.bio.MemoryBio;
import org.sslwrite.kit.Data;
import org.sslwrite.kit.Link;
import org.sslwrite.kit.Scene;
import org.sslwrite.kit.ScriptedBio;
import org.sslwrite.kit.WireTap;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/** Rows W5 to W10 and W14: a write that the transport could not take, and how it may come again. */
@Timeout(60)
class WriteRetryTest {
    private static final int HEADER = 5;

    static List<Arguments> scenesAndCuts() {
        List<Arguments> rows = new ArrayList<>();
        for (Scene scene : Scene.each()) {
            for (int cut : new int[] {0, 1, 4, 5, 6, 500, -2, -1}) {
                rows.add(Arguments.of(scene, cut));
            }
        }
        return rows;
    }

    @Tag("W5")
    @Tag("W6")
    @ParameterizedTest(name = "{0}, cut at {1}")
    @MethodSource("scenesAndCuts")
    void sealedBytesAreFlushedAsTheyAre(Scene scene, int cut) {
        byte[] data = Data.bytes(1000);
        ByteBuffer src = ByteBuffer.wrap(data);
        try (Link link = Link.toJsse(scene).handshake()) {
            int record = HEADER + link.bodyOf(data.length);
            int taken = cut < 0 ? record + cut : cut;
            ScriptedBio transport = link.transport().onOtherWrites(RETRY);
            if (taken > 0) {
                transport.onWrite(take(taken));
            }
            int mark = transport.mark();
            link.assertWants(link.ssl().write(src), SslError.WANT_WRITE);
            byte[] waiting = transport.lastOffer();
            assertEquals(0, src.position());
            assertEquals(taken, transport.mark() - mark);
            assertEquals(record - taken, waiting.length);
            SslStatistics sealed = link.ssl().statistics();
            for (int i = 0; i < 3; i++) {
                link.assertWants(link.ssl().write(src), SslError.WANT_WRITE);
                Data.assertSame(waiting, transport.lastOffer(), "what waits, again");
                assertEquals(0, src.position());
            }
            transport.onOtherWrites(ScriptedBio.PASS);
            link.assertDone(link.ssl().write(src), data.length);
            Data.assertSame(waiting, transport.lastOffer(), "what waits, at last");
            assertEquals(sealed, link.ssl().statistics(), "nothing was sealed again");
            assertEquals(data.length, src.position());
            assertEquals(1, link.recordsSince(mark).size());
            Data.assertSame(data, link.received(), scene.toString());
        }
    }

    @Tag("W5")
    @Tag("W6")
    @ParameterizedTest
    @MethodSource("org.sslwrite.kit.Scene#each")
    void largeWriteStopsAtEveryBatchAndRecord(Scene scene) {
        byte[] data = Data.bytes(200_007);
        ByteBuffer src = ByteBuffer.wrap(data);
        try (Link link = Link.toJsse(scene).handshake()) {
            int mark = link.transport().mark();
            // Stops within, at the end of, and behind records.
            int record = HEADER + link.bodyOf(16384);
            for (int n :
                    new int[] {
                        1, record - 1, record, 2 * record + 3, 7, record - 11, 4 * record, 1
                    }) {
                link.transport().onWrite(take(n), RETRY);
            }
            int calls = 1;
            long n = link.ssl().write(src);
            while (n != data.length) {
                link.assertWants(n, SslError.WANT_WRITE);
                assertEquals(0, src.position());
                n = link.ssl().write(src);
                assertTrue(++calls < 100, "the write does not end");
            }
            link.assertDone(n, data.length);
            assertEquals(9, calls);
            assertEquals(13, link.ssl().statistics().records());
            assertEquals(13, link.recordsSince(mark).size());
            Data.assertSame(data, link.received(), scene.toString());
        }
    }

    /**
     * A repeat of a write of 100,000 bytes that is legal: the bytes that are pending stand where
     * they stood.
     */
    enum SameMemory {
        SAME_BUFFER(src -> src),
        DUPLICATE(ByteBuffer::duplicate),
        SLICE(ByteBuffer::slice),
        WRAPPED_AGAIN(src -> ByteBuffer.wrap(src.array(), src.position(), src.remaining())),
        SLICE_OF_THE_ARRAY(
                src -> ByteBuffer.wrap(src.array()).slice(src.position(), src.remaining()));

        private final UnaryOperator<ByteBuffer> again;

        SameMemory(UnaryOperator<ByteBuffer> again) {
            this.again = again;
        }
    }

    @Tag("W6")
    @ParameterizedTest
    @EnumSource
    void sameMemoryThroughAnotherBuffer(SameMemory repeat) {
        ByteBuffer src = ByteBuffer.wrap(Data.bytes(100_010), 7, 100_000);
        byte[] wanted = Arrays.copyOfRange(src.array(), 7, 100_007);
        try (Link link = Link.toJsse(Scene.ANY).handshake()) {
            link.transport().onWrite(take(20_000), RETRY);
            link.assertWants(link.ssl().write(src), SslError.WANT_WRITE);
            ByteBuffer again = repeat.again.apply(src);
            link.assertDone(link.ssl().write(again), 100_000);
            assertEquals(0, again.remaining());
            Data.assertSame(wanted, link.received(), repeat.toString());
        }
    }

    @Tag("W6")
    @Test
    void sameMemoryThroughAnotherVariant() {
        byte[] data = Data.bytes(100_000);
        try (Link link = Link.toJsse(Scene.ANY).handshake()) {
            link.transport().onWrite(take(9), RETRY, RETRY, RETRY);
            link.assertWants(link.ssl().write(data, 0, data.length), SslError.WANT_WRITE);
            link.assertWants(link.ssl().write(ByteBuffer.wrap(data)), SslError.WANT_WRITE);
            link.assertWants(
                    link.ssl()
                            .write(
                                    new ByteBuffer[] {
                                        ByteBuffer.allocate(0), ByteBuffer.wrap(data)
                                    }),
                    SslError.WANT_WRITE);
            link.assertDone(link.ssl().write(data, 0, data.length), data.length);
            Data.assertSame(data, link.received(), "through three variants");
        }
    }

    /** Memory to write from. */
    enum Memory {
        HEAP(ByteBuffer::wrap),
        HEAP_SLICE(
                data ->
                        ByteBuffer.wrap(Data.join(new byte[13], data, new byte[5]))
                                .slice(13, data.length)),
        READ_ONLY(data -> ByteBuffer.wrap(data).asReadOnlyBuffer()),
        DIRECT(data -> ByteBuffer.allocateDirect(data.length).put(data).flip()),
        DIRECT_SLICE(
                data ->
                        ByteBuffer.allocateDirect(data.length + 20)
                                .put(13, data)
                                .slice(13, data.length)),
        DIRECT_READ_ONLY(
                data -> ByteBuffer.allocateDirect(data.length).put(data).flip().asReadOnlyBuffer()),
        LITTLE_ENDIAN(data -> ByteBuffer.wrap(data).order(java.nio.ByteOrder.LITTLE_ENDIAN));

        private final Function<byte[], ByteBuffer> holding;

        Memory(Function<byte[], ByteBuffer> holding) {
            this.holding = holding;
        }

        ByteBuffer holding(byte[] data) {
            return holding.apply(data);
        }
    }

    @Tag("W6")
    @ParameterizedTest
    @EnumSource
    void repeatFromEveryKindOfMemory(Memory memory) {
        byte[] data = Data.bytes(150_001);
        ByteBuffer src = memory.holding(data);
        try (Link link = Link.toJsse(Scene.ANY).handshake()) {
            link.transport().onWrite(take(5), RETRY, take(70_000), RETRY);
            link.assertWants(link.ssl().write(src), SslError.WANT_WRITE);
            link.assertWants(link.ssl().write(src), SslError.WANT_WRITE);
            link.assertDone(link.ssl().write(src), data.length);
            assertEquals(0, src.remaining());
            Data.assertSame(
                    data,
                    src.rewind().remaining() == data.length ? copy(src) : new byte[0],
                    "the source itself");
            Data.assertSame(data, link.received(), memory.toString());
        }
    }

    private static byte[] copy(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.get(bytes);
        return bytes;
    }

    @Tag("W6")
    @Test
    void bytesThatAreNotSealedAreReadByTheRepeat() {
        byte[] data = Data.bytes(100_000);
        try (Link link = Link.toJsse(Scene.ANY).handshake()) {
            link.transport().onWrite(take(9), RETRY);
            link.assertWants(link.ssl().write(data, 0, data.length), SslError.WANT_WRITE);
            int sealed = (int) link.ssl().statistics().bytes();
            byte[] wanted = data.clone();
            Arrays.fill(data, 0, sealed, (byte) 1);
            Arrays.fill(data, sealed, data.length, (byte) 2);
            Arrays.fill(wanted, sealed, wanted.length, (byte) 2);
            link.assertDone(link.ssl().write(data, 0, data.length), data.length);
            Data.assertSame(
                    wanted, link.received(), "sealed bytes as they were, the others as they are");
        }
    }

    static List<Arguments> lengths() {
        return List.of(
                Arguments.of(1, 2),
                Arguments.of(1000, 1001),
                Arguments.of(1000, 200_000),
                Arguments.of(16384, 16385),
                Arguments.of(100_000, 100_001),
                Arguments.of(100_000, 200_000));
    }

    @Tag("W7")
    @ParameterizedTest(name = "{0}, then {1}")
    @MethodSource("lengths")
    void longerRepeatIsLegal(int before, int after) {
        byte[] data = Data.bytes(after);
        for (Scene scene : Scene.each()) {
            ByteBuffer src = ByteBuffer.wrap(data).limit(before);
            try (Link link = Link.toJsse(scene).handshake()) {
                int mark = link.transport().mark();
                link.transport().onWrite(take(3), RETRY);
                link.assertWants(link.ssl().write(src), SslError.WANT_WRITE);
                assertEquals(0, src.position());
                src.limit(after);
                link.assertDone(link.ssl().write(src), after);
                assertEquals(after, src.position());
                link.recordsSince(mark);
                Data.assertSame(data, link.received(), scene.toString());
            }
        }
    }

    @Tag("W7")
    @Test
    void longerRepeatOfSeveralBuffers() {
        byte[] data = Data.bytes(90_000);
        ByteBuffer first = ByteBuffer.wrap(data, 0, 30_000);
        ByteBuffer second = ByteBuffer.allocateDirect(60_000).put(data, 30_000, 60_000).flip();
        try (Link link = Link.toJsse(Scene.ANY).handshake()) {
            link.transport().onWrite(take(3), RETRY, RETRY, RETRY);
            link.assertWants(link.ssl().write(first), SslError.WANT_WRITE);
            second.limit(10_000);
            link.assertWants(
                    link.ssl().write(new ByteBuffer[] {first, second}), SslError.WANT_WRITE);
            second.limit(60_000);
            link.assertWants(
                    link.ssl().write(new ByteBuffer[] {first, second}), SslError.WANT_WRITE);
            link.assertDone(
                    link.ssl().write(new ByteBuffer[] {first, ByteBuffer.allocate(0), second}),
                    90_000);
            assertEquals(0, first.remaining() + second.remaining());
            Data.assertSame(data, link.received(), "a piece, two pieces, a longer second one");
        }
    }

    /** A repeat from where the pending bytes did not stand; the content is the same or not. */
    enum OtherMemory {
        COPY(data -> ByteBuffer.wrap(data.clone())),
        DIRECT_COPY(data -> ByteBuffer.allocateDirect(data.length).put(data).flip()),
        ONE_BYTE_LATER(data -> ByteBuffer.wrap(data, 1, data.length - 1)),
        OTHER_CONTENT(data -> ByteBuffer.wrap(new byte[data.length])),
        LONGER_COPY(data -> ByteBuffer.wrap(Arrays.copyOf(data, data.length + 1))),
        SHORT_OTHER(data -> ByteBuffer.wrap(new byte[1]));

        private final Function<byte[], ByteBuffer> again;

        OtherMemory(Function<byte[], ByteBuffer> again) {
            this.again = again;
        }
    }

    static List<Arguments> scenesAndOtherMemory() {
        List<Arguments> rows = new ArrayList<>();
        for (Scene scene : Scene.each()) {
            for (OtherMemory repeat : OtherMemory.values()) {
                rows.add(Arguments.of(scene, repeat));
            }
        }
        return rows;
    }

    @Tag("W8")
    @ParameterizedTest
    @MethodSource("scenesAndOtherMemory")
    void repeatFromOtherStorageIsRefusedAndTheRightOneWorks(Scene scene, OtherMemory repeat) {
        byte[] data = Data.bytes(100_000);
        ByteBuffer src = ByteBuffer.wrap(data);
        try (Link link = Link.toJsse(scene).handshake()) {
            link.transport().onWrite(take(5000), RETRY);
            link.assertWants(link.ssl().write(src), SslError.WANT_WRITE);
            int mark = link.transport().mark();
            SslStatistics sealed = link.ssl().statistics();
            for (int i = 0; i < 2; i++) {
                ByteBuffer wrong = repeat.again.apply(data);
                int start = wrong.position();
                link.assertFailed(
                        link.ssl().write(wrong), -1, SslError.SSL, SslReason.BAD_WRITE_RETRY);
                assertEquals(start, wrong.position());
                assertEquals(mark, link.transport().mark(), "nothing on the wire");
                assertEquals(sealed, link.ssl().statistics(), "nothing sealed");
            }
            link.assertDone(link.ssl().write(src), data.length);
            Data.assertSame(data, link.received(), repeat.toString());
        }
    }

    @Tag("W8")
    @Test
    void swappedAndShiftedPiecesAreOtherStorage() {
        byte[] data = Data.bytes(60_000);
        ByteBuffer first = ByteBuffer.wrap(data, 0, 20_000);
        ByteBuffer second = ByteBuffer.wrap(data, 20_000, 40_000);
        try (Link link = Link.toJsse(Scene.ANY).handshake()) {
            link.transport().onWrite(take(5), RETRY);
            link.assertWants(
                    link.ssl().write(new ByteBuffer[] {first, second}), SslError.WANT_WRITE);
            ByteBuffer[][] wrong = {
                {second, first},
                {first, first.duplicate(), second},
                {first.slice(0, 19_999), second},
                {ByteBuffer.wrap(data, 0, 20_001), second},
                {ByteBuffer.wrap(new byte[1]), first, second},
            };
            for (ByteBuffer[] pieces : wrong) {
                link.assertFailed(
                        link.ssl().write(pieces), -1, SslError.SSL, SslReason.BAD_WRITE_RETRY);
            }
            link.assertDone(link.ssl().write(new ByteBuffer[] {first, second}), 60_000);
            Data.assertSame(data, link.received(), "after five wrong repeats");
        }
    }

    @Tag("W9")
    @ParameterizedTest
    @MethodSource("org.sslwrite.kit.Scene#each")
    void repeatFromOtherStorageIsLegalWhereAllowed(Scene scene) {
        byte[] data = Data.bytes(150_000);
        try (Link link = Link.toJsse(scene).handshake()) {
            link.ssl().setMode(SslMode.ACCEPT_MOVING_WRITE_BUFFER);
            link.transport().onWrite(take(5), RETRY, take(50_000), RETRY, RETRY);
            int mark = link.transport().mark();
            link.assertWants(link.ssl().write(ByteBuffer.wrap(data.clone())), SslError.WANT_WRITE);
            ByteBuffer direct = ByteBuffer.allocateDirect(data.length).put(data).flip();
            link.assertWants(link.ssl().write(direct), SslError.WANT_WRITE);
            ByteBuffer[] pieces = {
                ByteBuffer.wrap(data.clone(), 0, 9),
                ByteBuffer.wrap(data.clone(), 9, data.length - 9)
            };
            link.assertWants(link.ssl().write(pieces), SslError.WANT_WRITE);
            ByteBuffer last = ByteBuffer.wrap(data.clone());
            link.assertDone(link.ssl().write(last), data.length);
            assertEquals(0, last.remaining());
            assertEquals(data.length, direct.remaining(), "only the last one's position moves");
            link.recordsSince(mark);
            Data.assertSame(data, link.received(), scene.toString());
        }
    }

    @Tag("W9")
    @Tag("W10")
    @Test
    void movedRepeatMustNotBeTooShortEither() {
        byte[] data = Data.bytes(10_000);
        try (Link link = Link.toJsse(Scene.ANY).handshake()) {
            link.ssl().setMode(SslMode.ACCEPT_MOVING_WRITE_BUFFER);
            link.transport().onWrite(take(5), RETRY);
            link.assertWants(link.ssl().write(ByteBuffer.wrap(data)), SslError.WANT_WRITE);
            ByteBuffer tooShort = ByteBuffer.wrap(new byte[9_999]);
            link.assertFailed(link.ssl().write(tooShort), -1, SslError.SSL, SslReason.BAD_LENGTH);
            assertEquals(0, tooShort.position());
            link.assertDone(link.ssl().write(ByteBuffer.wrap(data.clone())), 10_000);
            Data.assertSame(data, link.received(), "moved, after one that was too short");
        }
    }

    @Tag("W10")
    @ParameterizedTest
    @MethodSource("org.sslwrite.kit.Scene#each")
    void repeatShorterThanWhatIsSealedIsRefused(Scene scene) {
        byte[] data = Data.bytes(20_000);
        ByteBuffer src = ByteBuffer.wrap(data);
        try (Link link = Link.toJsse(scene).handshake()) {
            link.transport().onWrite(take(5), RETRY);
            link.assertWants(link.ssl().write(src), SslError.WANT_WRITE);
            int mark = link.transport().mark();
            for (int length : new int[] {1, 16384, 19_999}) {
                src.limit(length);
                link.assertFailed(link.ssl().write(src), -1, SslError.SSL, SslReason.BAD_LENGTH);
                assertEquals(0, src.position());
            }
            assertEquals(mark, link.transport().mark(), "nothing on the wire");
            src.limit(data.length);
            link.assertDone(link.ssl().write(src), data.length);
            Data.assertSame(data, link.received(), scene.toString());
        }
    }

    @Tag("W10")
    @Test
    void shorterRepeatThatCoversWhatIsSealedEndsThere() {
        byte[] data = Data.bytes(200_000);
        ByteBuffer src = ByteBuffer.wrap(data);
        try (Link link = Link.toJsse(Scene.ANY).handshake()) {
            link.transport().onWrite(take(5), RETRY);
            link.assertWants(link.ssl().write(src), SslError.WANT_WRITE);
            int sealed = (int) link.ssl().statistics().bytes();
            assertTrue(sealed < data.length, "one batch is not all");
            src.limit(sealed + 10);
            link.assertDone(link.ssl().write(src), sealed + 10);
            assertEquals(sealed + 10, src.position());
            Data.assertSame(Arrays.copyOf(data, sealed + 10), link.received(), "the shorter one");
        }
    }

    @Tag("W14")
    @ParameterizedTest
    @MethodSource("org.sslwrite.kit.Scene#each")
    void emptyWriteWorksAsAFlush(Scene scene) {
        byte[] data = Data.bytes(100_000);
        ByteBuffer src = ByteBuffer.wrap(data);
        ByteBuffer empty = ByteBuffer.allocate(0);
        try (Link link = Link.toJsse(scene).handshake()) {
            int mark = link.transport().mark();
            link.transport().onWrite(take(5), RETRY, RETRY, take(9), RETRY);
            link.assertWants(link.ssl().write(src), SslError.WANT_WRITE);
            SslStatistics sealed = link.ssl().statistics();
            link.assertWants(link.ssl().write(empty), SslError.WANT_WRITE);
            link.assertWants(link.ssl().write(new byte[0], 0, 0), SslError.WANT_WRITE);
            assertEquals(14, link.transport().mark() - mark);
            link.assertDone(link.ssl().write(empty), 0);
            link.recordsSince(mark);
            assertEquals(sealed, link.ssl().statistics(), "nothing sealed by a flush");
            // The flush does not end the write: only its own repeat does.
            link.assertFailed(
                    link.ssl().write(data.clone(), 0, data.length),
                    -1,
                    SslError.SSL,
                    SslReason.BAD_WRITE_RETRY);
            link.assertDone(link.ssl().write(src), data.length);
            Data.assertSame(data, link.received(), scene.toString());
        }
    }

    @Tag("W6")
    @Test
    void afterSuccessTheSameBufferIsANewWrite() {
        byte[] data = Data.bytes(1000);
        ByteBuffer src = ByteBuffer.wrap(data);
        try (Link link = Link.toJsse(Scene.ANY).handshake()) {
            link.transport().onWrite(take(5), RETRY);
            link.assertWants(link.ssl().write(src), SslError.WANT_WRITE);
            link.assertDone(link.ssl().write(src), 1000);
            link.assertDone(link.ssl().write(src.rewind()), 1000);
            link.assertDone(link.ssl().write(new byte[1], 0, 1), 1);
            Data.assertSame(
                    Data.join(data, data, new byte[1]), link.received(), "twice, and a byte");
        }
    }

    @Tag("W5")
    @Test
    void whatWaitsFollowsAnotherTransport() {
        byte[] data = Data.bytes(100_000);
        try (Link link = Link.toJsse(Scene.ANY).handshake()) {
            int mark = link.transport().mark();
            link.transport().onWrite(take(1000), RETRY).onOtherWrites(ScriptedBio.CLOSED);
            link.assertWants(link.ssl().write(data, 0, data.length), SslError.WANT_WRITE);
            byte[] head = link.transport().wireSince(mark);
            MemoryBio other = new MemoryBio();
            link.ssl().setBio(link.transport(), other);
            link.assertDone(link.ssl().write(data, 0, data.length), data.length);
            ByteBuffer rest = ByteBuffer.allocate(other.pending());
            other.read(rest);
            WireTap.records(Data.join(head, rest.array()));
            link.farEndTakes(rest.flip());
            Data.assertSame(data, link.received(), "by two transports");
        }
    }

    @Tag("W6")
    @Tag("W11")
    @Test
    void partialModeTurnedOnInTheMiddle() {
        byte[] data = Data.bytes(200_000);
        ByteBuffer src = ByteBuffer.wrap(data);
        try (Link link = Link.toJsse(Scene.ANY).handshake()) {
            link.transport().onWrite(take(1000), RETRY);
            link.assertWants(link.ssl().write(src), SslError.WANT_WRITE);
            int sealed = (int) link.ssl().statistics().bytes();
            link.ssl().setMode(SslMode.ENABLE_PARTIAL_WRITE);
            link.assertDone(link.ssl().write(src), sealed);
            assertEquals(sealed, src.position());
            link.assertDone(link.ssl().write(src), 16384);
            Data.assertSame(
                    Arrays.copyOf(data, sealed + 16384),
                    link.received(),
                    "what is sealed, then a record");
        }
    }

    @Tag("W5")
    @Test
    void retryBeforeAnythingWasTakenStillIsTheSameWrite() {
        byte[] data = Data.bytes(1000);
        try (Link link = Link.toJsse(Scene.ANY).handshake()) {
            link.transport().onWrite(RETRY);
            link.assertWants(link.ssl().write(data, 0, data.length), SslError.WANT_WRITE);
            // Sealed is sealed, whether or not a byte of it went.
            link.assertFailed(
                    link.ssl().write(new byte[5], 0, 5),
                    -1,
                    SslError.SSL,
                    SslReason.BAD_WRITE_RETRY);
            link.assertDone(link.ssl().write(data, 0, data.length), data.length);
            Data.assertSame(data, link.received(), "once");
        }
    }
}
