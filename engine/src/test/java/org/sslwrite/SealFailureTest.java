package org.sslwrite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.sslwrite.kit.ScriptedBio.RETRY;
import static org.sslwrite.kit.ScriptedBio.take;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.sslwrite.WriteAfterEndTest.Call;
import org.sslwrite.kit.Data;
import org.sslwrite.kit.Link;
import org.sslwrite.kit.Outcomes;
import org.sslwrite.kit.Scene;
import org.sslwrite.kit.WatchedProvider;
import org.sslwrite.kit.WatchedProvider.Failure;
import org.sslwrite.kit.WatchedProvider.Use;

import java.nio.ByteBuffer;
import java.security.Security;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Invariant 2, and what is left of a connection whose engine fails: no key and nonce seal two
 * plaintexts, ever, and nothing is sealed under a key once it has failed.
 */
@Timeout(60)
class SealFailureTest {
    private static final WatchedProvider WATCHED = new WatchedProvider("Watched");

    @BeforeAll
    static void register() {
        Security.addProvider(WATCHED);
    }

    @AfterAll
    static void unregister() {
        Security.removeProvider(WATCHED.getName());
    }

    @BeforeEach
    void forget() {
        WATCHED.recover();
        WATCHED.takeUses();
    }

    private static Link link(Scene scene) {
        return Link.toJsse(scene, builder -> builder.providers(List.of(WATCHED.getName())));
    }

    @Tag("W5")
    @ParameterizedTest
    @MethodSource("org.sslwrite.kit.Scene#everySuite")
    void everyRecordHasItsOwnNonce(Scene scene) {
        try (Link link = link(scene)) {
            WATCHED.takeUses();
            link.handshake();
            assertEquals("Watched", Outcomes.notNull(link.ssl().statistics().sealer()).engine());
            byte[] all = new byte[0];
            for (int size : new int[] {1, 16384, 16385, 200_000}) {
                ByteBuffer src = ByteBuffer.wrap(Data.bytes(size));
                link.transport().onWrite(take(1), RETRY, take(3000), RETRY);
                for (int n = link.ssl().write(src); n != size; n = link.ssl().write(src)) {
                    link.assertWants(n, SslError.WANT_WRITE);
                    link.ssl().write(ByteBuffer.allocate(0));
                    link.ssl().write(new byte[5], 0, 5);
                }
                all = Data.join(all, src.array());
            }
            link.ssl().shutdown();
            List<Use> uses = WATCHED.takeUses();
            assertUnique(uses);
            assertTrue(uses.size() >= 17);
            Data.assertSame(all, link.received(), scene.toString());
        }
    }

    /** A retry in the record layer must not even seal the same thing again. */
    private static void assertUnique(List<Use> uses) {
        WatchedProvider.assertNoNonceTwice(uses);
        Set<String> seen = new HashSet<>();
        for (Use use : uses) {
            assertTrue(
                    seen.add(use.key() + "/" + use.nonce()), () -> "sealed twice: " + use.nonce());
        }
    }

    @Tag("K1")
    @ParameterizedTest
    @MethodSource("org.sslwrite.kit.Scene#tls13")
    void alsoAcrossKeyUpdates(Scene scene) {
        try (Link link = link(scene)) {
            WATCHED.takeUses();
            link.handshake();
            for (int i = 0; i < 5; i++) {
                link.jsse().beginHandshake();
                link.peer().turn();
                link.ssl().read(ByteBuffer.allocate(1));
                ByteBuffer src = ByteBuffer.wrap(Data.bytes(40_000));
                link.transport().onWrite(take(20), RETRY, RETRY);
                link.writeFully(src);
            }
            link.ssl().shutdown();
            List<Use> uses = WATCHED.takeUses();
            assertUnique(uses);
            assertTrue(
                    uses.stream().map(Use::key).distinct().count() >= 7,
                    "handshake, first, and five new keys");
            assertEquals(5 * 40_000, link.received().length);
        }
    }

    static List<Arguments> scenesAndFailures() {
        List<Arguments> rows = new ArrayList<>();
        for (Scene scene : Scene.each()) {
            for (Failure failure : Failure.values()) {
                // The first record of a batch, the third of it, the first of the second batch.
                for (int after : new int[] {0, 2, 4}) {
                    rows.add(Arguments.of(scene, failure, after));
                }
            }
        }
        Scene cbc = Scene.everySuite().getLast();
        assertFalse(cbc.suite().bulkCipher().isAead());
        rows.add(Arguments.of(cbc, Failure.CHECKED, 2));
        rows.add(Arguments.of(cbc, Failure.UNCHECKED, 2));
        return rows;
    }

