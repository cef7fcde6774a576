package org.sslwrite;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.sslwrite.kit.Data;
import org.sslwrite.kit.FailingToken;
import org.sslwrite.kit.Link;
import org.sslwrite.kit.Outcomes;
import org.sslwrite.kit.Scene;
import org.sslwrite.kit.TwoWayBio;
import org.sslwrite.seal.BreakerState;
import org.sslwrite.seal.SealedBy;
import org.sslwrite.seal.SealerChoice;

import java.nio.ByteBuffer;
import java.security.ProviderException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/** A token that fails in the middle: exactly what the policy says, for every suite. */
@Timeout(60)
class OffloadTest {
    private static final int SIZE = 100_000;

    static List<Arguments> failures() {
        return Scene.everySuite().stream()
                .flatMap(
                        scene ->
                                List.of(0, 1, 4, 6).stream()
                                        .map(after -> Arguments.of(scene, after)))
                .toList();
    }

    private static ByteBuffer[] pieces(byte[] data, boolean gathered) {
        return gathered
                ? new ByteBuffer[] {
                    ByteBuffer.wrap(data, 0, 1000), ByteBuffer.wrap(data, 1000, SIZE - 1000)
                }
                : new ByteBuffer[] {ByteBuffer.wrap(data)};
    }

    @Tag("W25")
    @ParameterizedTest(name = "{0}, after {1} records")
    @MethodSource("failures")
    void tokenOnlyFailsClosed(Scene scene, int after) {
        FailingToken token = new FailingToken();
        byte[] data = Data.bytes(SIZE);
        try (Link link =
                Link.toJsse(scene, b -> b.offload(token, OffloadPolicy.TOKEN_ONLY)).handshake()) {
            int mark = link.transport().mark();
            token.failAfter(after);
            ByteBuffer[] pieces = pieces(data, after % 2 == 0);
            for (int i = 0; i < 2; i++) {
                link.assertFailed(
                        link.ssl().write(pieces), -1, SslError.SSL, SslReason.OFFLOAD_FAILED);
                String message = Outcomes.notNull(link.ssl().failure()).message();
                assertTrue(message.contains("CKR_DEVICE_ERROR"), message);
            }
            assertEquals(1, token.failures(), "the connection is dead; nothing is tried again");
            assertTrue(link.recordsSince(mark).size() <= after, "nothing of the failed record");
            byte[] received = link.received();
            assertArrayEquals(Arrays.copyOf(data, received.length), received);
        }
    }

    @Tag("W26")
    @ParameterizedTest(name = "{0}, after {1} records")
    @MethodSource("failures")
    void tokenPreferredGoesOnInSoftware(Scene scene, int after) {
        FailingToken token = new FailingToken();
        byte[] data = Data.bytes(SIZE);
        try (Link link =
                Link.toJsse(scene, b -> b.offload(token, OffloadPolicy.TOKEN_PREFERRED))
                        .handshake()) {
            assertEquals("mock token", choice(link).engine());
            token.failAfter(after);
            link.assertDone(link.ssl().write(pieces(data, after % 2 == 0)), SIZE);
            Data.assertSame(data, link.received(), "across the switch");
            assertEquals(1, token.failures(), "it is not asked again in this epoch");
            assertEquals(Link.softwareEngine(scene), choice(link).engine());
            SealerChoice.PassedOver passedOver = choice(link).passedOver().getLast();
            assertEquals("mock token", passedOver.engine());
            assertTrue(passedOver.reason().contains("CKR_DEVICE_ERROR"), passedOver.reason());
            link.assertDone(link.ssl().write(ByteBuffer.wrap(data)), SIZE);
            Data.assertSame(Data.join(data, data), link.received(), "after the switch");
            link.assertDone(link.ssl().shutdown(), 0);
        }
    }

    @Tag("W26")
    @Test
    void controlRecordsSwitchToo() {
        FailingToken token = new FailingToken();
        token.failAfter(0);
        byte[] data = Data.bytes(SIZE);
        try (Link link =
                Link.toJsse(Scene.ANY, b -> b.offload(token, OffloadPolicy.TOKEN_PREFERRED))
                        .handshake()) {
            link.assertDone(link.ssl().write(ByteBuffer.wrap(data)), SIZE);
            Data.assertSame(data, link.received(), "the token failed in the handshake");
        }
    }

