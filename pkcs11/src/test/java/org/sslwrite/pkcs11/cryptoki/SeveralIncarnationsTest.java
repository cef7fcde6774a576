package org.sslwrite.pkcs11.cryptoki;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.sslwrite.pkcs11.TokenException;
import org.sslwrite.pkcs11.TokenSelector;
import org.sslwrite.pkcs11.config.TokenConfig;
import org.sslwrite.pkcs11.cryptoki.ffi.Ckm;
import org.sslwrite.pkcs11.cryptoki.ffi.Ckr;
import org.sslwrite.pkcs11.cryptoki.ffi.CryptokiException;
import org.sslwrite.pkcs11.cryptoki.ffi.CryptokiFunctions;
import org.sslwrite.pkcs11.timeout.Deadline;
import org.sslwrite.pkcs11.timeout.NoAnswerException;

import java.lang.foreign.Arena;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;

/** What incarnations, connections and threads have in common: sessions, modules, failures. */
@Timeout(60)
class SeveralIncarnationsTest {
    private static final byte[] KEY = new byte[16];
    private static final Duration SHORT = Duration.ofMillis(200);

    private final MockToken mock = new MockToken();
    private final MockFailures failures = MockFailures.over(mock);
    private final Arena arena = Arena.ofShared();
    private final long memory = arena.allocate(64).address();
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

    @AfterEach
    void close() {
        failures.heal();
        connections.forEach(TokenConnection::close);
        arena.close();
    }

    private void seal(AeadOperation operation) throws TokenException {
        operation.encrypt(new byte[12], new byte[5], memory, 3, memory);
    }

    private static AeadOperation gcm(TokenConnection connection) throws TokenException {
        return connection.token().aead(Ckm.CKM_AES_GCM, KEY);
    }

    private static void condemn(TokenConnection connection) throws TokenException {
        connection.token().condemn(new TokenException("a test"));
    }

    @Test
    void closingEndsIncarnationsThatFailedToo() throws Exception {
        TokenConnection connection = connection(MockToken.config());
        AeadOperation operation = gcm(connection);
        condemn(connection);
        connection.token();
        seal(operation);
        connection.close();
        assertEquals("0 0", mock.sessions() + " " + mock.objects());
        CryptokiException e = assertThrows(CryptokiException.class, () -> seal(operation));
        assertEquals("CKR_SESSION_CLOSED", e.code());
    }

