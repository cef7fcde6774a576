package org.sslwrite.pkcs11.cryptoki;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.sslwrite.pkcs11.KeySelector;
import org.sslwrite.pkcs11.TokenException;
import org.sslwrite.pkcs11.config.TokenConfig;
import org.sslwrite.pkcs11.cryptoki.ffi.Ckm;
import org.sslwrite.pkcs11.cryptoki.ffi.Ckr;
import org.sslwrite.pkcs11.cryptoki.ffi.CryptokiException;
import org.sslwrite.pkcs11.cryptoki.ffi.Memory;
import org.sslwrite.pkcs11.cryptoki.ffi.TokenInfo;
import org.sslwrite.pkcs11.key.TokenPrivateKey;
import org.sslwrite.pkcs11.key.TokenSignatures;
import org.sslwrite.pkcs11.pin.Pin;
import org.sslwrite.pkcs11.pin.PinSource;
import org.sslwrite.pkcs11.vendor.VendorCatalogue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.reflect.Field;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/** Incarnations of a token: how they open, fail, and follow one another. */
@Timeout(120)
class TokenConnectionTest {
    private static final byte[] KEY = new byte[16];
    private static final byte[] AAD = {1, 2, 3, 4, 5};

    private final MockToken mock = new MockToken();
    private final MockFailures failures = MockFailures.over(mock);
    private final Arena arena = Arena.ofShared();
    private final MemorySegment buffer = arena.allocate(64);
    private int nonces;

    private TokenConnection connection;

    @BeforeEach
    void connect() throws TokenException {
        connection = MockToken.connection(failures.functions());
    }

    @AfterEach
    void close() {
        failures.heal();
        connection.close();
        assertEquals(List.of(), failures.collisions());
        arena.close();
    }

    private TokenConnection connection(TokenConfig.Builder config) throws TokenException {
        return new TokenConnection(
                config.build(), CryptokiModule.over(failures.functions(), "mock module"));
    }

    /** Seals a record and compares it with what it must be. */
    private void seal(AeadOperation operation) throws Exception {
        byte[] nonce = new byte[12];
        nonce[0] = (byte) ++nonces;
        byte[] plaintext = {9, 8, 7};
        Memory.put(buffer.address(), plaintext);
        operation.encrypt(nonce, AAD, buffer.address(), plaintext.length, buffer.address());
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(
                Cipher.ENCRYPT_MODE,
                new SecretKeySpec(KEY, "AES"),
                new GCMParameterSpec(128, nonce));
        cipher.updateAAD(AAD);
        assertArrayEquals(
                cipher.doFinal(plaintext), buffer.asSlice(0, 19).toArray(ValueLayout.JAVA_BYTE));
    }

    private AeadOperation gcm() throws TokenException {
        return connection.token().aead(Ckm.CKM_AES_GCM, KEY);
    }

    @Test
    void opensOnceAndLeavesNothing() throws Exception {
        CryptokiToken token = connection.token();
        assertSame(token, connection.token());
        AeadOperation operation = gcm();
        seal(operation);
        seal(operation);
        assertEquals(1, token.objectsAlive());
        assertEquals(2, token.sessionsAlive());
        operation.close();
        operation.close();
        assertEquals(0, mock.objects());
        connection.close();
        connection.close();
        assertEquals(0, mock.sessions());
        assertFalse(mock.isLoggedIn());
        assertThrows(IllegalStateException.class, () -> seal(operation));
        assertThrows(TokenException.class, connection::token);
    }

    @Test
    void closingTheTokenUnderAnOperationLeavesNothingEither() throws Exception {
        AeadOperation operation = gcm();
        connection.close();
        assertEquals("0 0", mock.sessions() + " " + mock.objects());
        CryptokiException e = assertThrows(CryptokiException.class, () -> seal(operation));
        assertEquals("CKR_SESSION_CLOSED", e.code());
        operation.close();
    }

    @Test
    void aTokenWithoutLoginIsAskedForNoPin() throws Exception {
        mock.loginRequired = false;
        TokenConfig.Builder config =
                MockToken.config()
                        .pin(
                                token -> {
                                    throw new TokenException("asked");
                                });
        try (TokenConnection other = connection(config)) {
            other.token().cbc(KEY).close();
        }
        assertEquals(0, failures.calls("C_Login"));
    }