    /** As SunPKCS11 does: what a sealer may not throw is a failure as any other. */
    @Tag("W26")
    @Test
    void whateverASealerThrowsIsAFailureToo() {
        byte[] data = Data.bytes(SIZE);
        for (Throwable thrown : THROWN) {
            for (OffloadPolicy policy :
                    List.of(OffloadPolicy.TOKEN_ONLY, OffloadPolicy.TOKEN_PREFERRED)) {
                FailingToken token = new FailingToken();
                token.throwInstead(thrown);
                try (Link link =
                        Link.toJsse(Scene.ANY, b -> b.offload(token, policy)).handshake()) {
                    token.failAfter(2);
                    int n = link.ssl().write(ByteBuffer.wrap(data));
                    if (policy == OffloadPolicy.TOKEN_PREFERRED) {
                        link.assertDone(n, SIZE);
                        Data.assertSame(data, link.received(), "across the switch");
                    } else {
                        int mark = link.transport().mark();
                        link.assertFailed(n, -1, SslError.SSL, SslReason.OFFLOAD_FAILED);
                        link.assertFailed(
                                link.ssl().write(new byte[] {2}, 0, 1),
                                -1,
                                SslError.SSL,
                                SslReason.OFFLOAD_FAILED);
                        assertEquals(mark, link.transport().mark(), "the number is bound");
                    }
                }
            }
        }
    }

    private static final List<Throwable> THROWN =
            List.of(
                    new ProviderException("CKR_DEVICE_ERROR"),
                    new LinkageError("mock"),
                    new OutOfMemoryError("mock"),
                    new StackOverflowError());

    @Test
    void softwarePolicyAsksNoToken() {
        FailingToken token = new FailingToken();
        token.failAfter(0);
        try (Link link =
                Link.toJsse(Scene.ANY, b -> b.offload(token, OffloadPolicy.SOFTWARE)).handshake()) {
            link.assertDone(link.ssl().write(ByteBuffer.allocate(10)), 10);
            assertEquals(0, token.failures());
            assertEquals(Link.softwareEngine(Scene.ANY), choice(link).engine());
        }
    }

    /**
     * The number of a record at which the engine had not begun is free for an alert; the peer is
     * told, if the engine answers again.
     */
    @Tag("W25")
    @ParameterizedTest
    @MethodSource("org.sslwrite.kit.Scene#everySuite")
    void alertEndsTheConnectionIfTheTokenCanSealOne(Scene scene) {
        FailingToken token = new FailingToken();
        byte[] data = Data.bytes(SIZE);
        try (Link link =
                Link.toJsse(scene, b -> b.offload(token, OffloadPolicy.TOKEN_ONLY)).handshake()) {
            token.failBeforeItBegins();
            token.failTimes(2); // once more when it is given the key again
            token.failAfter(2);
            link.assertFailed(
                    link.ssl().write(ByteBuffer.wrap(data)),
                    -1,
                    SslError.SSL,
                    SslReason.OFFLOAD_FAILED);
            while (link.peer().turn()) {
                // Until it has taken all there is.
            }
            byte[] received = link.peer().received();
            assertArrayEquals(Arrays.copyOf(data, 2 * 16384), received, "two records, no more");
            String seen = String.valueOf(Outcomes.notNull(link.peer().failure()).getMessage());
            assertTrue(seen.contains("Received fatal alert: internal_error"), seen);
        }
    }

    @Tag("W25")
    @ParameterizedTest
    @MethodSource("org.sslwrite.kit.Scene#everySuite")
    void tokenThatHadNotBegunIsGivenTheKeyAgain(Scene scene) {
        FailingToken token = new FailingToken();
        byte[] data = Data.bytes(SIZE);
        try (Link link =
                Link.toJsse(scene, b -> b.offload(token, OffloadPolicy.TOKEN_ONLY)).handshake()) {
            token.failBeforeItBegins();
            token.failTimes(1);
            token.failAfter(2);
            link.assertDone(link.ssl().write(ByteBuffer.wrap(data)), SIZE);
            while (link.peer().turn()) {
                // Until it has taken all there is.
            }
            assertArrayEquals(data, link.peer().received());
        }
    }

