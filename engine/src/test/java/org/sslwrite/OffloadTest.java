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
import org.sslwrite.seal.SealerChoice;

import java.nio.ByteBuffer;
import java.security.ProviderException;
import java.util.Arrays;
import java.util.List;

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
            assertEquals("SunJCE", choice(link).engine());
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
    void runtimeExceptionIsAFailureToo() {
        byte[] data = Data.bytes(SIZE);
        for (OffloadPolicy policy :
                List.of(OffloadPolicy.TOKEN_ONLY, OffloadPolicy.TOKEN_PREFERRED)) {
            FailingToken token = new FailingToken();
            token.throwInstead(new ProviderException("CKR_DEVICE_ERROR"));
            try (Link link = Link.toJsse(Scene.ANY, b -> b.offload(token, policy)).handshake()) {
                token.failAfter(2);
                int n = link.ssl().write(ByteBuffer.wrap(data));
                if (policy == OffloadPolicy.TOKEN_PREFERRED) {
                    link.assertDone(n, SIZE);
                    Data.assertSame(data, link.received(), "across the switch");
                } else {
                    link.assertFailed(n, -1, SslError.SSL, SslReason.OFFLOAD_FAILED);
                }
            }
        }
    }

    /**
     * After an Error nobody knows what was sealed: nothing else may be, not even by the standby.
     */
    @Tag("W26")
    @Test
    void errorEndsTheEpoch() {
        FailingToken token = new FailingToken();
        token.throwInstead(new LinkageError("mock"));
        try (Link link =
                Link.toJsse(Scene.ANY, b -> b.offload(token, OffloadPolicy.TOKEN_PREFERRED))
                        .handshake()) {
            token.failAfter(0);
            int mark = link.transport().mark();
            assertThrows(
                    LinkageError.class, () -> link.ssl().write(ByteBuffer.wrap(new byte[] {1})));
            link.assertFailed(
                    link.ssl().write(ByteBuffer.wrap(new byte[] {2})),
                    -1,
                    SslError.SSL,
                    SslReason.OFFLOAD_FAILED);
            assertEquals(mark, link.transport().mark(), "nothing under the number that is bound");
        }
    }

    @Test
    void softwarePolicyAsksNoToken() {
        FailingToken token = new FailingToken();
        token.failAfter(0);
        try (Link link =
                Link.toJsse(Scene.ANY, b -> b.offload(token, OffloadPolicy.SOFTWARE)).handshake()) {
            link.assertDone(link.ssl().write(ByteBuffer.allocate(10)), 10);
            assertEquals(0, token.failures());
            assertEquals("SunJCE", choice(link).engine());
        }
    }

    private static SealerChoice choice(Link link) {
        return Outcomes.notNull(link.ssl().statistics().sealer());
    }
}
