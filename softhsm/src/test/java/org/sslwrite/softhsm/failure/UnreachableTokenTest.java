package org.sslwrite.softhsm.failure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.sslwrite.OffloadPolicy;
import org.sslwrite.SslContext;
import org.sslwrite.SslFallback;
import org.sslwrite.Token;
import org.sslwrite.kit.Data;
import org.sslwrite.kit.Link;
import org.sslwrite.kit.Outcomes;
import org.sslwrite.kit.Scene;
import org.sslwrite.kit.Scene.Role;
import org.sslwrite.pkcs11.TokenException;
import org.sslwrite.pkcs11.TokenRoute;
import org.sslwrite.pkcs11.TokenSelector;
import org.sslwrite.pkcs11.config.TokenConfig;
import org.sslwrite.pkcs11.cryptoki.CryptokiModule;
import org.sslwrite.pkcs11.cryptoki.ffi.Ckr;
import org.sslwrite.pkcs11.pin.PinSource;
import org.sslwrite.softhsm.SoftwareToken;
import org.sslwrite.softhsm.SoftwareToken.Kind;
import org.sslwrite.softhsm.junit.WithToken;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.regex.Pattern;

/** Tokens that are not where the configuration says, or do not let us in. */
@Timeout(60)
@WithToken(Kind.SOFTHSM)
class UnreachableTokenTest {
    private static final long CKF_USER_PIN_COUNT_LOW = 0x10000;

    @TempDir private Path folder;

    private final SoftwareToken softhsm;

    UnreachableTokenTest(SoftwareToken softhsm) {
        this.softhsm = softhsm;
    }

    /** Why there is no token, and what the messages say. */
    private enum Obstacle {
        LIBRARY_MISSING("no such file") {
            @Override
            void raise(TokenConfig.Builder config, Path folder) {
                config.module(folder.resolve("libtoken.so"));
            }
        },
        LIBRARY_IS_TEXT("cannot be loaded: .*(invalid ELF header|file too short|not)") {
            @Override
            void raise(TokenConfig.Builder config, Path folder) throws IOException {
                config.module(Files.writeString(folder.resolve("libtoken.so"), "x".repeat(9999)));
            }
        },
        LIBRARY_IS_EMPTY("cannot be loaded: ") {
            @Override
            void raise(TokenConfig.Builder config, Path folder) throws IOException {
                config.module(Files.createFile(folder.resolve("libtoken.so")));
            }
        },
        LIBRARY_IS_ANOTHER("exports no C_GetFunctionList, so it is not a PKCS#11 module") {
            @Override
            void raise(TokenConfig.Builder config, Path folder) {
                String name = System.mapLibraryName("java");
                config.module(Path.of(System.getProperty("java.home"), "lib", name));
            }
        },
        LABEL_UNKNOWN("has no token \"elsewhere\"; it has .*\"sslwrite-") {
            @Override
            void raise(TokenConfig.Builder config, Path folder) {
                config.token(new TokenSelector.ByLabel("elsewhere"));
            }
        },
        PIN_WRONG("C_Login: CKR_PIN_INCORRECT: the PIN is not tried a second time") {
            @Override
            void raise(TokenConfig.Builder config, Path folder) {
                config.pin(PinSource.of("not this".toCharArray()));
            }
        };

        private final Pattern says;

        Obstacle(String says) {
            this.says = Pattern.compile(says);
        }

        abstract void raise(TokenConfig.Builder config, Path folder) throws IOException;
    }

    static List<Arguments> obstacles() {
        List<Arguments> rows = new ArrayList<>();
        for (Obstacle obstacle : Obstacle.values()) {
            for (TokenRoute engine : TokenRoute.values()) {
                rows.add(Arguments.of(obstacle, engine));
            }
        }
        return rows;
    }

    private TokenConfig config(Obstacle obstacle, TokenRoute engine) throws Exception {
        TokenConfig.Builder config = softhsm.config().toBuilder().engine(engine);
        obstacle.raise(config, folder);
        return config.build();
    }