    @Tag("W19")
    @ParameterizedTest(name = "{0}, {1} after {2} records")
    @MethodSource("scenesAndFailures")
    void failedRecordEndsTheKey(Scene scene, Failure failure, int after) {
        byte[] data = Data.bytes(200_000);
        ByteBuffer src = ByteBuffer.wrap(data);
        try (Link link = link(scene).handshake()) {
            int mark = link.transport().mark();
            WATCHED.takeUses();
            WATCHED.failAfter(after, failure);
            link.assertFailed(link.ssl().write(src), -1, SslError.SSL, SslReason.SEAL_FAILED);
            SslFailure first = link.ssl().failure();
            assertNotNull(first);
            assertNotNull(first.cause());
            assertTrue(first.message().contains("Watched"), first.message());
            assertEquals(0, src.position());
            List<Use> uses = WATCHED.takeUses();
            assertEquals(after + 1, uses.size(), "one failed, none after it");
            WATCHED.recover();
            int sent = link.transport().mark();
            for (Call call : WriteAfterEndTest.everyCall()) {
                long n = call.body().on(link.ssl());
                Outcomes.assertFailed(link.ssl(), n, -1, SslError.SSL, SslReason.SEAL_FAILED);
            }
            assertEquals(
                    List.of(),
                    WATCHED.takeUses(),
                    "nothing is sealed any more, alert and close_notify included");
            assertEquals(sent, link.transport().mark(), "nothing on the wire by a later call");
            assertTrue(link.recordsSince(mark).size() <= after, "nothing of the failed record");
            byte[] received = link.received();
            assertTrue(received.length <= after * 16384);
            Data.assertSame(
                    Arrays.copyOf(data, received.length), received, "what came is the beginning");
            assertFalse(link.peer().closeNotifyReceived(), "it is a cut, not an end");
        }
    }

    @Tag("W19")
    @ParameterizedTest
    @MethodSource("org.sslwrite.kit.Scene#each")
    void failedCloseNotify(Scene scene) {
        try (Link link = link(scene).handshake()) {
            int mark = link.transport().mark();
            WATCHED.takeUses();
            WATCHED.failAfter(0, Failure.CHECKED);
            link.assertFailed(link.ssl().shutdown(), -1, SslError.SSL, SslReason.SEAL_FAILED);
            assertTrue(Outcomes.notNull(link.ssl().failure()).message().contains("Watched"));
            WATCHED.recover();
            assertEquals(1, WATCHED.takeUses().size(), "no alert under a key that failed");
            link.assertFailed(
                    link.ssl().write(new byte[1], 0, 1), -1, SslError.SSL, SslReason.SEAL_FAILED);
            assertEquals(List.of(), WATCHED.takeUses());
            assertEquals(mark, link.transport().mark());
        }
    }

    @Tag("K1")
    @ParameterizedTest
    @MethodSource("org.sslwrite.kit.Scene#tls13")
    void failedKeyUpdate(Scene scene) {
        ByteBuffer src = ByteBuffer.wrap(Data.bytes(100));
        try (Link link = link(scene).handshake()) {
            link.jsse().beginHandshake();
            link.peer().turn();
            link.ssl().read(ByteBuffer.allocate(1));
            int mark = link.transport().mark();
            WATCHED.takeUses();
            WATCHED.failAfter(0, Failure.UNCHECKED);
            link.assertFailed(link.ssl().write(src), -1, SslError.SSL, SslReason.SEAL_FAILED);
            assertEquals(0, src.position());
            WATCHED.recover();
            assertEquals(1, WATCHED.takeUses().size());
            link.assertFailed(link.ssl().write(src), -1, SslError.SSL, SslReason.SEAL_FAILED);
            assertEquals(List.of(), WATCHED.takeUses());
            assertEquals(mark, link.transport().mark());
        }
    }

    @Tag("W19")
    @ParameterizedTest
    @MethodSource("org.sslwrite.kit.Scene#each")
    void failedRecordOfTheHandshake(Scene scene) {
        try (Link link = link(scene)) {
            // The context has tried the engine's ciphers against test vectors by now.
            WATCHED.takeUses();
            WATCHED.failAfter(0, Failure.CHECKED);
            long n = link.ssl().write(new byte[1], 0, 1);
            for (int i = 0; i < 10 && link.ssl().getError(n) == SslError.WANT_READ; i++) {
                link.peer().turn();
                n = link.ssl().write(new byte[1], 0, 1);
            }
            link.assertFailed(n, -1, SslError.SSL, SslReason.SEAL_FAILED);
            assertFalse(link.ssl().isInitFinished());
            WATCHED.recover();
            assertEquals(1, WATCHED.takeUses().size(), "no alert under a key that failed");
            for (Call call : WriteAfterEndTest.everyCall()) {
                assertEquals(-1, call.body().on(link.ssl()), call.name());
                assertEquals(SslError.SSL, link.ssl().getError(-1), call.name());
            }
            assertEquals(List.of(), WATCHED.takeUses());
        }
    }
}
