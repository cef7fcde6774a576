package org.sslwrite.softhsm.failure;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.sslwrite.OffloadPolicy;
import org.sslwrite.SslContext;
import org.sslwrite.kit.Data;
import org.sslwrite.kit.Outcomes;
import org.sslwrite.kit.Scene;
import org.sslwrite.kit.Scene.Role;
import org.sslwrite.kit.ScriptedBio;
import org.sslwrite.pkcs11.TokenException;
import org.sslwrite.softhsm.SoftwareToken.Kind;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.regex.Pattern;

/**
 * A call hangs, by {@link FailingFunctions}: a mock, since no real token hangs on demand. The call
 * is done in the end, when nobody waits for it any more.
 */
@Timeout(60)
class HangingTokenTest {
    private static final Duration CALL_TIMEOUT = Duration.ofMillis(500);

    /** A hanging call, the destruction of its key, and another try; and a busy machine. */
    private static final Duration BOUND = CALL_TIMEOUT.multipliedBy(16);

    private static final Pattern NO_ANSWER =
            Pattern.compile("no answer within 0.5 s \\(callTimeout\\)");

    private Rig rig;

    /** A line of the table. */
    record Row(Family family, OffloadPolicy policy, Moment moment, String function) {
        @Override
        public String toString() {
            return "%s %s %s: %s".formatted(family, policy, moment, function);
        }
    }

    static List<Row> rows() {
        List<Row> rows = new ArrayList<>();
        for (OffloadPolicy policy :
                List.of(OffloadPolicy.TOKEN_ONLY, OffloadPolicy.TOKEN_PREFERRED)) {
            rows.add(row(Family.TLS13_GCM, policy, Moment.BEFORE_HANDSHAKE, "C_CreateObject"));
            rows.add(row(Family.TLS12_GCM, policy, Moment.IN_HANDSHAKE, "C_Encrypt"));
            rows.add(row(Family.TLS13_GCM, policy, Moment.MIDDLE_OF_WRITE, "C_EncryptInit"));
            rows.add(row(Family.TLS13_CHACHA20, policy, Moment.GATHERED_WRITE, "C_Encrypt"));
            rows.add(row(Family.TLS12_GCM, policy, Moment.MIDDLE_OF_WRITE, "C_Encrypt"));
            rows.add(row(Family.CBC_MTE_SHA256, policy, Moment.FIRST_RECORD, "C_Sign"));
            rows.add(row(Family.CBC_ETM_SHA384, policy, Moment.BETWEEN_WRITES, "C_Encrypt"));
        }
        OffloadPolicy strict = OffloadPolicy.TOKEN_STRICT;
        rows.add(row(Family.TLS13_GCM, strict, Moment.IN_HANDSHAKE, "C_Encrypt"));
        return rows;
    }

    private static Row row(Family family, OffloadPolicy policy, Moment moment, String function) {
        return new Row(family, policy, moment, function);
    }

    @BeforeEach
    void open() throws TokenException {
        rig = Rig.mocked(Kind.NSS, config -> config.callTimeout(CALL_TIMEOUT));
    }

    @AfterEach
    void everythingIsGivenBack() {
        rig.close();
        await("objects", () -> rig.holdings().objects() == 0);
        await("sessions", () -> rig.holdings().sessions() == 0);
    }

    static List<Row> messages() {
        List<Row> rows = new ArrayList<>();
        for (OffloadPolicy policy :
                List.of(OffloadPolicy.TOKEN_ONLY, OffloadPolicy.TOKEN_PREFERRED)) {
            rows.add(row(Family.TLS13_GCM, policy, Moment.MIDDLE_OF_WRITE, "C_EncryptMessage"));
            rows.add(row(Family.TLS12_GCM, policy, Moment.GATHERED_WRITE, "C_EncryptMessage"));
        }
        return rows;
    }

    @Tag("W25")
    @Tag("W26")
    @ParameterizedTest(name = "{0}")
    @MethodSource("messages")
    void messageIsGivenUpInTime(Row row) throws TokenException {
        rig.close();
        rig =
                Rig.mocked(
                        Kind.NSS,
                        config -> config.callTimeout(CALL_TIMEOUT).messageEncryption(true));
        recordIsGivenUpInTime(row);
    }

    @Tag("W25")
    @Tag("W26")
    @ParameterizedTest(name = "{0}")
    @MethodSource("rows")
    void recordIsGivenUpInTime(Row row) {
        SslContext context = rig.context(row.family.scene(Role.CLIENT), row.policy);
        Hang hang = new Hang();
        try (Talk talk = Talk.of(row.family, Role.CLIENT, context)) {
            long start = System.nanoTime();
            Delivery delivery =
                    Delivery.of(
                            talk,
                            row.moment,
                            rig.sealers(),
                            () -> rig.seam().failNext(row.function, hang));
            assertInTime(start);
            hang.awaitBegun();
            if (row.policy != OffloadPolicy.TOKEN_PREFERRED) {
                Judge.assertFailedClosed(delivery, NO_ANSWER);
                Judge.assertPeerIsTold(delivery, false);
            } else {
                Judge.assertGoneOnInSoftware(delivery, context, NO_ANSWER);
            }
            Judge.assertRecovered(context, row.family, row.policy, rig.token().toString());
            byte[] wire = talk.transport().wire();
            byte[] received = talk.received();
            hang.release();
            assertArrayEquals(wire, talk.transport().wire(), "the late answer goes nowhere");
            assertArrayEquals(received, talk.received(), "nor to the peer");
        } finally {
            hang.letGo();
        }
        Judge.assertRecovered(context, row.family, row.policy, rig.token().toString());
        rig.assertNoNonceTwice(row.family);
    }

