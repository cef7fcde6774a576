package org.sslwrite.softhsm.failure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.sslwrite.OffloadPolicy;
import org.sslwrite.SslContext;
import org.sslwrite.kit.Scene.Role;
import org.sslwrite.pkcs11.TokenException;
import org.sslwrite.pkcs11.config.TokenConfig;
import org.sslwrite.pkcs11.cryptoki.CryptokiToken.KeyPairKind;
import org.sslwrite.softhsm.SoftwareToken.KeyPair;
import org.sslwrite.softhsm.SoftwareToken.Kind;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.function.UnaryOperator;

/**
 * No function of a token is called on a virtual thread: it would hold its carrier until the call
 * returns, and there are no more carriers than processors.
 */
@Timeout(60)
class CarrierTest {
    private enum Limit {
        DEFAULT(config -> config),
        NONE(config -> config.callTimeout(Duration.ZERO)),
        CHOSEN(config -> config.callTimeout(Duration.ofSeconds(20)));

        private final UnaryOperator<TokenConfig.Builder> change;

        Limit(UnaryOperator<TokenConfig.Builder> change) {
            this.change = change;
        }
    }

    private record Row(Kind kind, Family family, Role role, Limit limit, boolean messages) {
        @Override
        public String toString() {
            return "%s %s %s, limit %s%s"
                    .formatted(kind, family, role, limit, messages ? ", messages" : "");
        }
    }

    static List<Row> rows() {
        List<Row> rows = new ArrayList<>();
        for (Kind kind : Kind.values()) {
            for (Family family : Family.of(kind)) {
                for (Limit limit : Limit.values()) {
                    Role role = Role.values()[rows.size() % 2];
                    rows.add(new Row(kind, family, role, limit, false));
                    if (kind == Kind.NSS && family == Family.TLS13_GCM) {
                        rows.add(new Row(kind, family, role, limit, true));
                    }
                }
            }
        }
        return rows;
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("rows")
    void noCallHoldsACarrier(Row row) throws Exception {
        try (Rig rig =
                Rig.mocked(
                        row.kind,
                        config -> row.limit.change.apply(config.messageEncryption(row.messages)))) {
            long before = rig.seam().calls("C_OpenSession");
            onVirtualThread(() -> connections(rig, row));
            assertNotEquals(before, rig.seam().calls("C_OpenSession"), "the token was used");
            assertEquals(Set.of(), rig.holdings().calledOnVirtualThreads());
            rig.assertNoNonceTwice(row.family);
        }
    }

    /** The token is opened, used, loses its sessions, is opened again, signs, and is closed. */
    private static boolean connections(Rig rig, Row row) throws Exception {
        SslContext context = rig.context(row.family.scene(row.role), OffloadPolicy.TOKEN_ONLY);
        deliver(rig, row, context);
        Harm.SESSIONS_CLOSED.strike(rig);
        Judge.assertRecovered(
                context, row.family, OffloadPolicy.TOKEN_ONLY, rig.token().toString());
        deliver(rig, row, context);
        KeyPair pair = keyPair(rig);
        rig.token().selfSigned("carrier.test", pair.selector(), pair.publicKey());
        rig.token().close();
        return true;
    }

    private static void deliver(Rig rig, Row row, SslContext context) {
        try (Talk talk = Talk.of(row.family, row.role, context)) {
            Judge.assertDelivered(
                    Delivery.of(talk, Moment.BETWEEN_WRITES, rig.sealers(), () -> {}));
        }
    }

    /** The first try may find the sessions closed that the token of the test had of its own. */
    private static KeyPair keyPair(Rig rig) throws TokenException {
        try {
            return rig.software().generateKeyPair(KeyPairKind.EC_P256);
        } catch (TokenException e) {
            return rig.software().generateKeyPair(KeyPairKind.EC_P256);
        }
    }

    private static void onVirtualThread(Callable<Boolean> work) throws Exception {
        FutureTask<Boolean> task = new FutureTask<>(work);
        Thread.ofVirtual().start(task);
        task.get();
    }
}
