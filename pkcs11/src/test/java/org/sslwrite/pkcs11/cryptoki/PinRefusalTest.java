package org.sslwrite.pkcs11.cryptoki;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.sslwrite.pkcs11.KeySelector;
import org.sslwrite.pkcs11.TokenException;
import org.sslwrite.pkcs11.config.TokenConfig;
import org.sslwrite.pkcs11.cryptoki.ffi.Ckr;
import org.sslwrite.pkcs11.cryptoki.ffi.CryptokiException;
import org.sslwrite.pkcs11.cryptoki.ffi.TokenInfo;
import org.sslwrite.pkcs11.key.TokenPrivateKey;
import org.sslwrite.pkcs11.key.TokenSignatures;
import org.sslwrite.pkcs11.pin.Pin;
import org.sslwrite.pkcs11.timeout.NoAnswerException;

import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;

/** PINs: asked for once, tried once, and nobody waits for a person without limit. */
@Timeout(60)
class PinRefusalTest {
    private static final Duration SHORT = Duration.ofMillis(500);

    private final MockToken mock = new MockToken();
    private final MockFailures failures = MockFailures.over(mock);
    private final List<TokenConnection> connections = new ArrayList<>();

    private TokenConnection connection(TokenConfig.Builder config) throws TokenException {
        return connection(config, CryptokiModule.over(failures.functions(), "mock module"));
    }

    private TokenConnection connection(TokenConfig.Builder config, CryptokiModule module)
            throws TokenException {
        TokenConnection connection = new TokenConnection(config.build(), module);
        connections.add(connection);
        return connection;
    }

    private static TokenConfig.Builder wrongPin() {
        return MockToken.config().pin(token -> new Pin("4321".toCharArray()));
    }

    @AfterEach
    void close() {
        failures.heal();
        connections.forEach(TokenConnection::close);
        assertEquals(List.of(), failures.collisions());
    }

    @Test
    void aRefusalThatComesLateCountsToo() throws Exception {
        TokenConnection connection = connection(wrongPin().callTimeout(SHORT));
        failures.hang("C_Login");
        assertThrows(NoAnswerException.class, connection::token);
        assertThrows(NoAnswerException.class, connection::token, "not known yet");
        assertEquals(1, failures.calls("C_Login"));
        failures.release("C_Login");
        Waiting.until(() -> mock.wrongPins() == 1);
        Waiting.until(() -> message(connection).contains("not tried a second time"));
        assertEquals(1, failures.calls("C_Login"));
    }

    private static String message(TokenConnection connection) {
        return assertThrows(TokenException.class, connection::token).getMessage();
    }

    @Test
    void anUnansweredLoginHoldsUpEveryOther() throws Exception {
        CryptokiModule module = CryptokiModule.over(failures.functions(), "mock module");
        TokenConnection first = connection(MockToken.config().callTimeout(SHORT), module);
        TokenConnection second = connection(wrongPin().callTimeout(SHORT), module);
        failures.hang("C_Login");
        assertThrows(NoAnswerException.class, first::token);
        assertThrows(NoAnswerException.class, second::token);
        assertEquals(1, failures.calls("C_Login"));
        failures.release("C_Login");
        Waiting.until(() -> mock.sessions() == 0);
        assertEquals(1, failures.calls("C_Login"), "nobody waits for the second's any more");
    }

    @Test
    void aCorrectedPinIsTriedByAnotherConnection() throws Exception {
        CryptokiModule module = CryptokiModule.over(failures.functions(), "mock module");
        TokenConnection wrong = connection(wrongPin(), module);
        assertThrows(CryptokiException.class, wrong::token);
        connection(MockToken.config(), module).token();
        assertThrows(CryptokiException.class, wrong::token);
        assertEquals(1, mock.wrongPins());
    }