    @Test
    void maxSessionsHoldsForAllIncarnationsTogether() throws Exception {
        TokenConnection connection = connection(MockToken.config().maxSessions(4));
        List<AeadOperation> operations = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            operations.add(gcm(connection));
            seal(operations.getLast());
            condemn(connection);
        }
        assertTrue(mock.mostSessions() <= 4, mock.mostSessions() + " sessions");
        operations.forEach(AeadOperation::close);
        seal(gcm(connection));
    }

    @Test
    void anIncarnationThatFailedGetsNoSessionMoreThanThat() throws Exception {
        TokenConnection connection =
                connection(MockToken.config().maxSessions(3).callTimeout(Duration.ofSeconds(1)));
        AeadOperation old = gcm(connection);
        condemn(connection);
        AeadOperation next = gcm(connection);
        failures.hang("C_Encrypt");
        CompletableFuture<Void> call = elsewhere(() -> seal(next));
        failures.awaitHanging("C_Encrypt");
        CryptokiException e = assertThrows(CryptokiException.class, () -> seal(old));
        assertEquals("CKR_SESSION_COUNT", e.code());
        failures.release("C_Encrypt");
        call.get();
        assertEquals(3, mock.mostSessions());
    }

    @Test
    void anIncarnationThatFailedKeepsNoIdleSessions() throws Exception {
        TokenConnection connection = connection(MockToken.config());
        AeadOperation operation = gcm(connection);
        seal(operation);
        CryptokiToken first = connection.token();
        condemn(connection);
        assertNotSame(first, connection.token());
        assertEquals(1, first.sessionsAlive());
        seal(operation);
        assertEquals(1, first.sessionsAlive());
    }

    @Test
    void aShortageOfSessionsDoesNotCondemn() throws Exception {
        TokenConnection connection =
                connection(MockToken.config().maxSessions(2).callTimeout(Duration.ofSeconds(1)));
        AeadOperation first = gcm(connection);
        failures.hang("C_Encrypt");
        CompletableFuture<Void> call = elsewhere(() -> seal(first));
        failures.awaitHanging("C_Encrypt");
        CryptokiToken token = connection.token();
        token.module().aeadLayouts().clear(); // so that a key needs a session
        CryptokiException e = assertThrows(CryptokiException.class, () -> gcm(connection));
        assertEquals("CKR_SESSION_COUNT", e.code());
        assertFalse(token.isCondemned());
        failures.release("C_Encrypt");
        call.get();
        assertSame(token, connection.token());
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
    void aHungTokenTakesOneThread() throws Exception {
        TokenConnection connection = connection(MockToken.config().callTimeout(SHORT));
        failures.hang("C_GetSlotList");
        for (int i = 0; i < 50; i++) {
            assertThrows(NoAnswerException.class, connection::token);
        }
        assertEquals(1, failures.calls("C_GetSlotList"));
        failures.release("C_GetSlotList");
        Waiting.until(() -> isOpen(connection));
    }

    private static boolean isOpen(TokenConnection connection) {
        try {
            return connection.token() != null;
        } catch (TokenException e) {
            return false;
        }
    }

    @Test
    void aHungInitialisationHoldsUpNobodyWithoutLimit() throws Exception {
        CryptokiModule module = CryptokiModule.over(failures.functions(), "mock module");
        module.finalizeModule();
        failures.hang("C_Initialize");
        TokenConnection first = connection(MockToken.config().callTimeout(SHORT), module);
        TokenConnection second =
                connection(MockToken.config().callTimeout(SHORT.multipliedBy(10)), module);
        assertThrows(NoAnswerException.class, first::token);
        TokenException e = assertThrows(TokenException.class, second::token);
        assertTrue(e.getMessage().contains("C_Initialize or C_Finalize"), e.getMessage());
        failures.release("C_Initialize");
        Waiting.until(() -> isOpen(first) && isOpen(second));
    }

    /** As p11-kit-proxy does it. */
    @Test
    void aModuleThatCountsItsInitialisationsIsNotTakenForFinalized() throws Exception {
        CryptokiModule module = CryptokiModule.over(counting(mock), "mock module");
        TokenConnection good = connection(MockToken.config(), module);
        AeadOperation operation = gcm(good);
        TokenConnection absent =
                connection(
                        MockToken.config().token(new TokenSelector.ByLabel("not there")), module);
        TokenException e = assertThrows(TokenException.class, absent::token);
        assertTrue(e.getMessage().contains("it has \"mock\""), e.getMessage());
        seal(operation);
        assertFalse(good.token().isCondemned());
        good.close();
        assertEquals("0 false", mock.sessions() + " " + mock.isLoggedIn());
    }

    private static CryptokiFunctions counting(CryptokiFunctions real) {
        return (CryptokiFunctions)
                Proxy.newProxyInstance(
                        CryptokiFunctions.class.getClassLoader(),
                        new Class<?>[] {CryptokiFunctions.class},
                        (proxy, method, arguments) -> {
                            try {
                                Object rv = method.invoke(real, arguments);
                                boolean again = rv.equals(Ckr.CKR_CRYPTOKI_ALREADY_INITIALIZED);
                                return again ? Ckr.CKR_OK : rv;
                            } catch (InvocationTargetException e) {
                                throw e.getCause();
                            }
                        });
    }

    @Test
    void oneKindOfKeyThatMayNotBeSensitiveIsOneKindOnly() throws Exception {
        mock.takesSensitiveHmacKeys = false;
        TokenConnection connection = connection(MockToken.config());
        gcm(connection).close();
        assertEquals(KeyProtection.SENSITIVE, connection.token().keyProtection());
        connection.token().hmac(Ckm.CKM_SHA256_HMAC, new byte[32]).close();
        assertEquals(KeyProtection.TOKEN_DEFAULT, connection.token().keyProtection());
        int sensitive = mock.sensitiveKeys();
        gcm(connection).close();
        assertEquals(1, mock.sensitiveKeys() - sensitive);
    }

    @Test
    void eachThreadThatWaitedHasItsOwnException() throws Exception {
        TokenConnection connection = connection(MockToken.config());
        failures.hang("C_OpenSession");
        List<CompletableFuture<Void>> all = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            all.add(elsewhere(connection::token));
        }
        failures.awaitHanging("C_OpenSession");
        Waiting.until(() -> connection.waiting() == 2);
        failures.fail("C_OpenSession", 0, Ckr.CKR_DEVICE_ERROR);
        failures.release("C_OpenSession");
        Map<Throwable, Boolean> thrown = new IdentityHashMap<>();
        Set<String> messages = new HashSet<>();
        for (CompletableFuture<Void> each : all) {
            Throwable cause = assertThrows(ExecutionException.class, each::get).getCause();
            thrown.put(cause, cause instanceof CryptokiException);
            messages.add(cause.getMessage());
        }
        assertEquals(3, thrown.size());
        assertFalse(thrown.containsValue(false));
        assertEquals(Set.of("the mock: C_OpenSession: CKR_DEVICE_ERROR"), messages);
    }

    @Test
    void callsThatHangHaveALimit() throws Exception {
        CompletableFuture<Boolean> never = new CompletableFuture<>();
        AtomicInteger hung = new AtomicInteger();
        try {
            TokenException e = null;
            while (e == null) {
                try {
                    Deadline.call(Duration.ofMillis(1), "the mock", never::join);
                } catch (NoAnswerException hangs) {
                    assertTrue(hung.incrementAndGet() <= Deadline.MAX_THREADS);
                } catch (TokenException rejected) {
                    e = rejected;
                }
            }
            assertTrue(e.getMessage().contains("calls are under way already"), e.getMessage());
            Deadline.leave(never::join);
        } finally {
            never.complete(true);
        }
    }
}