    /** What was sealed by software while the token's answer was late stays whole. */
    @Tag("W26")
    @Test
    void lateAnswerCorruptsNothing() {
        SslContext context = rig.context(Scene.ANY, OffloadPolicy.TOKEN_PREFERRED);
        Hang hang = new Hang();
        byte[] data = Data.bytes(100_000);
        try (Talk talk = Talk.of(Family.TLS13_GCM, Role.CLIENT, context).handshake()) {
            rig.seam().fail("C_Encrypt", 3, 1, hang);
            // The transport takes nothing: all that is sealed waits in the connection's memory.
            talk.transport().onOtherWrites(ScriptedBio.RETRY);
            ByteBuffer src = ByteBuffer.wrap(data);
            assertEquals(-1, talk.ssl().write(src));
            hang.release();
            talk.transport().onOtherWrites(ScriptedBio.PASS);
            Outcomes.assertDone(talk.ssl(), talk.ssl().write(src), data.length);
            Data.assertSame(data, talk.received(), "with a late answer in between");
        }
        rig.assertNoNonceTwice(Family.TLS13_GCM);
    }

    /** The end of a connection is a call to the token too. */
    @ParameterizedTest
    @ValueSource(strings = {"C_DestroyObject"})
    void closingIsGivenUpInTime(String function) {
        SslContext context = rig.context(Scene.ANY, OffloadPolicy.TOKEN_ONLY);
        Hang hang = new Hang();
        Talk talk = Talk.of(Family.TLS13_GCM, Role.CLIENT, context).handshake();
        rig.seam().failNext(function, hang);
        long start = System.nanoTime();
        talk.close();
        assertInTime(start);
        hang.awaitBegun();
        Judge.assertRecovered(
                context, Family.TLS13_GCM, OffloadPolicy.TOKEN_ONLY, rig.token().toString());
        hang.release();
    }

    /** It cannot even be opened; while that call hangs, nobody waits for another. */
    @ParameterizedTest
    @ValueSource(strings = {"C_GetSlotList", "C_GetTokenInfo", "C_OpenSession"})
    void openingIsGivenUpInTime(String function) {
        Hang hang = new Hang();
        rig.seam().failNext(function, hang);
        long start = System.nanoTime();
        SslContext context = rig.context(Scene.ANY, OffloadPolicy.TOKEN_PREFERRED);
        assertInTime(start);
        hang.awaitBegun();
        try (Talk talk = Talk.of(Family.TLS13_GCM, Role.CLIENT, context).handshake()) {
            assertEquals(1, talk.ssl().write(ByteBuffer.allocate(1)));
            assertEquals(Rig.SOFTWARE, talk.ssl().statistics().sealedBy().getFirst().engine());
        }
        hang.release();
        Judge.assertRecovered(
                context, Family.TLS13_GCM, OffloadPolicy.TOKEN_PREFERRED, rig.token().toString());
    }

    /** Everything hangs: each connection waits for it a few times at most, until the breaker. */
    @Tag("W26")
    @Test
    void softwareServesWhileEverythingHangs() {
        SslContext context = rig.context(Scene.ANY, OffloadPolicy.TOKEN_PREFERRED);
        Judge.assertRecovered(
                context, Family.TLS13_GCM, OffloadPolicy.TOKEN_PREFERRED, rig.token().toString());
        List<Hang> hangs = new ArrayList<>();
        for (String function : List.of("C_EncryptInit", "C_CreateObject", "C_OpenSession")) {
            Hang hang = new Hang();
            hangs.add(hang);
            rig.seam().failAlways(function, hang);
        }
        byte[] data = Data.bytes(50_000);
        for (int i = 0; i < 2; i++) {
            long start = System.nanoTime();
            try (Talk talk = Talk.of(Family.TLS13_GCM, Role.SERVER, context).handshake()) {
                Outcomes.assertDone(
                        talk.ssl(), talk.ssl().write(ByteBuffer.wrap(data)), data.length);
                Data.assertSame(data, talk.received(), "by software");
            }
            assertInTime(start);
        }
        rig.seam().heal();
        hangs.forEach(Hang::letGo);
        Judge.assertRecovered(
                context, Family.TLS13_GCM, OffloadPolicy.TOKEN_PREFERRED, rig.token().toString());
        rig.assertNoNonceTwice(Family.TLS13_GCM);
    }

    private static void assertInTime(long start) {
        Duration taken = Duration.ofNanos(System.nanoTime() - start);
        assertTrue(taken.compareTo(BOUND) < 0, () -> "it took " + taken);
    }

    private static void await(String what, BooleanSupplier condition) {
        long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() < end, what + " are left");
            Thread.onSpinWait();
        }
    }
}