    @Test
    void signaturesAtTheSameTimeTryAWrongPinOnce() throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        mock.add(generator.generateKeyPair(), "web", new byte[] {1}, true);
        TokenPrivateKey key = connection(MockToken.config()).privateKey(KeySelector.byLabel("web"));
        mock.keyPin = "4321";
        int calls = failures.calls("C_Login");
        failures.hang("C_Login");
        List<CompletableFuture<Void>> signatures = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            signatures.add(elsewhere(() -> sign(key)));
        }
        Waiting.until(() -> failures.calls("C_SignInit") == 4);
        failures.release("C_Login");
        for (CompletableFuture<Void> each : signatures) {
            Throwable cause = assertThrows(ExecutionException.class, each::get).getCause();
            assertTrue(cause.getMessage().contains("CKR_PIN_INCORRECT"), cause.getMessage());
        }
        assertEquals(1, mock.wrongPins());
        assertEquals(1, failures.calls("C_Login") - calls);
    }

    private static void sign(TokenPrivateKey key) throws Exception {
        Signature signature = Signature.getInstance("SHA256withECDSA", TokenSignatures.PROVIDER);
        signature.initSign(key);
        signature.update(new byte[3]);
        signature.sign();
    }

    /** Something that is done in a thread. */
    @FunctionalInterface
    private interface Act {
        void run() throws Exception;
    }

    private static CompletableFuture<Void> elsewhere(Act act) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        Thread.ofVirtual()
                .start(
                        () -> {
                            try {
                                act.run();
                                done.complete(null);
                            } catch (Exception e) {
                                done.completeExceptionally(e);
                            }
                        });
        return done;
    }

    @Test
    void aPersonIsAskedOnceAndNobodyWaitsForHerWithoutLimit() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch answered = new CountDownLatch(1);
        AtomicInteger questions = new AtomicInteger();
        TokenConfig.Builder config =
                MockToken.config()
                        .callTimeout(SHORT)
                        .pin(
                                token -> {
                                    questions.incrementAndGet();
                                    asked.countDown();
                                    await(answered);
                                    return new Pin(MockToken.PIN.toCharArray());
                                });
        TokenConnection connection = connection(config);
        CompletableFuture<Void> first = elsewhere(connection::token);
        asked.await();
        assertThrows(NoAnswerException.class, connection::token);
        answered.countDown();
        first.get();
        CryptokiToken token = connection.token();
        token.condemn(new TokenException("a test"));
        assertNotSame(token, connection.token());
        assertEquals("1 2", questions + " " + mock.logins());
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void closingDoesNotWaitForAPerson() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch answered = new CountDownLatch(1);
        TokenConfig.Builder config =
                MockToken.config()
                        .pin(
                                token -> {
                                    asked.countDown();
                                    await(answered);
                                    return new Pin(MockToken.PIN.toCharArray());
                                });
        TokenConnection connection = connection(config);
        CompletableFuture<Void> first = elsewhere(connection::token);
        asked.await();
        CompletableFuture<Void> second = elsewhere(connection::token);
        Waiting.until(() -> connection.waiting() == 1);
        connection.close();
        assertThrows(ExecutionException.class, second::get);
        answered.countDown();
        Throwable closed = assertThrows(ExecutionException.class, first::get).getCause();
        assertTrue(closed.getMessage().endsWith("was closed"), closed.getMessage());
        assertEquals("0 false", mock.sessions() + " " + mock.isLoggedIn());
    }

    @Test
    void aKeypadHasNoDeadline() throws Exception {
        mock.tokenFlags = (int) TokenInfo.CKF_PROTECTED_AUTHENTICATION_PATH;
        TokenConnection connection =
                connection(MockToken.config().pin(token -> null).callTimeout(SHORT));
        failures.hang("C_Login");
        CompletableFuture<Void> opening = elsewhere(connection::token);
        failures.awaitHanging("C_Login");
        assertThrows(NoAnswerException.class, connection::token);
        assertTrue(!opening.isDone(), "it has waited longer than a call may take");
        failures.fail("C_Login", 0, Ckr.CKR_USER_ALREADY_LOGGED_IN);
        failures.release("C_Login");
        opening.get();
        connection.token();
    }
}
