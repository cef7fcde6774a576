package org.sslwrite.softhsm.failure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.sslwrite.OffloadPolicy;
import org.sslwrite.SslContext;
import org.sslwrite.kit.Scene.Role;
import org.sslwrite.pkcs11.TokenException;
import org.sslwrite.pkcs11.TokenRoute;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** Real tokens, really broken, through the C API and through SunPKCS11. */
@Timeout(60)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BrokenTokenTest {
    /** A line of the table. */
    record Row(Way way, Family family, Role role, OffloadPolicy policy, Moment moment, Harm harm) {
        @Override
        public String toString() {
            return "%s, %s %s %s %s: %s".formatted(way, family, role, policy, moment, harm);
        }

        /** Whether the record's number is free, and there is a key to be given to the token. */
        boolean isSealedAgain() {
            return !way.isMessage(family) && (moment.isAfterHandshake() || !family.isTls13());
        }
    }

    private final Map<Way, Rig> rigs = new HashMap<>();

    static List<Row> rows() {
        List<Row> rows = new ArrayList<>();
        for (Way way : Way.all()) {
            for (Family family : Family.of(way.kind())) {
                for (Moment moment : Moment.of(family)) {
                    for (Harm harm : Harm.values()) {
                        Role role = Role.values()[rows.size() / 2 % 2];
                        for (OffloadPolicy policy : moment.policies(family)) {
                            rows.add(new Row(way, family, role, policy, moment, harm));
                        }
                    }
                }
            }
        }
        return rows;
    }

    @BeforeAll
    void open() throws TokenException {
        for (Way way : Way.all()) {
            rigs.put(way, Rig.real(way));
        }
    }

    @AfterAll
    void close() {
        rigs.values().forEach(Rig::close);
    }

    @Tag("W25")
    @Tag("W26")
    @ParameterizedTest(name = "{0}")
    @MethodSource("rows")
    void policyIsKept(Row row) throws TokenException {
        Rig rig = rigs.get(row.way);
        String engine = rig.token().toString();
        SslContext context = rig.context(row.family.scene(row.role), row.policy);
        beWell(row, context, engine);
        Pattern reason = Pattern.compile("CKR_[A-Z_]+");
        try (Talk talk = Talk.of(row.family, row.role, context)) {
            Delivery delivery =
                    Delivery.of(talk, row.moment, rig.sealers(), () -> row.harm.strike(rig));
            if (row.moment == Moment.BEFORE_HANDSHAKE) {
                Judge.assertDelivered(delivery);
                assertEquals(0, context.statistics().fallbacks(), "the token itself is well");
            } else if (row.policy != OffloadPolicy.TOKEN_PREFERRED && row.isSealedAgain()) {
                Judge.assertGoneOnInToken(delivery, context, engine, reason);
            } else if (row.policy != OffloadPolicy.TOKEN_PREFERRED) {
                Judge.assertFailedClosed(delivery, reason);
                if (row.moment.isAfterHandshake()) {
                    Judge.assertRecordsAfterData(delivery, 0);
                    Judge.assertPeerIsTold(delivery, false);
                }
            } else {
                Judge.assertGoneOnInSoftware(delivery, context, reason);
            }
        }
        Judge.assertRecovered(context, row.family, row.policy, engine);
        rig.assertNoNonceTwice(row.family);
        assertTrue(rig.census().sessions() < 20, "no more than what works now, and pools");
    }

    /**
     * What the row before has left. SunPKCS11 closes sessions when the collector finds them, by
     * handles that SoftHSM may have given to others since they died: whoever has one of those then
     * fails once more.
     */
    private static void beWell(Row row, SslContext context, String engine) {
        try {
            Judge.assertRecovered(context, row.family, row.policy, engine);
        } catch (AssertionError e) {
            boolean collected = String.valueOf(e.getMessage()).contains("SESSION_HANDLE_INVALID");
            if (row.way.engine() != TokenRoute.SUNPKCS11 || !collected) {
                throw e;
            }
            Judge.assertRecovered(context, row.family, row.policy, engine);
        }
    }
}
