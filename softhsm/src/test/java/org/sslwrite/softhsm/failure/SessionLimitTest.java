package org.sslwrite.softhsm.failure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.sslwrite.OffloadPolicy;
import org.sslwrite.SslContext;
import org.sslwrite.kit.Data;
import org.sslwrite.kit.Link;
import org.sslwrite.kit.Outcomes;
import org.sslwrite.kit.Scene;
import org.sslwrite.kit.Scene.Role;
import org.sslwrite.pkcs11.TokenException;
import org.sslwrite.pkcs11.cryptoki.ffi.Ckr;
import org.sslwrite.softhsm.SoftwareToken.Kind;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.regex.Pattern;

/** More connections than sessions. */
@Timeout(60)
class SessionLimitTest {
    private static final Pattern SESSION_COUNT =
            Pattern.compile("C_OpenSession: CKR_SESSION_COUNT");
    private static final long CKF_SERIAL_SESSION = 4;

    /** Real: a connection holds a key, not a session. */
    @ParameterizedTest
    @EnumSource(Kind.class)
    void manyConnectionsShareOneSession(Kind kind) throws TokenException {
        try (Rig rig = Rig.mocked(kind, config -> config.maxSessions(2))) {
            SslContext context = rig.context(Scene.ANY, OffloadPolicy.TOKEN_ONLY);
            byte[] data = Data.bytes(5000);
            List<Talk> talks = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                Role role = Role.values()[i % 2];
                talks.add(Talk.of(Family.TLS13_GCM, role, context).handshake());
            }
            assertEquals(50, rig.holdings().objects(), "a key for each");
            for (Talk talk : talks) {
                Outcomes.assertDone(
                        talk.ssl(), talk.ssl().write(ByteBuffer.wrap(data)), data.length);
                Data.assertSame(data, talk.received(), "with 49 others");
            }
            talks.forEach(Talk::close);
            assertEquals(2, rig.holdings().mostSessions());
            rig.assertNoKeyLeft();
            rig.assertNoNonceTwice(Family.TLS13_GCM);
        }
    }

    /** Real: keys get sessions of their own as long as more than half of them are free. */
    @Test
    void keysShareSessionsWhenTheyBecomeFew() throws TokenException {
        try (Rig rig =
                Rig.mocked(Kind.NSS, config -> config.maxSessions(8).messageEncryption(true))) {
            SslContext context = rig.context(Scene.ANY, OffloadPolicy.TOKEN_ONLY);
            byte[] data = Data.bytes(5000);
            List<Talk> talks = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                Role role = Role.values()[i % 2];
                talks.add(Talk.of(Family.TLS13_GCM, role, context).handshake());
            }
            long calls = rig.seam().calls("C_Encrypt");
            long messages = rig.seam().calls("C_EncryptMessage");
            for (Talk talk : talks) {
                Outcomes.assertDone(
                        talk.ssl(), talk.ssl().write(ByteBuffer.wrap(data)), data.length);
                Data.assertSame(data, talk.received(), "with 19 others");
            }
            assertTrue(rig.seam().calls("C_Encrypt") > calls, "some without a session");
            assertTrue(rig.seam().calls("C_EncryptMessage") > messages, "some with one");
            talks.forEach(Talk::close);
            assertTrue(rig.holdings().mostSessions() <= 5, "half of 8, and one to work in");
            rig.assertNoKeyLeft();
            rig.assertNoNonceTwice(Family.TLS13_GCM);
        }
    }

    /** Real: all at once, and yet the sessions to work in are never all taken by keys. */
    @Test
    void keysThatComeTogetherLeaveSessionsToWorkIn() throws TokenException {
        int connections = 16;
        try (Rig rig =
                Rig.mocked(Kind.NSS, config -> config.maxSessions(8).messageEncryption(true))) {
            SslContext context = rig.context(Scene.ANY, OffloadPolicy.TOKEN_ONLY);
            byte[] data = Data.bytes(5000);
            CyclicBarrier together = new CyclicBarrier(connections);
            try (ExecutorService threads = Executors.newFixedThreadPool(connections)) {
                List<CompletableFuture<Void>> all = new ArrayList<>();
                for (int i = 0; i < connections; i++) {
                    all.add(
                            CompletableFuture.runAsync(
                                    () -> deliverTogether(context, data, together), threads));
                }
                all.forEach(CompletableFuture::join);
            }
            assertTrue(rig.seam().calls("C_EncryptMessage") > 0);
            assertTrue(rig.holdings().mostSessions() <= 8);
            rig.assertNoKeyLeft();
        }
    }

    /** Holds its key until all have written. */
    private static void deliverTogether(SslContext context, byte[] data, CyclicBarrier together) {
        try {
            together.await();
            try (Talk talk = Talk.of(Family.TLS13_GCM, Role.CLIENT, context).handshake()) {
                Outcomes.assertDone(
                        talk.ssl(), talk.ssl().write(ByteBuffer.wrap(data)), data.length);
                Data.assertSame(data, talk.received(), "beside others");
                together.await();
            }
        } catch (InterruptedException | BrokenBarrierException e) {
            throw new AssertionError(e);
        }
    }

    /** Real: who finds no session waits for one. */
    @Test
    void manyThreadsShareOneSession() throws TokenException {
        try (Rig rig = Rig.mocked(Kind.SOFTHSM, config -> config.maxSessions(2))) {
            SslContext context =
                    Link.builder(Scene.ANY).token(rig.token(), OffloadPolicy.TOKEN_ONLY).build();
            byte[] data = Data.bytes(200_000);
            try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
                List<CompletableFuture<Void>> all = new ArrayList<>();
                for (int i = 0; i < 16; i++) {
                    all.add(CompletableFuture.runAsync(() -> deliver(context, data), threads));
                }
                all.forEach(CompletableFuture::join);
            }
            assertEquals(2, rig.holdings().mostSessions());
            rig.assertNoKeyLeft();
        }
    }

    private static void deliver(SslContext context, byte[] data) {
        try (Talk talk = Talk.of(Family.TLS13_GCM, Role.CLIENT, context).handshake()) {
            Outcomes.assertDone(talk.ssl(), talk.ssl().write(ByteBuffer.wrap(data)), data.length);
            Data.assertSame(data, talk.received(), "beside others");
        }
    }

    /** Real: it keeps the keys, seals, and signs. */
    @ParameterizedTest
    @EnumSource(Kind.class)
    void oneSessionDoesAll(Kind kind) throws TokenException {
        try (Rig rig = Rig.mocked(kind, config -> config.maxSessions(1))) {
            byte[] data = Data.bytes(50_000);
            for (Family family : Family.of(kind)) {
                SslContext context =
                        rig.context(family.scene(Role.SERVER), OffloadPolicy.TOKEN_ONLY);
                try (Talk talk = Talk.of(family, Role.SERVER, context).handshake()) {
                    Outcomes.assertDone(
                            talk.ssl(), talk.ssl().write(ByteBuffer.wrap(data)), data.length);
                    Data.assertSame(data, talk.received(), family.name());
                }
            }
            assertEquals(1, rig.holdings().mostSessions());
            rig.assertNoKeyLeft();
            rig.assertNoNonceTwice(Family.TLS13_GCM);
        }
    }

    /**
     * A mock: the token has three sessions, and others have taken those that are not ours. The
     * token is well all the time, so that ours is used again when there is one.
     */
    @Tag("W25")
    @Tag("W26")
    @ParameterizedTest
    @EnumSource(
            value = OffloadPolicy.class,
            names = {"TOKEN_ONLY", "TOKEN_PREFERRED"})
    void othersHaveTakenTheSessions(OffloadPolicy policy) throws TokenException {
        Duration wait = Duration.ofMillis(500);
        try (Rig rig = Rig.mocked(Kind.NSS, config -> config.callTimeout(wait))) {
            SslContext context = rig.context(Scene.ANY, policy);
            loseASession(rig, context);
            rig.seam()
                    .failAlways(
                            "C_OpenSession",
                            (call, module) ->
                                    rig.holdings().sessions() >= 3
                                            ? Ckr.CKR_SESSION_COUNT
                                            : module.getAsLong());
            List<Long> others = new ArrayList<>();
            try (Talk talk = Talk.of(Family.TLS13_GCM, Role.CLIENT, context)) {
                Delivery delivery =
                        Delivery.of(
                                talk,
                                Moment.BEFORE_HANDSHAKE,
                                rig.sealers(),
                                () -> takeAllSessions(rig, others));
                if (policy == OffloadPolicy.TOKEN_ONLY) {
                    Judge.assertFailedClosed(delivery, SESSION_COUNT);
                } else {
                    Judge.assertDelivered(delivery);
                    String reason = context.statistics().latestFallbacks().getLast().reason();
                    assertTrue(SESSION_COUNT.matcher(reason).find(), reason);
                }
            }
            assertEquals(1, rig.holdings().sessions() - others.size(), "still that one");
            others.forEach(rig.seam().functions()::C_CloseSession);
            Judge.assertRecovered(context, Family.TLS13_GCM, policy, rig.token().toString());
            rig.assertNoKeyLeft();
            rig.assertNoNonceTwice(Family.TLS13_GCM);
        }
    }

    /** A session in which something fails is closed, though the token is not given up. */
    private static void loseASession(Rig rig, SslContext context) {
        try (Talk talk = Talk.of(Family.TLS13_GCM, Role.CLIENT, context).handshake()) {
            rig.seam().failAlways("C_EncryptInit", Faults.answering(Ckr.CKR_MECHANISM_INVALID));
            talk.ssl().write(ByteBuffer.allocate(1));
            rig.seam().heal();
            assertEquals(1, rig.holdings().sessions(), "the one that keeps the keys");
        }
    }

    private static void takeAllSessions(Rig rig, List<Long> taken) {
        while (takeOne(rig, taken)) {
            // Until there is none.
        }
        assertTrue(!taken.isEmpty(), "one was free");
    }

    private static boolean takeOne(Rig rig, List<Long> taken) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment session = arena.allocate(ValueLayout.JAVA_LONG);
            long slot = rig.module().slotOf(rig.config().token());
            long rv =
                    rig.seam()
                            .functions()
                            .C_OpenSession(slot, CKF_SERIAL_SESSION, 0, 0, session.address());
            if (rv == Ckr.CKR_OK) {
                taken.add(session.get(ValueLayout.JAVA_LONG, 0));
            }
            return rv == Ckr.CKR_OK;
        } catch (TokenException e) {
            throw new AssertionError(e);
        }
    }
}
