package org.sslwrite.softhsm.failure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.sslwrite.OffloadPolicy;
import org.sslwrite.SslContext;
import org.sslwrite.SslError;
import org.sslwrite.SslReason;
import org.sslwrite.kit.Data;
import org.sslwrite.kit.Link;
import org.sslwrite.kit.Outcomes;
import org.sslwrite.kit.Scene;
import org.sslwrite.kit.Scene.Role;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A token breaks under many connections, whose threads then find out and open it anew all at once.
 * It breaks between their calls: SoftHSM itself crashes when a session is closed under a call.
 */
@Timeout(60)
class ManyAtOnceTest {
    private static final int CONNECTIONS = 8;
    private static final int WRITES = 20;
    private static final int SIZE = 20_000;

    static List<Arguments> rows() {
        List<Arguments> rows = new ArrayList<>();
        for (Way way : Way.all()) {
            for (Harm harm : Harm.values()) {
                rows.add(Arguments.of(way, harm, OffloadPolicy.TOKEN_ONLY));
                rows.add(Arguments.of(way, harm, OffloadPolicy.TOKEN_PREFERRED));
            }
        }
        return rows;
    }

    @Tag("W25")
    @Tag("W26")
    @ParameterizedTest(name = "{0}, {1}, {2}")
    @MethodSource("rows")
    void eachConnectionGetsWhatThePolicySays(Way way, Harm harm, OffloadPolicy policy)
            throws Exception {
        try (Rig rig = Rig.real(way);
                ExecutorService threads = Executors.newFixedThreadPool(CONNECTIONS)) {
            SslContext context =
                    Link.builder(Scene.ANY)
                            .offload(rig.sealers(), policy)
                            .breaker(1, Duration.ofMillis(1))
                            .build();
            AtomicInteger failed = new AtomicInteger();
            CyclicBarrier halfWay = new CyclicBarrier(CONNECTIONS, () -> harm.strike(rig));
            List<CompletableFuture<Void>> all = new ArrayList<>();
            for (int i = 0; i < CONNECTIONS; i++) {
                Role role = Role.values()[i % 2];
                all.add(
                        CompletableFuture.runAsync(
                                () -> {
                                    if (!deliver(role, context, halfWay)) {
                                        failed.incrementAndGet();
                                    }
                                },
                                threads));
            }
            all.forEach(CompletableFuture::join);
            // Where the token had certainly not begun with the record, it is given the key again.
            boolean mustFail =
                    policy == OffloadPolicy.TOKEN_ONLY && way.isMessage(Family.TLS13_GCM);
            assertEquals(mustFail ? CONNECTIONS : 0, failed.get(), "connections that failed");
            if (policy == OffloadPolicy.TOKEN_PREFERRED) {
                assertEquals(CONNECTIONS, context.statistics().fallbacks());
            }
            Judge.assertRecovered(context, Family.TLS13_GCM, policy, rig.token().toString());
            rig.assertNoNonceTwice(Family.TLS13_GCM);
        }
    }

    /** Whether all was written; what was not has failed as W25 says. */
    private static boolean deliver(Role role, SslContext context, CyclicBarrier halfWay) {
        byte[] data = Data.bytes(WRITES * SIZE);
        try (Talk talk = Talk.of(Family.TLS13_GCM, role, context).handshake()) {
            int sent = 0;
            for (int n = SIZE; n == SIZE && sent < data.length; sent += Math.max(0, n)) {
                if (sent == data.length / 2) {
                    await(halfWay);
                }
                n = talk.ssl().write(ByteBuffer.wrap(data, sent, SIZE));
                if (n != SIZE) {
                    Outcomes.assertFailed(
                            talk.ssl(), n, -1, SslError.SSL, SslReason.OFFLOAD_FAILED);
                }
            }
            talk.recordsSince(0);
            byte[] received = talk.received();
            assertTrue(received.length >= sent && received.length < sent + SIZE);
            Data.assertSame(Arrays.copyOf(data, received.length), received, "what is whole");
            if (sent == data.length) {
                assertNull(talk.peersFailure());
            }
            return sent == data.length;
        }
    }

    private static void await(CyclicBarrier barrier) {
        try {
            barrier.await();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