    @Test
    void noPinMeansNoLogin() throws Exception {
        try (TokenConnection other = connection(MockToken.config().pin(token -> null))) {
            other.token();
        }
        assertEquals(0, failures.calls("C_Login"));
    }

    @Test
    void theLastOfOneModuleLogsOut() throws Exception {
        CryptokiModule module = CryptokiModule.over(failures.functions(), "mock module");
        TokenConnection first = new TokenConnection(MockToken.config().build(), module);
        TokenConnection second = new TokenConnection(MockToken.config().build(), module);
        first.token();
        second.token();
        first.close();
        assertTrue(mock.isLoggedIn());
        second.close();
        assertEquals(1, failures.calls("C_Logout"));
        assertFalse(mock.isLoggedIn());
    }

    @Test
    void aWrongPinIsTriedOnce() throws Exception {
        TokenConfig.Builder config = MockToken.config().pin(token -> new Pin("4321".toCharArray()));
        try (TokenConnection other = connection(config)) {
            CryptokiException e = assertThrows(CryptokiException.class, other::token);
            assertEquals("C_Login CKR_PIN_INCORRECT", e.function() + " " + e.code());
            assertTrue(e.getMessage().contains("not tried a second time"), e.getMessage());
            assertFalse(e.getMessage().contains("4321"), e.getMessage());
            for (int i = 0; i < 5; i++) {
                TokenException again = assertThrows(TokenException.class, other::token);
                assertEquals(e.getMessage(), again.getMessage());
            }
        }
        assertEquals(1, mock.wrongPins());
        assertEquals(0, mock.sessions());
    }

