package org.sslwrite.softhsm.failure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.sslwrite.IdentityException;
import org.sslwrite.OffloadPolicy;
import org.sslwrite.SslContext;
import org.sslwrite.SslContextStatistics;
import org.sslwrite.SslError;
import org.sslwrite.SslReason;
import org.sslwrite.TlsIdentity;
import org.sslwrite.Token;
import org.sslwrite.kit.Outcomes;
import org.sslwrite.kit.Pki;
import org.sslwrite.kit.Scene.Role;
import org.sslwrite.pkcs11.TokenException;
import org.sslwrite.pkcs11.TokenRoute;
import org.sslwrite.pkcs11.config.TokenConfig;
import org.sslwrite.pkcs11.cryptoki.CryptokiToken.KeyPairKind;
import org.sslwrite.seal.BreakerState;
import org.sslwrite.softhsm.FaultyModule;
import org.sslwrite.softhsm.SoftwareToken;
import org.sslwrite.softhsm.SoftwareToken.Kind;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** A token says CKR_OK, and one bit of what it gives is wrong. */
@Timeout(60)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LyingTokenTest {
    private Rig rig;
    private FaultyModule faulty;

    /** A line of the table. */
    record Row(
            TokenRoute engine, Family family, Role role, OffloadPolicy policy, String function) {}

    static List<Row> records() {
        List<Row> rows = new ArrayList<>();
        for (TokenRoute engine : TokenRoute.values()) {
            for (Family family : Family.of(Kind.SOFTHSM)) {
                for (String function : functions(engine, family)) {
                    Role role = Role.values()[rows.size() / 2 % 2];
                    for (OffloadPolicy policy : OffloadPolicy.values()) {
                        if (policy != OffloadPolicy.SOFTWARE) {
                            rows.add(new Row(engine, family, role, policy, function));
                        }
                    }
                }
            }
        }
        return rows;
    }

    /** SunPKCS11 encrypts and authenticates piece by piece what it can. */
    private static List<String> functions(TokenRoute engine, Family family) {
        if (family.isAead()) {
            return List.of("C_Encrypt");
        }
        return engine == TokenRoute.CRYPTOKI
                ? List.of("C_Encrypt", "C_Sign")
                : List.of("C_EncryptUpdate", "C_SignFinal");
    }

    @BeforeAll
    void open() throws TokenException {
        for (String reason :
                new String[] {
                    SoftwareToken.reasonAgainst(Kind.SOFTHSM), FaultyModule.reasonAgainst()
                }) {
            assumeTrue(reason == null, reason);
        }
        rig = Rig.real(Kind.SOFTHSM, TokenRoute.CRYPTOKI);
        faulty = FaultyModule.inFrontOf(rig.config().module());
    }

    @AfterEach
    void clear() {
        if (faulty != null) {
            faulty.clear();
        }
    }

    @AfterAll
    void close() {
        if (rig != null) {
            rig.close();
        }
        if (faulty != null) {
            faulty.close();
        }
    }

    private TokenConfig config(TokenRoute engine) throws TokenException {
        return rig.config().toBuilder().module(faulty.library()).engine(engine).build();
    }

    @Tag("W25")
    @Tag("W26")
    @ParameterizedTest(name = "{0}")
    @MethodSource("records")
    void firstRecordIsNotSent(Row row) throws TokenException {
        Pattern reason = Pattern.compile("the first record under a key is wrong");
        try (Token token = Token.of(config(row.engine))) {
            SslContext context =
                    Rig.builder(row.family.scene(row.role)).token(token, row.policy).build();
            try (Talk talk = Talk.of(row.family, row.role, context)) {
                Delivery delivery =
                        Delivery.of(
                                talk,
                                Moment.FIRST_RECORD,
                                rig.sealers(),
                                () -> faulty.corrupt(row.function));
                if (row.policy == OffloadPolicy.TOKEN_PREFERRED) {
                    Judge.assertGoneOnInSoftware(delivery, context, reason);
                    assertEquals(BreakerState.OPEN, context.statistics().breaker());
                } else {
                    Judge.assertFailedClosed(delivery, reason);
                    Judge.assertRecordsAfterData(delivery, 0);
                    // The alert may be tried too.
                    assertTrue(context.statistics().fallbacks() >= 1);
                }
            }
            faulty.clear();
            if (row.policy == OffloadPolicy.TOKEN_PREFERRED) {
                Judge.assertRecovered(context, row.family, row.policy, token.toString());
            }
        }
    }

    static List<Row> signatures() {
        List<Row> rows = new ArrayList<>();
        for (TokenRoute engine : TokenRoute.values()) {
            for (Family family : List.of(Family.TLS13_GCM, Family.TLS12_GCM)) {
                for (OffloadPolicy policy : OffloadPolicy.values()) {
                    rows.add(new Row(engine, family, Role.SERVER, policy, "C_Sign"));
                }
            }
        }
        return rows;
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("signatures")
    void wrongSignatureIsNotSent(Row row) throws TokenException, IdentityException {
        SoftwareToken.KeyPair key = rig.software().generateKeyPair(KeyPairKind.EC_P256);
        try (Token signer = Token.of(rig.config());
                Token token = Token.of(config(row.engine))) {
            TlsIdentity made = signer.selfSigned(Pki.HOST, key.selector(), key.publicKey());
            rig.software().storeCertificate(key, made.certificate());
            SslContext context =
                    SslContext.builder()
                            .identity(token.identity(key.selector()))
                            .versions(List.of(row.family.suite().version()))
                            .cipherSuites(List.of(row.family.suite()))
                            .token(token, row.policy)
                            .breaker(1, Duration.ofMinutes(1))
                            .build();
            faulty.corrupt(row.function);
            try (Talk talk = Talk.of(row.family, row.role, context)) {
                int result = talk.shakeHands();
                Outcomes.assertFailed(
                        talk.ssl(), result, -1, SslError.SSL, SslReason.INTERNAL_ERROR);
                String message = Outcomes.notNull(talk.ssl().failure()).message();
                assertTrue(message.contains("its signature is wrong"), message);
            }
            SslContextStatistics statistics = context.statistics();
            assertEquals(1, statistics.fallbacks());
            String signing = statistics.latestFallbacks().getFirst().engine();
            assertTrue(signing.startsWith(token + ": "), signing);
            if (row.policy == OffloadPolicy.TOKEN_PREFERRED) {
                assertEquals(BreakerState.OPEN, statistics.breaker());
            }
        }
    }
}
