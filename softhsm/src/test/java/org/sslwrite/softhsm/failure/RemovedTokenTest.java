package org.sslwrite.softhsm.failure;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.sslwrite.OffloadPolicy;
import org.sslwrite.SslContext;
import org.sslwrite.SslError;
import org.sslwrite.SslReason;
import org.sslwrite.kit.Outcomes;
import org.sslwrite.kit.Scene.Role;
import org.sslwrite.pkcs11.TokenRoute;
import org.sslwrite.softhsm.SoftwareToken.Kind;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A SoftHSM token is removed: its directory is gone. SoftHSM looks there when it is initialised and
 * not for session objects, so it seals on until then.
 */
@Timeout(60)
class RemovedTokenTest {
    private static final Pattern CKR = Pattern.compile("CKR_[A-Z_]+");
    private static final Pattern NO_TOKEN = Pattern.compile("has no token \"sslwrite-");

    static List<Arguments> rows() {
        List<Arguments> rows = new ArrayList<>();
        for (TokenRoute engine : TokenRoute.values()) {
            for (Family family : List.of(Family.TLS13_GCM, Family.CBC_MTE_SHA1)) {
                rows.add(Arguments.of(engine, family, OffloadPolicy.TOKEN_ONLY));
                rows.add(Arguments.of(engine, family, OffloadPolicy.TOKEN_PREFERRED));
            }
        }
        return rows;
    }

    @Tag("W25")
    @Tag("W26")
    @ParameterizedTest
    @MethodSource("rows")
    void policyIsKept(TokenRoute engine, Family family, OffloadPolicy policy) throws Exception {
        try (Rig rig = Rig.real(Kind.SOFTHSM, engine)) {
            SslContext context = rig.context(family.scene(Role.CLIENT), policy);
            Path directory = Outcomes.notNull(rig.software().tokenDirectory());
            Path elsewhere = directory.getParent().resolveSibling("removed-token");

            try (Talk talk = Talk.of(family, Role.CLIENT, context)) {
                Judge.assertDelivered(
                        Delivery.of(
                                talk,
                                Moment.MIDDLE_OF_WRITE,
                                rig.sealers(),
                                () -> move(directory, elsewhere)));
            }
            finalizedInTheMiddle(rig, family, policy, context);
            newConnectionsAreWithoutIt(family, policy, context);

            move(elsewhere, directory);
            Harm.MODULE_FINALIZED.strike(rig);
            Judge.assertRecovered(context, family, policy, rig.token().toString());
            rig.assertNoNonceTwice(family);
        }
    }

    /** Nothing answers again, so the peer cannot be told. */
    private static void finalizedInTheMiddle(
            Rig rig, Family family, OffloadPolicy policy, SslContext context) {
        try (Talk talk = Talk.of(family, Role.SERVER, context)) {
            Delivery delivery =
                    Delivery.of(
                            talk,
                            Moment.GATHERED_WRITE,
                            rig.sealers(),
                            () -> Harm.MODULE_FINALIZED.strike(rig));
            if (policy == OffloadPolicy.TOKEN_ONLY) {
                Judge.assertFailedClosed(delivery, CKR);
                Judge.assertRecordsAfterData(delivery, 0);
                Judge.assertPeerIsTold(delivery, false);
            } else {
                Judge.assertGoneOnInSoftware(delivery, context, CKR);
            }
        }
    }

    private static void newConnectionsAreWithoutIt(
            Family family, OffloadPolicy policy, SslContext context) {
        try (Talk talk = Talk.of(family, Role.CLIENT, context)) {
            int shaken = talk.shakeHands();
            if (policy == OffloadPolicy.TOKEN_ONLY) {
                Outcomes.assertFailed(
                        talk.ssl(), shaken, -1, SslError.SSL, SslReason.OFFLOAD_FAILED);
                String message = Outcomes.notNull(talk.ssl().failure()).message();
                assertEquals(1, NO_TOKEN.matcher(message).results().count(), message);
            } else {
                assertEquals(1, shaken);
                String reason = context.statistics().latestFallbacks().getLast().reason();
                assertEquals(1, NO_TOKEN.matcher(reason).results().count(), reason);
            }
        }
    }

    private static void move(Path from, Path to) {
        try {
            Files.move(from, to);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