    @Test
    void theLastTriesAreAnnounced() throws Exception {
        List<String> messages = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            TokenConfig.Builder config =
                    MockToken.config().pin(token -> new Pin("4321".toCharArray()));
            try (TokenConnection other = connection(config)) {
                messages.add(assertThrows(TokenException.class, other::token).getMessage());
            }
        }
        assertTrue(messages.get(1).contains("CKF_USER_PIN_FINAL_TRY"), messages.get(1));
        assertTrue(messages.get(2).contains("CKF_USER_PIN_LOCKED"), messages.get(2));
        assertTrue(messages.get(3).contains("CKR_PIN_LOCKED: too many"), messages.get(3));
    }

    @ParameterizedTest
    @ValueSource(
            longs = {
                Ckr.CKR_PIN_LOCKED,
                Ckr.CKR_PIN_EXPIRED,
                Ckr.CKR_PIN_LEN_RANGE,
                Ckr.CKR_PIN_INVALID,
                Ckr.CKR_PIN_TOO_WEAK
            })
    void noRefusedPinIsTriedAgain(long rv) throws Exception {
        failures.fail("C_Login", rv);
        String first = assertThrows(TokenException.class, connection::token).getMessage();
        assertEquals(first, assertThrows(TokenException.class, connection::token).getMessage());
        assertTrue(first.contains(Ckr.name(rv)), first);
        assertEquals(1, failures.calls("C_Login"));
    }

    /** Not at once, and ever more seldom, lest a token counts them after all. */
    @ParameterizedTest
    @ValueSource(
            longs = {
                Ckr.CKR_USER_PIN_NOT_INITIALIZED,
                Ckr.CKR_FUNCTION_CANCELED,
                Ckr.CKR_FUNCTION_REJECTED,
                Ckr.CKR_ARGUMENTS_BAD,
                Ckr.CKR_OPERATION_ACTIVE,
                Ckr.CKR_TOKEN_RESOURCE_EXCEEDED,
                Ckr.CKR_USER_ANOTHER_ALREADY_LOGGED_IN,
                Ckr.CKR_VENDOR_DEFINED | 17,
                Ckr.CKR_GENERAL_ERROR,
                Ckr.CKR_FUNCTION_FAILED
            })
    void aLoginThatFailsInPassingIsNoWrongPin(long rv) throws Exception {
        failures.fail("C_Login", rv);
        String first = assertThrows(TokenException.class, connection::token).getMessage();
        assertTrue(first.contains(Ckr.name(rv)), first);
        for (int i = 0; i < 100; i++) {
            try {
                connection.token();
                break;
            } catch (CryptokiException e) {
                assertEquals(first, e.getMessage());
            }
        }
        assertTrue(failures.calls("C_Login") <= 2);
        Waiting.until(this::opens);
        assertEquals(2, failures.calls("C_Login"));
    }

    private boolean opens() {
        try {
            connection.token();
            return true;
        } catch (TokenException e) {
            return false;
        }
    }

    /** Whatever it is called, the token has counted it. */
    @Test
    void aFailureThatTheTokenCountsIsAWrongPin() throws Exception {
        MockToken counting =
                new MockToken() {
                    @Override
                    public synchronized long C_Login(long session, long user, long pin, long n) {
                        tokenFlags |= (int) TokenInfo.CKF_USER_PIN_COUNT_LOW;
                        return Ckr.CKR_VENDOR_DEFINED | 17;
                    }
                };
        try (TokenConnection other = MockToken.connection(counting)) {
            String first = assertThrows(TokenException.class, other::token).getMessage();
            assertTrue(first.contains("not tried a second time"), first);
            assertTrue(first.contains("CKF_USER_PIN_COUNT_LOW"), first);
            assertEquals(first, assertThrows(TokenException.class, other::token).getMessage());
        }
    }

    @Test
    void anotherFailureOfTheLoginIsTriedAgain() throws Exception {
        failures.fail("C_Login", Ckr.CKR_DEVICE_ERROR);
        assertThrows(CryptokiException.class, connection::token);
        connection.token();
    }

    static Stream<Long> deaths() {
        return Stream.of(
                Ckr.CKR_SESSION_HANDLE_INVALID,
                Ckr.CKR_SESSION_CLOSED,
                Ckr.CKR_DEVICE_ERROR,
                Ckr.CKR_DEVICE_REMOVED,
                Ckr.CKR_TOKEN_NOT_PRESENT,
                Ckr.CKR_TOKEN_NOT_RECOGNIZED,
                Ckr.CKR_CRYPTOKI_NOT_INITIALIZED,
                Ckr.CKR_USER_NOT_LOGGED_IN,
                Ckr.CKR_KEY_HANDLE_INVALID,
                Ckr.CKR_OBJECT_HANDLE_INVALID,
                Ckr.CKR_GENERAL_ERROR,
                Ckr.CKR_DEVICE_MEMORY,
                Ckr.CKR_HOST_MEMORY,
                Ckr.CKR_FUNCTION_FAILED);
    }

    @ParameterizedTest
    @MethodSource("deaths")
    void aDeadIncarnationIsFollowedByANewOne(long rv) throws Exception {
        CryptokiToken first = connection.token();
        AeadOperation operation = gcm();
        seal(operation);
        failures.fail("C_Encrypt", rv);
        CryptokiException e = assertThrows(CryptokiException.class, () -> seal(operation));
        assertEquals(rv, e.rv());
        assertTrue(first.isCondemned());
        assertThrows(TokenException.class, () -> first.cbc(KEY));

        CryptokiToken second = connection.token();
        assertNotSame(first, second);
        AeadOperation next = gcm();
        seal(next);
        operation.close();
        seal(next);
        assertEquals(2, mock.sessions(), "the first's are gone");
        assertEquals(1, mock.objects());
        next.close();
        connection.close();
        assertEquals("0 0", mock.sessions() + " " + mock.objects());
    }

    @Test
    void otherFailuresDoNotCondemn() throws Exception {
        AeadOperation operation = gcm();
        failures.fail("C_Encrypt", Ckr.CKR_DATA_LEN_RANGE);
        assertThrows(CryptokiException.class, () -> seal(operation));
        assertFalse(connection.token().isCondemned());
        seal(operation);
        assertEquals(2, mock.sessions(), "the session that failed was closed");
        operation.close();
    }

    @Test
    void sessionsClosedBehindOurBack() throws Exception {
        AeadOperation operation = gcm();
        seal(operation);
        mock.C_CloseAllSessions(MockToken.SLOT);
        assertThrows(CryptokiException.class, () -> seal(operation));
        AeadOperation next = gcm();
        seal(next);
        operation.close();
        seal(next);
        next.close();
    }

    /** Handles restart with C_Finalize, so the old ones are the new incarnation's. */
    @Test
    void nothingOfTheOldIncarnationTouchesTheNewOne() throws Exception {
        AeadOperation old = gcm();
        AeadOperation oldToo = gcm();
        seal(old);
        mock.C_Finalize(0);
        assertThrows(CryptokiException.class, () -> seal(old));
        AeadOperation next = gcm();
        seal(next);
        int sessions = mock.sessions();
        int objects = mock.objects();
        CryptokiException e = assertThrows(CryptokiException.class, () -> seal(oldToo));
        assertEquals("CKR_SESSION_HANDLE_INVALID", e.code());
        old.close();
        oldToo.close();
        assertEquals(sessions, mock.sessions());
        assertEquals(objects, mock.objects());
        seal(next);
        next.close();
        assertEquals(0, mock.objects());
    }

    /** The module is finalized and initialised by others: only the handles that come again tell. */
    @Test
    void handlesThatComeAgainProveThatTheOldAreLost() throws Exception {
        CryptokiModule module = CryptokiModule.over(failures.functions(), "mock module");
        try (TokenConnection first = new TokenConnection(MockToken.config().build(), module);
                TokenConnection second = new TokenConnection(MockToken.config().build(), module)) {
            AeadOperation operation = first.token().aead(Ckm.CKM_AES_GCM, KEY);
            mock.C_Finalize(0);
            mock.C_Initialize(0);
            AeadOperation other = second.token().aead(Ckm.CKM_AES_GCM, new byte[32]);
            assertTrue(first.token() != null, "opened anew");
            CryptokiException e = assertThrows(CryptokiException.class, () -> seal(operation));
            assertTrue(e.getMessage().contains("has lost our sessions"), e.getMessage());
            operation.close();
            assertEquals(1, mock.objects());
            other.close();
            assertEquals(0, mock.objects());
        }
        assertEquals(0, mock.sessions());
    }

    @Test
    void finalizedByUs() throws Exception {
        AeadOperation operation = gcm();
        CryptokiModule module = connection.token().module();
        module.finalizeModule();
        assertTrue(assertThrows(CryptokiException.class, () -> seal(operation)) != null);
        seal(gcm());
        operation.close();
        seal(gcm());
    }

    static Stream<Arguments> whatIsTried() {
        return Stream.of(
                Arguments.of("C_GetSlotList"),
                Arguments.of("C_GetTokenInfo"),
                Arguments.of("C_OpenSession"),
                Arguments.of("C_GetSessionInfo"),
                Arguments.of("C_Login"),
                Arguments.of("C_CreateObject"),
                Arguments.of("C_EncryptInit"),
                Arguments.of("C_Encrypt"));
    }

    /** Every return value of every function, at every call: nothing is left, and it recovers. */
    @ParameterizedTest
    @MethodSource("whatIsTried")
    void everyFailureOfEveryCall(String function) throws Exception {
        int calls = callsOfAWholeLife(function);
        assertTrue(calls > 0);
        for (Field field : Ckr.class.getFields()) {
            long rv = field.getLong(null);
            for (int call = 1; rv != 0 && call <= calls; call++) {
                failOnce(function, call, rv, field.getName());
            }
        }
    }

    private int callsOfAWholeLife(String function) throws Exception {
        MockFailures counting = MockFailures.over(new MockToken());
        aWholeLife(MockToken.connection(counting.functions()));
        return counting.calls(function);
    }

    private void aWholeLife(TokenConnection connection) throws Exception {
        try (connection;
                AeadOperation aead = connection.token().aead(Ckm.CKM_AES_GCM, KEY);
                CbcOperation cbc = connection.token().cbc(KEY)) {
            seal(aead);
            cbc.encrypt(buffer.address(), buffer.address(), 32, buffer.address());
            seal(aead);
        }
    }

    private void failOnce(String function, int call, long rv, String name) throws Exception {
        MockToken token = new MockToken();
        MockFailures failing = MockFailures.over(token);
        TokenConnection connection = MockToken.connection(failing.functions());
        failing.fail(function, call, rv);
        String where = function + " " + call + " " + name;
        try (connection) {
            try (AeadOperation aead = connection.token().aead(Ckm.CKM_AES_GCM, KEY);
                    CbcOperation cbc = connection.token().cbc(KEY)) {
                seal(aead);
                cbc.encrypt(buffer.address(), buffer.address(), 32, buffer.address());
                seal(aead);
            } catch (TokenException e) {
                assertTrue(
                        e.getMessage().contains(name) || isTakenOtherwise(function, rv),
                        where + ": " + e.getMessage());
            }
            failing.heal();
            // Else it is tried again after a pause: aLoginThatFailsInPassingIsNoWrongPin.
            boolean isAtOnce = Ckr.condemns(rv) && !Ckr.saysNothing(rv);
            if (isAtOnce || !function.equals("C_Login")) {
                aWholeLifeInside(connection, where);
            }
        }
        assertEquals("0 0", token.sessions() + " " + token.objects(), where);
    }

    /** Then what comes of it later is reported. */
    private static boolean isTakenOtherwise(String function, long rv) {
        boolean tokenIsSkipped = function.equals("C_GetTokenInfo");
        boolean loginIsBelieved =
                function.equals("C_Login") && rv == Ckr.CKR_USER_ALREADY_LOGGED_IN;
        return tokenIsSkipped || loginIsBelieved;
    }

    private void aWholeLifeInside(TokenConnection connection, String where) {
        try (AeadOperation aead = connection.token().aead(Ckm.CKM_AES_GCM, KEY)) {
            seal(aead);
        } catch (Exception e) {
            throw new AssertionError(where + ": does not recover", e);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"C_DestroyObject", "C_CloseSession", "C_Logout"})
    void closingNeverThrows(String function) throws Exception {
        AeadOperation operation = gcm();
        seal(operation);
        failures.fail(function, 0, Ckr.CKR_DEVICE_ERROR);
        operation.close();
        connection.close();
        assertEquals(function.equals("C_CloseSession"), mock.sessions() + mock.objects() > 0);
    }

    @Test
    void aFailureDuringOperationsLeavesTheOthersGoing() throws Exception {
        AeadOperation first = gcm();
        AeadOperation second = gcm();
        failures.fail("C_Encrypt", Ckr.CKR_DEVICE_ERROR);
        assertThrows(CryptokiException.class, () -> seal(first));
        AeadOperation third = gcm();
        seal(second);
        seal(third);
        first.close();
        seal(second);
        second.close();
        assertEquals(1, mock.objects());
        assertEquals(2, mock.sessions());
        third.close();
    }

    @Test
    void theTokensSessionLimitIsKept() throws Exception {
        mock.maxSessions = 3;
        try (TokenConnection other = connection(MockToken.config())) {
            concurrently(8, other);
            assertTrue(mock.mostSessions() <= 3, mock.mostSessions() + " sessions");
        }
    }

    @Test
    void theConfiguredSessionLimitIsKept() throws Exception {
        try (TokenConnection other = connection(MockToken.config().maxSessions(2))) {
            concurrently(8, other);
            assertEquals(2, mock.mostSessions());
        }
    }

    private void concurrently(int threads, TokenConnection connection) throws Exception {
        List<CompletableFuture<Void>> all = new ArrayList<>();
        AtomicInteger records = new AtomicInteger();
        for (int i = 0; i < threads; i++) {
            all.add(
                    CompletableFuture.runAsync(
                            () -> manyRecords(connection, records), Thread::startVirtualThread));
        }
        for (CompletableFuture<Void> each : all) {
            each.get();
        }
        assertEquals(threads * 100, records.get());
    }

    private static void manyRecords(TokenConnection connection, AtomicInteger records) {
        try (Arena arena = Arena.ofConfined();
                AeadOperation operation = connection.token().aead(Ckm.CKM_AES_GCM, KEY)) {
            long at = arena.allocate(64).address();
            for (int i = 0; i < 100; i++) {
                operation.encrypt(new byte[12], AAD, at, 10, at);
                records.incrementAndGet();
            }
        } catch (TokenException e) {
            throw new AssertionError(e);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void oneSessionDoesAll(boolean isTheTokensLimit) throws Exception {
        mock.maxSessions = isTheTokensLimit ? 1 : 0;
        TokenConfig.Builder config = MockToken.config().maxSessions(isTheTokensLimit ? 0 : 1);
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        mock.add(generator.generateKeyPair(), "web", new byte[] {1}, false);
        connection.close();
        connection = connection(config);
        TokenPrivateKey key = connection.privateKey(KeySelector.byLabel("web"));
        AeadOperation operation = gcm();
        for (int i = 0; i < 3; i++) {
            seal(operation);
            sign(key);
        }
        operation.close();
        assertEquals("1 0", mock.mostSessions() + " " + mock.objects());
        connection.close();
        assertEquals("0 false", mock.sessions() + " " + mock.isLoggedIn());
        assertEquals(1, failures.calls("C_Logout"), "others may have sessions");
    }

    /** All keys go with the session, and the next session gives their handles to others. */
    @Test
    void whoseOnlySessionIsClosedUsesItsHandlesNoMore() throws Exception {
        mock.maxSessions = 1;
        AeadOperation operation = gcm();
        seal(operation);
        failures.fail("C_Encrypt", Ckr.CKR_DATA_LEN_RANGE);
        assertThrows(CryptokiException.class, () -> seal(operation));
        AeadOperation next = gcm();
        seal(next);
        int encryptions = failures.calls("C_EncryptInit");
        CryptokiException e = assertThrows(CryptokiException.class, () -> seal(operation));
        assertEquals("CKR_SESSION_CLOSED", e.code());
        assertEquals(encryptions, failures.calls("C_EncryptInit"));
        operation.close();
        seal(next);
        assertEquals("1 1", mock.mostSessions() + " " + mock.objects());
    }

    /** What leaves nothing active when it fails costs nobody the only session, and its keys. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "C_SignInit",
                "C_EncryptInit",
                "C_CreateObject",
                "C_FindObjectsInit",
                "C_GetAttributeValue"
            })
    void theOnlySessionOutlivesAFailureToBegin(String function) throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        mock.add(generator.generateKeyPair(), "web", new byte[] {1}, false);
        connection.close();
        connection = connection(MockToken.config().maxSessions(1));
        KeySelector web = KeySelector.byLabel("web");
        TokenPrivateKey key = connection.privateKey(web);
        AeadOperation operation = gcm();
        int logins = failures.calls("C_Login");
        failures.fail(function, 0, Ckr.CKR_DATA_LEN_RANGE);
        assertThrows(
                Exception.class,
                () -> {
                    seal(operation);
                    gcm().close();
                    connection.privateKey(web);
                    sign(key);
                });
        failures.heal();
        seal(operation);
        sign(key);
        operation.close();
        assertEquals(logins, failures.calls("C_Login"), "the same incarnation");
        assertEquals("1 0", mock.mostSessions() + " " + mock.objects());
    }

    private static void sign(TokenPrivateKey key) throws Exception {
        Signature signature = Signature.getInstance("SHA256withECDSA", TokenSignatures.PROVIDER);
        signature.initSign(key);
        signature.update(AAD);
        signature.sign();
    }

    @ParameterizedTest
    @CsvSource({
        "4, 8, false",
        "5, 8, true",
        "0, 3, true",
        "4, 4, false",
        "0, 0, false", // it does not tell
        "-1, -1, false",
        "5, -1, false",
        "9, 2, true",
        "9, 5, false" // the wrong way round
    })
    void aPinOfAnotherLengthIsNotTried(long least, long most, boolean isRefused) throws Exception {
        mock.minPinLength = least;
        mock.maxPinLength = most;
        if (!isRefused) {
            connection.token();
            return;
        }
        TokenException e = assertThrows(TokenException.class, connection::token);
        assertTrue(e.getMessage().contains(least + " to " + most + " bytes"), e.getMessage());
        assertTrue(e.getMessage().contains("it was not tried"), e.getMessage());
        assertEquals(0, failures.calls("C_Login"));
        assertEquals(0, mock.sessions());
    }

    /** CloudHSM's PIN is a name and a password; what it says of the length is that of one. */
    @Test
    void aVendorsPinMayBeLongerThanItSays() throws Exception {
        mock.maxPinLength = 3;
        try (TokenConnection other =
                connection(MockToken.config().vendor(VendorCatalogue.byId("cloudhsm")))) {
            other.token();
        }
        assertEquals(1, failures.calls("C_Login"));
    }

    @ParameterizedTest
    @CsvSource({
        "CKR_PIN_EXPIRED, must be changed before it is used",
        "CKR_PIN_LEN_RANGE, the token takes 4 to 8 bytes",
        "CKR_PIN_LOCKED, the security officer must set a new one",
        "CKR_PIN_INCORRECT, not tried a second time",
        "CKR_USER_PIN_NOT_INITIALIZED, must set the user's PIN first"
    })
    void adviceFitsWhatTheTokenSays(String code, String advice) throws Exception {
        mock.minPinLength = 4;
        mock.maxPinLength = 8;
        failures.fail("C_Login", (long) Ckr.class.getField(code).get(null));
        TokenException e = assertThrows(TokenException.class, connection::token);
        assertTrue(e.getMessage().contains(code + ": "), e.getMessage());
        assertTrue(e.getMessage().contains(advice), e.getMessage());
    }

    @Test
    void aMissingPinIsSaid() throws Exception {
        try (TokenConnection other = connection(MockToken.config().pin(PinSource.none()))) {
            TokenException e = assertThrows(TokenException.class, () -> other.token().cbc(KEY));
            assertTrue(e.getMessage().contains("CKR_USER_NOT_LOGGED_IN"), e.getMessage());
            assertTrue(e.getMessage().contains("no PIN is configured"), e.getMessage());
            TokenException none =
                    assertThrows(
                            TokenException.class,
                            () -> other.privateKey(KeySelector.byLabel("web")));
            assertTrue(none.getMessage().contains("no PIN is configured"), none.getMessage());
        }
    }

    @Test
    void aWriteProtectedTokenIsUsedWithoutStoring() throws Exception {
        mock.isWriteProtected = true;
        seal(gcm());
    }

    @Test
    void keysAreSensitiveIfTheTokenAgrees() throws Exception {
        assertEquals(KeyProtection.UNKNOWN, connection.token().keyProtection());
        gcm().close();
        assertEquals(KeyProtection.SENSITIVE, connection.token().keyProtection());
    }

    @Test
    void keysAreWhatTheTokenMakesOfThemIfNot() throws Exception {
        mock.takesSensitiveKeys = false;
        seal(gcm());
        assertEquals(KeyProtection.TOKEN_DEFAULT, connection.token().keyProtection());
        int calls = failures.calls("C_CreateObject");
        gcm().close();
        assertEquals(1, failures.calls("C_CreateObject") - calls, "it knows by now");
    }

    @ParameterizedTest
    @EnumSource(HmacKind.class)
    void hmacKeysOfTheOtherKind(HmacKind kind) throws Exception {
        mock.takesGenericHmacKeys = false;
        try (HmacOperation operation = connection.token().hmac(kind.mechanism, KEY)) {
            operation.sign(buffer.address(), 10, buffer.address());
            assertEquals(kind.macLength, operation.macLength());
        }
    }

    @Test
    void gcmParametersOfTheOtherLayout() throws Exception {
        mock.withIvBits = false;
        seal(gcm());
        int calls = failures.calls("C_EncryptInit");
        seal(gcm());
        assertEquals(1, failures.calls("C_EncryptInit") - calls, "it knows by now");
    }

    @Test
    void aTokenThatMakesItsOwnNoncesCannotSeal() throws Exception {
        mock.ownNonces = true;
        TokenException e = assertThrows(TokenException.class, this::gcm);
        assertTrue(e.getMessage().startsWith("the mock: cannot seal TLS records with CKM_AES_GCM"));
        assertTrue(e.getMessage().contains("does the token make its own nonce?"), e.getMessage());
        assertEquals(0, mock.objects());
        assertFalse(connection.token().isCondemned());
    }

    @ParameterizedTest
    @ValueSource(ints = {-16, -1, 1, 12})
    void aLengthThatIsNotDueIsALie(int extraBytes) throws Exception {
        AeadOperation aead = gcm();
        CbcOperation cbc = connection.token().cbc(KEY);
        HmacOperation hmac = connection.token().hmac(Ckm.CKM_SHA256_HMAC, KEY);
        mock.extraBytes = extraBytes;
        long at = buffer.address();
        assertLie(19, () -> seal(aead), 19 + extraBytes);
        assertLie(32, () -> cbc.encrypt(at, at, 32, at), 32 + extraBytes);
        assertLie(32, () -> hmac.sign(at, 10, at), 32 + extraBytes);
    }

    private static void assertLie(int due, Executable call, int given) {
        CryptokiException e = assertThrows(CryptokiException.class, call);
        assertTrue(
                e.getMessage().endsWith("gave " + given + " bytes where " + due + " are due"),
                e.getMessage());
    }

    @Test
    void aNonceOfAnotherLengthIsNone() throws Exception {
        AeadOperation operation = gcm();
        assertThrows(
                IllegalArgumentException.class,
                () -> operation.encrypt(new byte[11], AAD, 0, 0, 0));
        assertThrows(
                IllegalArgumentException.class,
                () -> operation.encrypt(new byte[12], new byte[65], 0, 0, 0));
        seal(operation);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "C_GetSlotList",
                "C_OpenSession",
                "C_GetSessionInfo",
                "C_Login",
                "C_CreateObject",
                "C_EncryptInit"
            })
    void aCallThatHangsHasADeadline(String function) throws Exception {
        TokenConfig.Builder config = MockToken.config().callTimeout(Duration.ofSeconds(1));
        TokenConnection other = connection(config);
        failures.hang(function);
        TokenException e =
                assertThrows(TokenException.class, () -> other.token().aead(Ckm.CKM_AES_GCM, KEY));
        assertTrue(e.getMessage().endsWith("no answer within 1 s (callTimeout)"), e.getMessage());
        failures.release(function);
        Waiting.until(() -> isOpen(other));
        try (AeadOperation operation = other.token().aead(Ckm.CKM_AES_GCM, KEY)) {
            seal(operation);
        }
        other.close();
        awaitEmpty();
    }

    /** The call that hung may not have returned yet. */
    private static boolean isOpen(TokenConnection connection) {
        try {
            return connection.token() != null;
        } catch (TokenException e) {
            return false;
        }
    }

    /** What hung is tidied up by the thread that it comes back to. */
    private void awaitEmpty() {
        Waiting.until(() -> mock.sessions() + mock.objects() == 0);
    }

    @Test
    void closingATokenThatHangsReturns() throws Exception {
        TokenConfig.Builder config = MockToken.config().callTimeout(Duration.ofSeconds(1));
        TokenConnection other = connection(config);
        AeadOperation operation = other.token().aead(Ckm.CKM_AES_GCM, KEY);
        failures.hang("C_DestroyObject");
        operation.close();
        failures.hang("C_CloseSession");
        other.close();
        failures.heal();
        awaitEmpty();
    }

    @Test
    void anOperationClosedInTheMiddleOfACallIsDestroyedAfterIt() throws Exception {
        AeadOperation operation = gcm();
        failures.hang("C_Encrypt");
        CompletableFuture<Void> call =
                CompletableFuture.runAsync(
                        () -> {
                            try {
                                seal(operation);
                            } catch (Exception e) {
                                throw new AssertionError(e);
                            }
                        },
                        Thread::startVirtualThread);
        failures.awaitHanging("C_Encrypt");
        assertThrows(IllegalStateException.class, () -> seal(operation));
        operation.close();
        connection.close();
        assertEquals(1, mock.objects());
        assertEquals(2, mock.sessions());
        failures.release("C_Encrypt");
        call.get();
        assertEquals("0 0", mock.sessions() + " " + mock.objects());
    }

    @Test
    void whoWaitedForAFailedOpeningSharesItsFailure() throws Exception {
        failures.hang("C_Login");
        List<CompletableFuture<CryptokiToken>> all = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            all.add(
                    CompletableFuture.supplyAsync(
                            () -> {
                                try {
                                    return connection.token();
                                } catch (TokenException e) {
                                    throw new IllegalStateException(e);
                                }
                            },
                            Thread::startVirtualThread));
        }
        failures.awaitHanging("C_Login");
        Waiting.until(() -> connection.waiting() == 3);
        failures.fail("C_Login", 0, Ckr.CKR_DEVICE_ERROR);
        failures.release("C_Login");
        for (CompletableFuture<CryptokiToken> each : all) {
            assertThrows(ExecutionException.class, each::get);
        }
        assertEquals(1, failures.calls("C_Login"));
    }
}
