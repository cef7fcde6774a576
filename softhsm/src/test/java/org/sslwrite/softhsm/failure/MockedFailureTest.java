package org.sslwrite.softhsm.failure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.sslwrite.OffloadPolicy;
import org.sslwrite.SslContext;
import org.sslwrite.kit.Scene.Role;
import org.sslwrite.pkcs11.TokenException;
import org.sslwrite.pkcs11.cryptoki.ffi.Ckr;
import org.sslwrite.seal.SealedBy;
import org.sslwrite.softhsm.SoftwareToken.Kind;
import org.sslwrite.softhsm.SunCleaner;
import org.sslwrite.softhsm.failure.FailingFunctions.Fault;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * One call of one C function fails, by {@link FailingFunctions}: a mock, since no real token breaks
 * at the call and with the code one asks for. The token behind it is real.
 */
@Timeout(60)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class MockedFailureTest {
    private final Map<Kind, Rig> rigs = new EnumMap<>(Kind.class);

    /** AES-GCM by C_EncryptMessage. */
    private Rig messages;

    private Rig rig(Row row) {
        return row.breakage.isOfMessages() ? messages : rigs.get(row.kind);
    }

    private List<Rig> allRigs() {
        List<Rig> all = new ArrayList<>(rigs.values());
        all.add(messages);
        return all;
    }

    /**
     * What fails, and how.
     *
     * @param says what messages have of it, as a regular expression
     * @param begins whether the token was given the plaintext
     */
    record Breakage(String function, String how, Fault fault, String says, boolean begins) {
        private static final Set<String> BEGINNING = Set.of("C_Encrypt", "C_EncryptMessage");

        boolean isOfMessages() {
            return function.contains("Message");
        }

        static Breakage code(String function, long rv) {
            String code = Ckr.name(rv);
            return new Breakage(
                    function,
                    code,
                    Faults.answering(rv),
                    function + ": " + code,
                    BEGINNING.contains(function));
        }

        static Breakage late(String function, long rv) {
            String code = Ckr.name(rv);
            return new Breakage(
                    function,
                    code + " afterwards",
                    Faults.answeringAfterwards(rv),
                    function + ": " + code,
                    BEGINNING.contains(function));
        }

        static Breakage lie(String function, long delta) {
            return new Breakage(
                    function,
                    "length off by " + delta,
                    Faults.lyingBy(delta),
                    function + ": CKR_OK: it gave \\d+ bytes where \\d+ are due",
                    true);
        }

        @Override
        public String toString() {
            return function + " " + how;
        }
    }

    /** A line of the table. */
    record Row(
            Kind kind,
            Family family,
            Role role,
            OffloadPolicy policy,
            Moment moment,
            Breakage breakage) {
        @Override
        public String toString() {
            return "%s %s %s %s %s: %s".formatted(kind, family, role, policy, moment, breakage);
        }

        /**
         * Whether an alert can follow: the number of the record that failed is free, and the token
         * takes its key.
         */
        boolean isFollowedByAlert() {
            return moment.isAfterHandshake()
                    && !breakage.function.equals("C_CreateObject")
                    && (!family.isAead() || !breakage.begins);
        }

        /**
         * Whether the token is given the key again, and then seals the record that failed: its
         * number is free, and there is a key to be given. TLS 1.3 has none in the handshake.
         */
        boolean isSealedAgain() {
            return (moment.isAfterHandshake() || !family.isTls13())
                    && !breakage.function.equals("C_CreateObject")
                    && (!family.isAead() || !breakage.begins);
        }

        /** Whether the token had the plaintext before software got it, under the same nonce. */
        boolean isTakenOver() {
            return family.isAead() && breakage.begins && policy == OffloadPolicy.TOKEN_PREFERRED;
        }

        /**
         * How many records follow those of the data: an alert, or the KeyUpdate that was sealed.
         */
        int recordsAfterData() {
            boolean keyUpdate =
                    moment == Moment.KEY_UPDATE && breakage.function.equals("C_CreateObject");
            return keyUpdate || isFollowedByAlert() ? 1 : 0;
        }
    }

    private static final List<Long> CODES =
            List.of(
                    Ckr.CKR_DEVICE_ERROR,
                    Ckr.CKR_SESSION_COUNT,
                    Ckr.CKR_GENERAL_ERROR,
                    Ckr.CKR_DEVICE_REMOVED,
                    Ckr.CKR_HOST_MEMORY,
                    Ckr.CKR_MECHANISM_INVALID,
                    Ckr.CKR_VENDOR_DEFINED + 7);

    /** Everything that can go wrong with a record, in the middle of a write. */
    private static List<Breakage> everyBreakage(String init, String work) {
        List<Breakage> all = new ArrayList<>();
        for (long code : CODES) {
            all.add(Breakage.code(init, code));
        }
        all.addAll(everyBreakage(work));
        return all;
    }

    private static List<Breakage> everyBreakage(String work) {
        List<Breakage> all = new ArrayList<>();
        for (long code : CODES) {
            all.add(Breakage.code(work, code));
        }
        all.add(Breakage.late(work, Ckr.CKR_DEVICE_ERROR));
        for (long delta : new long[] {-1, 1, 16, Integer.MAX_VALUE, Long.MIN_VALUE}) {
            all.add(Breakage.lie(work, delta));
        }
        return all;
    }

    /** Once of each kind, for every moment. */
    private static List<Breakage> oneOfEachKind(String init, String work) {
        return List.of(
                Breakage.code(init, Ckr.CKR_DEVICE_ERROR),
                Breakage.late(work, Ckr.CKR_DEVICE_REMOVED),
                Breakage.lie(work, -1));
    }

    static List<Row> everyBreakageInTheMiddle() {
        List<Row> rows = new ArrayList<>();
        for (Family family : List.of(Family.TLS13_GCM, Family.TLS12_GCM, Family.CBC_MTE_SHA256)) {
            List<Breakage> all = new ArrayList<>(everyBreakage("C_EncryptInit", "C_Encrypt"));
            if (!family.isAead()) {
                all.addAll(everyBreakage("C_SignInit", "C_Sign"));
            }
            addRows(rows, Kind.NSS, family, Moment.MIDDLE_OF_WRITE, all);
        }
        return rows;
    }

    static List<Row> everyMoment() {
        List<Row> rows = new ArrayList<>();
        for (Family family : Family.values()) {
            for (Moment moment : Moment.of(family)) {
                List<Breakage> breakages = new ArrayList<>();
                if (moment != Moment.BEFORE_HANDSHAKE) {
                    breakages.addAll(oneOfEachKind("C_EncryptInit", "C_Encrypt"));
                    if (!family.isAead()) {
                        breakages.addAll(oneOfEachKind("C_SignInit", "C_Sign"));
                    }
                }
                addRows(rows, Kind.NSS, family, moment, breakages);
            }
        }
        return rows;
    }

    /** Where keys are brought into the token; again and again, for once is made good. */
    static List<Row> newKeys() {
        List<Row> rows = new ArrayList<>();
        for (Kind kind : Kind.values()) {
            for (Family family : Family.of(kind)) {
                for (long code : new long[] {Ckr.CKR_DEVICE_ERROR, Ckr.CKR_SESSION_READ_ONLY}) {
                    List<Breakage> breakages = List.of(Breakage.code("C_CreateObject", code));
                    addRows(rows, kind, family, Moment.BEFORE_HANDSHAKE, breakages);
                    if (family.isTls13()) {
                        addRows(rows, kind, family, Moment.KEY_UPDATE, breakages);
                    }
                }
            }
        }
        return rows;
    }

    /** The other token too. */
    static List<Row> softhsm() {
        List<Row> rows = new ArrayList<>();
        for (Family family : Family.of(Kind.SOFTHSM)) {
            addRows(
                    rows,
                    Kind.SOFTHSM,
                    family,
                    Moment.GATHERED_WRITE,
                    oneOfEachKind("C_EncryptInit", "C_Encrypt"));
        }
        return rows;
    }

    /** The message interface: everything in the middle of a write, and one of each kind ever. */
    static List<Row> messages() {
        List<Row> rows = new ArrayList<>();
        for (Family family : List.of(Family.TLS13_GCM, Family.TLS12_GCM)) {
            List<Breakage> all = new ArrayList<>(everyBreakage("C_EncryptMessage"));
            all.add(Breakage.code("C_EncryptMessage", Ckr.CKR_SESSION_HANDLE_INVALID));
            all.add(Breakage.code("C_EncryptMessage", Ckr.CKR_OPERATION_NOT_INITIALIZED));
            addRows(rows, Kind.NSS, family, Moment.MIDDLE_OF_WRITE, all);
            for (Moment moment : Moment.of(family)) {
                if (moment != Moment.BEFORE_HANDSHAKE) {
                    addRows(
                            rows,
                            Kind.NSS,
                            family,
                            moment,
                            List.of(
                                    Breakage.late("C_EncryptMessage", Ckr.CKR_DEVICE_REMOVED),
                                    Breakage.lie("C_EncryptMessage", -1)));
                }
            }
        }
        return rows;
    }

    private static void addRows(
            List<Row> rows, Kind kind, Family family, Moment moment, List<Breakage> breakages) {
        for (Breakage breakage : breakages) {
            Role role = Role.values()[rows.size() / 2 % 2];
            for (OffloadPolicy policy : moment.policies(family)) {
                rows.add(new Row(kind, family, role, policy, moment, breakage));
            }
        }
    }

    @BeforeAll
    void open() throws TokenException {
        for (Kind kind : Kind.values()) {
            rigs.put(kind, Rig.mocked(kind));
        }
        messages = Rig.mocked(Kind.NSS, builder -> builder.messageEncryption(true));
    }

    @AfterAll
    void close() {
        for (Rig rig : allRigs()) {
            rig.close();
            assertEquals(0, rig.holdings().objects());
            assertEquals(0, rig.holdings().sessions());
        }
    }

    @Tag("W25")
    @Tag("W26")
    @ParameterizedTest(name = "{0}")
    @MethodSource({"everyBreakageInTheMiddle", "everyMoment", "softhsm", "messages"})
    void recordFails(Row row) throws TokenException {
        Rig rig = rig(row);
        int strikes = rig.seam().strikes();
        fail(row, 1, () -> rig.seam().failNext(row.breakage.function, row.breakage.fault));
        assertEquals(strikes + 1, rig.seam().strikes(), "the call was made, and failed");
    }

    @Tag("W25")
    @Tag("W26")
    @ParameterizedTest(name = "{0}")
    @MethodSource("newKeys")
    void newKeyIsNotTaken(Row row) throws TokenException {
        Rig rig = rig(row);
        fail(row, 2, () -> rig.seam().failAlways(row.breakage.function, row.breakage.fault));
    }

    static List<Row> freeNumbers() {
        return Stream.concat(everyMoment().stream(), softhsm().stream())
                .filter(row -> row.policy == OffloadPolicy.TOKEN_ONLY && row.isFollowedByAlert())
                .toList();
    }

    /** The key is given to the token again, and that is of no help. */
    @Tag("W25")
    @ParameterizedTest(name = "{0}")
    @MethodSource("freeNumbers")
    void recordFailsAgain(Row row) throws TokenException {
        Rig rig = rig(row);
        Breakage breakage = row.breakage;
        fail(row, 2, () -> rig.seam().fail(breakage.function, 1, 2, breakage.fault));
    }

    /**
     * @param times that it fails
     */
    private void fail(Row row, int times, Runnable breaking) throws TokenException {
        Rig rig = rig(row);
        SslContext context = rig.context(row.family.scene(row.role), row.policy);
        Pattern reason = Pattern.compile(row.breakage.says);
        try (Talk talk = Talk.of(row.family, row.role, context)) {
            Delivery delivery = Delivery.of(talk, row.moment, rig.sealers(), breaking);
            if (row.policy != OffloadPolicy.TOKEN_PREFERRED && times == 1 && row.isSealedAgain()) {
                Judge.assertGoneOnInToken(delivery, context, rig.token().toString(), reason);
            } else if (row.policy != OffloadPolicy.TOKEN_PREFERRED) {
                Judge.assertFailedClosed(delivery, reason);
                Judge.assertRecordsAfterData(delivery, row.recordsAfterData());
                Judge.assertPeerIsTold(delivery, row.isFollowedByAlert());
            } else {
                Judge.assertGoneOnInSoftware(delivery, context, reason);
            }
        }
        rig.seam().heal();
        Judge.assertRecovered(context, row.family, row.policy, rig.token().toString());
        rig.assertNoKeyLeft();
        int takenOver = rig.assertNoNonceTwice(row.family);
        assertEquals(row.isTakenOver() ? 1 : 0, takenOver, "records by the token and by software");
        assertTrue(rig.holdings().sessions() <= 3, "no more than what works now");
    }

    static List<Row> lostSessions() {
        List<Row> rows = new ArrayList<>();
        for (Family family : Family.values()) {
            for (Moment moment : List.of(Moment.BEFORE_HANDSHAKE, Moment.KEY_UPDATE)) {
                if (Moment.of(family).contains(moment)) {
                    addRows(
                            rows,
                            Kind.NSS,
                            family,
                            moment,
                            List.of(Breakage.code("C_CreateObject", Ckr.CKR_SESSION_CLOSED)));
                }
            }
        }
        return rows;
    }

    /** Nothing is sealed with a new key yet: a token that is well can take it in new sessions. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("lostSessions")
    void sessionsThatDiedUnnoticedAreReplaced(Row row) throws TokenException {
        Rig rig = rig(row);
        SslContext context = rig.context(row.family.scene(row.role), row.policy);
        try (Talk talk = Talk.of(row.family, row.role, context)) {
            Delivery delivery =
                    Delivery.of(
                            talk,
                            row.moment,
                            rig.sealers(),
                            () -> rig.seam().failNext(row.breakage.function, row.breakage.fault));
            Judge.assertDelivered(delivery);
            assertEquals(0, context.statistics().fallbacks());
            assertEquals(
                    List.of(rig.token().toString()),
                    talk.ssl().statistics().sealedBy().stream().map(SealedBy::engine).toList());
        }
        rig.assertNoKeyLeft();
        rig.assertNoNonceTwice(row.family);
    }

    /** Cipher key and MAC key of a record must be in the token at the same time. */
    @Test
    void sessionsThatDieBetweenTheTwoKeysAreReplaced() throws TokenException {
        Rig rig = rigs.get(Kind.NSS);
        Family family = Family.CBC_MTE_SHA256;
        SslContext context = rig.context(family.scene(Role.CLIENT), OffloadPolicy.TOKEN_ONLY);
        long slot = rig.module().slotOf(rig.config().token());
        try (Talk talk = Talk.of(family, Role.CLIENT, context)) {
            rig.seam()
                    .fail(
                            "C_CreateObject",
                            2,
                            1,
                            (call, module) -> {
                                SunCleaner.awaitAsleep();
                                rig.seam().functions().C_CloseAllSessions(slot);
                                return module.getAsLong();
                            });
            Judge.assertDelivered(
                    Delivery.of(talk, Moment.BETWEEN_WRITES, rig.sealers(), () -> {}));
        }
        rig.assertNoNonceTwice(family);
    }

    @AfterEach
    void heal() {
        allRigs().forEach(rig -> rig.seam().heal());
    }
}
