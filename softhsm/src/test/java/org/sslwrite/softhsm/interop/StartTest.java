package org.sslwrite.softhsm.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.sslwrite.IdentityException;
import org.sslwrite.OffloadPolicy;
import org.sslwrite.SslContext;
import org.sslwrite.TlsIdentity;
import org.sslwrite.Token;
import org.sslwrite.kit.Link;
import org.sslwrite.kit.Scene;
import org.sslwrite.kit.Scene.Role;
import org.sslwrite.pkcs11.TokenException;
import org.sslwrite.pkcs11.TokenRoute;
import org.sslwrite.pkcs11.config.TokenConfig;
import org.sslwrite.pkcs11.cryptoki.CryptokiToken.KeyPairKind;
import org.sslwrite.pkcs11.sun.SunPkcs11;
import org.sslwrite.protocol.CipherSuite;
import org.sslwrite.protocol.TlsVersion;
import org.sslwrite.seal.SealingParameters;
import org.sslwrite.softhsm.FaultyModule;
import org.sslwrite.softhsm.SoftwareToken;
import org.sslwrite.softhsm.SoftwareToken.Kind;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;

/** How many calls to a token it takes to make a context, key in the token and all. */
@Timeout(60)
class StartTest {
    private SoftwareToken software;
    private SoftwareToken.KeyPair key;
    private FaultyModule faulty;

    @BeforeEach
    void makeToken() throws TokenException, IdentityException {
        for (String reason :
                new String[] {
                    SoftwareToken.reasonAgainst(Kind.SOFTHSM), FaultyModule.reasonAgainst()
                }) {
            assumeTrue(reason == null, reason);
        }
        software = SoftwareToken.create(Kind.SOFTHSM);
        key = software.generateKeyPair(KeyPairKind.EC_P256);
        try (Token signer = Token.of(software.config())) {
            TlsIdentity made = signer.selfSigned("localhost", key.selector(), key.publicKey());
            software.storeCertificate(key, made.certificate());
        }
        faulty = FaultyModule.inFrontOf(software.config().module());
    }

    @AfterEach
    void close() {
        if (software != null) {
            software.close();
        }
        if (faulty != null) {
            faulty.close();
        }
    }

    private TokenConfig config(TokenRoute engine) throws TokenException {
        return software.config().toBuilder()
                .module(faulty.library())
                .key(key.selector())
                .engine(engine)
                .build();
    }

    private static SslContext context(Token token, OffloadPolicy policy) throws IdentityException {
        return SslContext.builder().identity(token.identity()).token(token, policy).build();
    }

    @ParameterizedTest(name = "{0}, {1}: fewer than {2}")
    @CsvSource({
        "CRYPTOKI,  TOKEN_ONLY,      100",
        "CRYPTOKI,  TOKEN_STRICT,    100",
        "CRYPTOKI,  TOKEN_PREFERRED, 100",
        "CRYPTOKI,  SOFTWARE,         40",
        "SUNPKCS11, TOKEN_ONLY,      130",
        "SUNPKCS11, TOKEN_STRICT,    130",
        "SUNPKCS11, TOKEN_PREFERRED, 130",
        "SUNPKCS11, SOFTWARE,         90",
    })
    void contextIsMadeWithFewCalls(TokenRoute engine, OffloadPolicy policy, int limit)
            throws TokenException, IdentityException {
        try (Token token = Token.of(config(engine))) {
            context(token, policy);
            // The JDK's provider asks for every mechanism that the token lists, and whoever looks
            // for a token for every slot, among which are tokens of other tests.
            long calls = faulty.calls();
            for (String each : List.of("C_GetMechanismInfo", "C_GetSlotInfo", "C_GetTokenInfo")) {
                calls -= faulty.calls(each);
            }
            long counted = calls;
            assertTrue(counted < limit, () -> counted + " calls: " + faulty);
        }
    }

