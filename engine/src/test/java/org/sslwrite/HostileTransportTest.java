package org.sslwrite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.sslwrite.bio.Bio;
import org.sslwrite.bio.BioPair;
import org.sslwrite.bio.MemoryBio;
import org.sslwrite.kit.Data;
import org.sslwrite.kit.EverySecondCallRetries;
import org.sslwrite.kit.Link;
import org.sslwrite.kit.OneByteBio;
import org.sslwrite.kit.RandomChunks;
import org.sslwrite.kit.Scene;
import org.sslwrite.kit.TwoWayBio;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.UnaryOperator;

/**
 * Rows B1, B2 and B4: whatever the transport does with the bytes, it changes nothing but the number
 * of calls.
 */
@Timeout(120)
class HostileTransportTest {
    private static final long SEED = Long.getLong("sslwrite.seed", 20_260_101L);

    /** Between us and the other side. */
    enum Transport {
        ONE_BYTE(OneByteBio::new),
        EVERY_SECOND_CALL_RETRIES(EverySecondCallRetries::new),
        ONE_BYTE_EVERY_SECOND_CALL(bio -> new EverySecondCallRetries(new OneByteBio(bio))),
        RANDOM(bio -> new RandomChunks(bio, SEED));

        private final UnaryOperator<Bio> wrap;

        Transport(UnaryOperator<Bio> wrap) {
            this.wrap = wrap;
        }

        Bio[] ends() {
            Bio[] ends = TwoWayBio.pair();
            return new Bio[] {wrap.apply(ends[0]), ends[1]};
        }

        /** Sizes of writes; byte by byte, a large one is for few scenes. */
        int[] sizes(Scene scene) {
            boolean large =
                    this == EVERY_SECOND_CALL_RETRIES
                            || this == RANDOM
                            || this == ONE_BYTE && Scene.each().contains(scene);
            return large ? new int[] {1, 16385, 200_003} : new int[] {1, 513};
        }

        @Override
        public String toString() {
            return this == RANDOM ? "random chunks, seed " + SEED : name();
        }
    }

    static List<Arguments> scenesAndTransports() {
        List<Arguments> rows = new ArrayList<>();
        for (Scene scene : Scene.everySuite()) {
            for (Transport transport : Transport.values()) {
                rows.add(Arguments.of(scene, transport));
            }
        }
        return rows;
    }

    @Tag("B4")
    @Tag("W5")
    @Tag("W6")
    @ParameterizedTest
    @MethodSource("scenesAndTransports")
    void bothDirectionsArriveWhole(Scene scene, Transport transport) {
        try (Link link = Link.toJsse(scene, transport.ends()).handshake()) {
            int mark = link.transport().mark();
            byte[] all = new byte[0];
            for (int size : transport.sizes(scene)) {
                byte[] data = Data.bytes(size);
                link.writeFully(ByteBuffer.wrap(data));
                all = Data.join(all, data);
            }
            link.recordsSince(mark);
            Data.assertSame(all, link.received(), scene + " through " + transport);
            link.peer().send(all);
            Data.assertSame(
                    all, link.readFully(all.length), "back, " + scene + " through " + transport);
            close(link);
        }
    }

    private static void close(Link link) {
        link.pump(link.peer()::closeNotifyReceived, link.ssl()::shutdown);
        link.peer().closeOutput();
        link.pump(() -> link.ssl().shutdown() == 1, () -> {});
    }

    static List<Arguments> bothVersionsAndTransports() {
        List<Arguments> rows = new ArrayList<>();
        for (Scene scene : Scene.each()) {
            for (Transport transport : Transport.values()) {
                rows.add(Arguments.of(scene, transport));
            }
        }
        return rows;
    }

    @Tag("B4")
    @ParameterizedTest
    @MethodSource("bothVersionsAndTransports")
    void gatheringWritesOfEveryKindOfMemory(Scene scene, Transport transport) {
        Random random = new Random(SEED);
        try (Link link = Link.toJsse(scene, transport.ends()).handshake()) {
            byte[] all = new byte[0];
            for (int round = 0; round < 6; round++) {
                byte[] data =
                        Data.bytes(
                                1
                                        + random.nextInt(
                                                transport == Transport.RANDOM ? 60_000 : 20_000));
                ByteBuffer[] pieces = pieces(data, random);
                long n = link.ssl().write(pieces);
                for (int calls = 1; n != data.length; calls++) {
                    assertTrue(calls < 1_000_000, "the write does not end");
                    SslError error = link.ssl().getError(n);
                    assertTrue(
                            error == SslError.WANT_WRITE,
                            () -> error + " " + link.ssl().failure() + ", seed " + SEED);
                    link.peer().turn();
                    n = link.ssl().write(pieces);
                }
                assertTrue(
                        Arrays.stream(pieces).noneMatch(ByteBuffer::hasRemaining), "seed " + SEED);
                all = Data.join(all, data);
            }
            Data.assertSame(all, link.received(), transport + ", pieces with seed " + SEED);
        }
    }