    @Test
    void recordsAreAsSmallAsTheTokenWantsThem() {
        FailingToken token = new FailingToken();
        token.limitContent(1000);
        byte[] data = Data.bytes(SIZE);
        try (Link link =
                Link.toJsse(Scene.ANY, b -> b.offload(token, OffloadPolicy.TOKEN_ONLY))
                        .handshake()) {
            link.assertDone(link.ssl().write(ByteBuffer.wrap(data)), SIZE);
            Data.assertSame(data, link.received(), "in small records");
            assertEquals(100, link.ssl().statistics().records());
        }
    }

    @Tag("W26")
    @Test
    void statisticsTellWhatSealedWhat() {
        FailingToken token = new FailingToken();
        SslContext context =
                Link.builder(Scene.ANY).offload(token, OffloadPolicy.TOKEN_PREFERRED).build();
        byte[] data = Data.bytes(SIZE);
        try (Link link = Link.toJsse(Scene.ANY, context, TwoWayBio.pair()).handshake()) {
            token.failAfter(4);
            link.assertDone(link.ssl().write(ByteBuffer.wrap(data)), SIZE);
            List<SealedBy> expected =
                    List.of(
                            new SealedBy("mock token", 4, 4 * 16384),
                            new SealedBy(Link.softwareEngine(Scene.ANY), 3, SIZE - 4 * 16384));
            assertEquals(expected, link.ssl().statistics().sealedBy());
            assertEquals("mock token", link.ssl().statistics().failures().getFirst().engine());
            assertEquals(
                    Set.copyOf(expected),
                    Set.copyOf(context.statistics().sealedBy()),
                    "while the connection is open");
        }
        SslContextStatistics statistics = context.statistics();
        assertEquals(7, statistics.sealedBy().stream().mapToLong(SealedBy::records).sum());
        assertEquals(1, statistics.fallbacks());
        SslFallback fallback = statistics.latestFallbacks().getFirst();
        assertEquals("mock token", fallback.engine());
        assertEquals(Link.softwareEngine(Scene.ANY), fallback.successor());
        assertTrue(fallback.reason().contains("CKR_DEVICE_ERROR"), fallback.reason());
    }

    @Tag("W26")
    @Test
    void breakerKeepsNewConnectionsAwayAndLetsThemBack() {
        FailingToken token = new FailingToken();
        SslContext context =
                Link.builder(Scene.ANY)
                        .offload(token, OffloadPolicy.TOKEN_PREFERRED)
                        .breaker(2, Duration.ofMillis(1))
                        .build();
        token.setUnreachable(true);
        // The keys of TLS 1.3's handshake are not the token's: a connection can fail once.
        for (int failures = 1; failures <= 2; failures++) {
            assertEquals(Link.softwareEngine(Scene.ANY), engineOfOneConnection(context));
            assertEquals(failures, context.statistics().fallbacks());
        }
        assertEquals(BreakerState.OPEN, context.statistics().breaker());
        token.setUnreachable(false);
        long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (!engineOfOneConnection(context).equals("mock token")) {
            assertTrue(System.nanoTime() < deadline, "the token is never tried again");
        }
        assertEquals(BreakerState.CLOSED, context.statistics().breaker());
        assertEquals("mock token", engineOfOneConnection(context));
    }

    private static String engineOfOneConnection(SslContext context) {
        try (Link link = Link.toJsse(Scene.ANY, context, TwoWayBio.pair()).handshake()) {
            link.assertDone(link.ssl().write(ByteBuffer.allocate(10)), 10);
            return choice(link).engine();
        }
    }

    @Test
    void tokenThatCannotBeReachedIsToldWhenTheContextIsBuilt() {
        FailingToken token = new FailingToken();
        token.setUnreachable(true);
        SslContext.Builder builder =
                Link.builder(Scene.ANY).offload(token, OffloadPolicy.TOKEN_ONLY);
        IllegalArgumentException refused =
                assertThrows(IllegalArgumentException.class, builder::build);
        assertEquals(
                "mock token: C_OpenSession: CKR_TOKEN_NOT_PRESENT; records may be sealed by it"
                        + " alone",
                refused.getMessage());
    }

    private static SealerChoice choice(Link link) {
        return Outcomes.notNull(link.ssl().statistics().sealer());
    }
}