    /** What is known of a token is not asked again, whoever opens it. */
    @ParameterizedTest
    @EnumSource(TokenRoute.class)
    void knownAnswersAreRemembered(TokenRoute engine) throws TokenException, IdentityException {
        for (OffloadPolicy policy :
                List.of(OffloadPolicy.TOKEN_ONLY, OffloadPolicy.TOKEN_PREFERRED)) {
            long before = faulty.calls("C_CreateObject");
            try (Token token = Token.of(config(engine))) {
                List<CipherSuite> suites = context(token, policy).cipherSuites();
                assertTrue(suites.size() > 10, suites::toString);
            }
            long keys = faulty.calls("C_CreateObject") - before;
            boolean first = policy == OffloadPolicy.TOKEN_ONLY;
            assertTrue(first ? keys > 0 : keys == 0, keys + " keys of trials");
        }
    }

    /** The JDK's provider asks for one mechanism after the other, and nobody waits for it. */
    @Test
    void certificatesAreReadWhileTheProviderIsMade() throws TokenException {
        faulty.hang("C_GetMechanismInfo");
        try (SunPkcs11 sun = new SunPkcs11(config(TokenRoute.SUNPKCS11))) {
            assertEquals(1, sun.certificates(key.selector()).size());
            faulty.release("C_GetMechanismInfo");
            assertEquals("EC", sun.privateKey(key.selector()).getAlgorithm());
        } finally {
            faulty.release("C_GetMechanismInfo");
        }
    }

    /** Who asks meanwhile waits for the answers. */
    @ParameterizedTest
    @EnumSource(TokenRoute.class)
    void nothingIsTriedTwiceAtOnce(TokenRoute route) throws Exception {
        List<SealingParameters> all =
                List.of(CipherSuite.values()).stream()
                        .map(suite -> new SealingParameters(suite.version(), suite, false))
                        .toList();
        try (Token token = Token.of(config(route))) {
            token.open();
            faulty.hang("C_CreateObject");
            List<FutureTask<Void>> both = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
                FutureTask<Void> each =
                        new FutureTask<>(
                                () -> {
                                    token.sealers().prepare(all);
                                    return null;
                                });
                both.add(each);
                Thread thread = Thread.ofPlatform().start(each);
                while (faulty.underWay("C_CreateObject") == 0
                        || thread.getState() == Thread.State.RUNNABLE) {
                    Thread.onSpinWait();
                }
            }
            faulty.release("C_CreateObject");
            for (FutureTask<Void> each : both) {
                each.get();
            }
        }
        // One or two for each cipher and MAC, and one to learn how AES-GCM takes its parameters.
        long keys = faulty.calls("C_CreateObject");
        assertTrue(keys <= 12, keys + " keys of trials");
    }

    /** A context asks for nothing that it cannot use. */
    @ParameterizedTest
    @EnumSource(TokenRoute.class)
    void nothingElseIsTried(TokenRoute engine) throws TokenException, IdentityException {
        try (Token token = Token.of(config(engine))) {
            SslContext.builder()
                    .identity(token.identity())
                    .versions(List.of(TlsVersion.TLSV1_3))
                    .cipherSuites(List.of(CipherSuite.TLS_AES_128_GCM_SHA256))
                    .token(token)
                    .build();
        }
        // One to learn how the parameters of AES-GCM are given, one for the trial.
        assertTrue(faulty.calls("C_CreateObject") <= 2, faulty::toString);
    }

    /** The handshake's records are the token's only if it must be so. */
    @ParameterizedTest(name = "{0}, {1}")
    @CsvSource({
        "TOKEN_ONLY,      1, 1",
        "TOKEN_PREFERRED, 1, 1",
        "TOKEN_STRICT,    2, 5",
        "SOFTWARE,        0, 0",
    })
    void connectionCostsFewCalls(OffloadPolicy policy, int keys, int records)
            throws TokenException, IdentityException {
        try (Token token = Token.of(config(TokenRoute.CRYPTOKI))) {
            Scene scene = new Scene(Role.SERVER, CipherSuite.TLS_AES_128_GCM_SHA256);
            Link link = Link.toJsse(scene, builder -> builder.token(token, policy));
            long keysBefore = faulty.calls("C_CreateObject");
            long recordsBefore = faulty.calls("C_Encrypt");
            try (link) {
                link.handshake();
                assertEquals(1, link.ssl().write(ByteBuffer.allocate(1)));
            }
            assertEquals(keys, faulty.calls("C_CreateObject") - keysBefore, "keys");
            assertEquals(records, faulty.calls("C_Encrypt") - recordsBefore, "records");
        }
    }
}