    @ParameterizedTest
    @MethodSource("obstacles")
    void tokenOnlyIsRefusedWhenTheContextIsBuilt(Obstacle obstacle, TokenRoute engine)
            throws Exception {
        try (Token token = Token.of(config(obstacle, engine))) {
            for (int i = 0; i < 2; i++) {
                SslContext.Builder builder =
                        Link.builder(Scene.ANY).token(token, OffloadPolicy.TOKEN_ONLY);
                String message =
                        assertThrows(IllegalArgumentException.class, builder::build).getMessage();
                assertSays(obstacle, message);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("obstacles")
    void softwareSealsUnderTokenPreferred(Obstacle obstacle, TokenRoute engine) throws Exception {
        try (Token token = Token.of(config(obstacle, engine))) {
            SslContext context =
                    Link.builder(Scene.ANY)
                            .providers(List.of("SunJCE"))
                            .token(token, OffloadPolicy.TOKEN_PREFERRED)
                            .build();
            for (int i = 0; i < 4; i++) {
                assertEquals("SunJCE", engineOfConnection(context));
            }
            List<SslFallback> fallbacks = context.statistics().latestFallbacks();
            assertEquals(3, fallbacks.size(), "so many open the breaker, and no more are tried");
            for (SslFallback fallback : fallbacks) {
                assertEquals(token.toString(), fallback.engine());
                assertEquals("SunJCE", fallback.successor());
                assertSays(obstacle, fallback.reason());
            }
        }
    }

    private static void assertSays(Obstacle obstacle, String message) {
        assertTrue(obstacle.says.matcher(message).find(), message);
        Outcomes.assertOneLine(message);
    }

    private static String engineOfConnection(SslContext context) {
        try (Talk talk = Talk.of(Family.TLS13_GCM, Role.SERVER, context).handshake()) {
            byte[] data = Data.bytes(1000);
            Outcomes.assertDone(talk.ssl(), talk.ssl().write(ByteBuffer.wrap(data)), data.length);
            Data.assertSame(data, talk.received(), "what arrived");
            return talk.ssl().statistics().sealedBy().getLast().engine();
        }
    }

    /** The token's software is installed while we run. */
    @ParameterizedTest
    @EnumSource(TokenRoute.class)
    void libraryThatComesLaterIsUsed(TokenRoute engine) throws Exception {
        TokenConfig config = config(Obstacle.LIBRARY_MISSING, engine);
        try (Token token = Token.of(config)) {
            SslContext context =
                    Rig.builder(Scene.ANY)
                            .providers(List.of("SunJCE"))
                            .token(token, OffloadPolicy.TOKEN_PREFERRED)
                            .build();
            assertEquals("SunJCE", engineOfConnection(context));
            Files.createSymbolicLink(config.module(), softhsm.config().module());
            Judge.assertRecovered(
                    context, Family.TLS13_GCM, OffloadPolicy.TOKEN_PREFERRED, token.toString());
        }
    }

    /** SoftHSM counts: after one wrong PIN it says so, and the right one clears it. */
    @Test
    void wrongPinIsTriedOnceHoweverManyAsk() throws Exception {
        try (Rig rig = Rig.mocked(Kind.SOFTHSM, c -> c.pin(PinSource.of("wrong".toCharArray())))) {
            SslContext context = rig.context(Scene.ANY, OffloadPolicy.TOKEN_PREFERRED);
            for (int i = 0; i < 5; i++) {
                assertEquals(Rig.SOFTWARE, engineOfConnection(context));
            }
            allAtOnce(8, () -> assertThrows(TokenException.class, rig.token()::open));
            assertEquals(1, rig.seam().calls("C_Login"));
            assertTrue(isCountingWrongPins(rig.module(), rig.config()));
            assertTrue(
                    context.statistics()
                            .latestFallbacks()
                            .getFirst()
                            .reason()
                            .contains("CKF_USER_PIN_COUNT_LOW"));
            try (Token right = Token.of(rig.software().config())) {
                right.open();
                assertTrue(!isCountingWrongPins(rig.module(), rig.config()), "it is not locked");
            }
        }
    }

    private static boolean isCountingWrongPins(CryptokiModule module, TokenConfig config)
            throws TokenException {
        long flags = module.tokenInfo(module.slotOf(config.token())).flags();
        return (flags & CKF_USER_PIN_COUNT_LOW) != 0;
    }

    /** A mock: SoftHSM locks nobody out. */
    @Test
    void lockedPinIsTriedOnce() throws Exception {
        try (Rig rig = Rig.mocked(Kind.SOFTHSM)) {
            rig.seam().failAlways("C_Login", Faults.answering(Ckr.CKR_PIN_LOCKED));
            SslContext context = rig.context(Scene.ANY, OffloadPolicy.TOKEN_PREFERRED);
            for (int i = 0; i < 3; i++) {
                assertEquals(Rig.SOFTWARE, engineOfConnection(context));
            }
            assertEquals(1, rig.seam().calls("C_Login"));
            String reason = context.statistics().latestFallbacks().getLast().reason();
            assertTrue(reason.contains("C_Login: CKR_PIN_LOCKED: too many wrong PINs"), reason);
            assertEquals(0, rig.holdings().sessions(), "nothing is left open");
        }
    }

    private static void allAtOnce(int threads, Runnable task) {
        CountDownLatch ready = new CountDownLatch(threads);
        try (ExecutorService executor = Executors.newFixedThreadPool(threads)) {
            List<CompletableFuture<Void>> all = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                all.add(
                        CompletableFuture.runAsync(
                                () -> {
                                    ready.countDown();
                                    task.run();
                                },
                                executor));
            }
            all.forEach(CompletableFuture::join);
        }
    }
}