    /** Cuts data into pieces, some empty, in heap, direct, read-only and sliced buffers. */
    private static ByteBuffer[] pieces(byte[] data, Random random) {
        List<ByteBuffer> pieces = new ArrayList<>();
        int at = 0;
        while (at < data.length) {
            int n =
                    random.nextInt(4) == 0
                            ? 0
                            : Math.min(data.length - at, 1 + random.nextInt(20_000));
            pieces.add(
                    switch (random.nextInt(5)) {
                        case 0 -> ByteBuffer.wrap(data, at, n);
                        case 1 -> ByteBuffer.wrap(data, at, n).asReadOnlyBuffer();
                        case 2 -> ByteBuffer.wrap(data).slice(at, n);
                        case 3 ->
                                ByteBuffer.allocateDirect(n + 3)
                                        .put(2, data, at, n)
                                        .position(2)
                                        .limit(2 + n);
                        default ->
                                ByteBuffer.allocateDirect(n).put(0, data, at, n).asReadOnlyBuffer();
                    });
            at += n;
        }
        pieces.add(ByteBuffer.allocate(0));
        return pieces.toArray(ByteBuffer[]::new);
    }

    @Tag("B4")
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void manySeeds(long seed) {
        byte[] data = Data.bytes(150_000 + (int) seed);
        for (Scene scene : Scene.each()) {
            Bio[] ends = TwoWayBio.pair();
            Bio[] hostile = {new RandomChunks(ends[0], seed), ends[1]};
            try (Link link = Link.toJsse(scene, hostile).handshake()) {
                link.writeFully(ByteBuffer.wrap(data));
                Data.assertSame(data, link.received(), scene + ", seed " + seed);
                link.peer().send(data);
                Data.assertSame(data, link.readFully(data.length), scene + ", back, seed " + seed);
            }
        }
    }

    static List<Arguments> scenesAndCapacities() {
        List<Arguments> rows = new ArrayList<>();
        for (Scene scene : Scene.each()) {
            for (int capacity : new int[] {1, 2, 5, 6, 1000, BioPair.DEFAULT_CAPACITY}) {
                rows.add(Arguments.of(scene, capacity));
            }
        }
        return rows;
    }

    @Tag("B1")
    @ParameterizedTest(name = "{0}, {1} bytes a side")
    @MethodSource("scenesAndCapacities")
    void bioPairInLockstep(Scene scene, int capacity) {
        BioPair pair = new BioPair(capacity, capacity);
        byte[] data = Data.bytes(capacity < 10 ? 20_000 : 200_000);
        try (Link link = Link.toJsse(scene, new Bio[] {pair.first(), pair.second()}).handshake()) {
            ByteBuffer src = ByteBuffer.wrap(data);
            link.assertWants(link.ssl().write(src), SslError.WANT_WRITE);
            link.writeFully(src);
            Data.assertSame(data, link.received(), "through " + capacity);
            link.peer().send(data);
            Data.assertSame(data, link.readFully(data.length), "back through " + capacity);
            close(link);
        }
    }

    @Tag("B1")
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void bioPairThatIsClosedUnderUs(boolean byUs) throws Exception {
        BioPair pair = new BioPair(100, 100);
        try (Link link =
                Link.toJsse(Scene.ANY, new Bio[] {pair.first(), pair.second()}).handshake()) {
            ByteBuffer src = ByteBuffer.wrap(Data.bytes(1000));
            link.assertWants(link.ssl().write(src), SslError.WANT_WRITE);
            (byUs ? pair.first() : pair.second()).close();
            link.assertFailed(
                    link.ssl().write(src), 0, SslError.SYSCALL, SslReason.TRANSPORT_CLOSED);
            assertEquals(0, src.position());
        }
    }

    @Tag("B2")
    @ParameterizedTest
    @MethodSource("org.sslwrite.kit.Scene#each")
    void memoryBioGrowsAndNeverBlocks(Scene scene) {
        byte[] data = Data.bytes(1_000_003);
        try (Link link = Link.toJsse(scene).handshake()) {
            assertEquals(1, link.writeFully(ByteBuffer.wrap(data)));
            Data.assertSame(data, link.received(), "through memory");
        }
    }

    @Tag("B2")
    @ParameterizedTest
    @MethodSource("org.sslwrite.kit.Scene#each")
    void memoryBioWithALimitIsATransportThatFills(Scene scene) {
        byte[] data = Data.bytes(100_000);
        MemoryBio forth = new MemoryBio(3000);
        MemoryBio back = new MemoryBio();
        Bio[] ends = {new TwoWayBio(back, forth), new TwoWayBio(forth, back)};
        try (Link link = Link.toJsse(scene, ends).handshake()) {
            ByteBuffer src = ByteBuffer.wrap(data);
            link.assertWants(link.ssl().write(src), SslError.WANT_WRITE);
            assertEquals(3000, forth.pending());
            link.writeFully(src);
            Data.assertSame(data, link.received(), "through 3000 bytes");
        }
    }

    @Tag("B4")
    @ParameterizedTest
    @MethodSource("org.sslwrite.kit.Scene#everySuite")
    void encryptThenMacBetweenTwoOfUs(Scene scene) {
        byte[] data = Data.bytes(50_001);
        for (boolean encryptThenMac : new boolean[] {true, false}) {
            try (Link link =
                    Link.toOwn(scene, builder -> builder.encryptThenMac(encryptThenMac))
                            .handshake()) {
                boolean cbc = !scene.suite().bulkCipher().isAead();
                SslSession session = link.ssl().session();
                assertTrue(
                        session != null && session.encryptThenMac() == (cbc && encryptThenMac),
                        scene.toString());
                link.writeFully(ByteBuffer.wrap(data));
                Data.assertSame(data, link.received(), scene.toString());
                link.peer().send(data);
                Data.assertSame(data, link.readFully(data.length), scene.toString());
            }
        }
    }
}
