package org.sslwrite.pkcs11.cryptoki;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sslwrite.pkcs11.KeySelector;
import org.sslwrite.pkcs11.TokenException;
import org.sslwrite.pkcs11.TokenSelector;
import org.sslwrite.pkcs11.cryptoki.ffi.Ckm;
import org.sslwrite.pkcs11.cryptoki.ffi.Ckr;
import org.sslwrite.pkcs11.cryptoki.ffi.CryptokiException;
import org.sslwrite.pkcs11.cryptoki.ffi.CryptokiFunctions;
import org.sslwrite.pkcs11.key.TokenPrivateKey;
import org.sslwrite.pkcs11.key.TokenSignatures;

import java.lang.foreign.Arena;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.FutureTask;

/**
 * A mock of a module whose server has started anew, as p11-kit-client.so and libtpm2_pkcs11.so are
 * then: nothing works until C_Finalize and C_Initialize.
 */
@Timeout(60)
class LostModuleTest {
    private final MockToken mock = new MockToken();
    private final MockFailures failures = MockFailures.over(losable());
    private final List<TokenConnection> connections = new ArrayList<>();
    private KeyPair keys;

    /** The module talks to a server that is no more. */
    private volatile boolean isLost;

    /** No server is there to talk to. */
    private volatile boolean isAway;

    /** Labels of tokens that the module shows when it is initialised again. */
    private final List<String> madeMeanwhile = new ArrayList<>();

    private CryptokiFunctions losable() {
        return (CryptokiFunctions)
                Proxy.newProxyInstance(
                        CryptokiFunctions.class.getClassLoader(),
                        new Class<?>[] {CryptokiFunctions.class},
                        (proxy, method, arguments) -> answer(method, arguments));
    }

    private Object answer(Method method, Object[] arguments) throws Throwable {
        String function = method.getName();
        if (function.equals("C_Finalize")) {
            isLost = false;
            mock.labels.addAll(madeMeanwhile);
            madeMeanwhile.clear();
        } else if (function.equals("C_Initialize") && isAway) {
            return Ckr.CKR_GENERAL_ERROR;
        } else if (function.startsWith("C_") && !function.equals("C_Initialize") && isLost) {
            return Ckr.CKR_DEVICE_ERROR;
        }
        try {
            return method.invoke(mock, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    @BeforeEach
    void addKey() throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        keys = generator.generateKeyPair();
        mock.add(keys, "web", new byte[] {1}, false);
    }

    @AfterEach
    void close() {
        isLost = false;
        failures.heal();
        connections.forEach(TokenConnection::close);
        assertEquals(List.of(), failures.collisions());
    }

    private CryptokiModule module() throws TokenException {
        return CryptokiModule.over(failures.functions(), "mock module");
    }

    private TokenConnection connection(CryptokiModule module, String label) throws TokenException {
        TokenConnection connection =
                new TokenConnection(
                        MockToken.config().token(new TokenSelector.ByLabel(label)).build(), module);
        connections.add(connection);
        return connection;
    }

    private TokenConnection connection(CryptokiModule module) throws TokenException {
        return connection(module, MockToken.LABEL);
    }

    private static void sign(TokenPrivateKey key) throws Exception {
        Signature signature = Signature.getInstance("SHA256withECDSA", TokenSignatures.PROVIDER);
        signature.initSign(key);
        signature.update(new byte[3]);
        signature.sign();
    }

    private static boolean signs(TokenPrivateKey key) {
        try {
            sign(key);
            return true;
        } catch (Exception e) {
            return false;
        }
    }

    @Test
    void theSignatureThatFindsItLostIsMadeInTheNewOne() throws Exception {
        TokenPrivateKey key = connection(module()).privateKey(KeySelector.byLabel("web"));
        sign(key);
        isLost = true;
        sign(key);
        assertEquals("1 2", calls("C_Finalize") + " " + calls("C_Initialize"));
    }

    private int calls(String function) {
        return failures.calls(function);
    }

    @Test
    void everyOtherConnectionOfTheModuleBeginsAnew() throws Exception {
        CryptokiModule module = module();
        TokenConnection second = connection(module);
        AeadOperation operation = second.token().aead(Ckm.CKM_AES_GCM, new byte[16]);
        TokenPrivateKey key = second.privateKey(KeySelector.byLabel("web"));
        TokenConnection first = connection(module);
        CryptokiToken before = first.token();
        isLost = true;
        before.condemn(new TokenException("a test"));
        first.token();
        assertTrue(second.token() != before);
        int encryptions = calls("C_EncryptInit");
        try (Arena arena = Arena.ofConfined()) {
            long memory = arena.allocate(64).address();
            assertThrows(
                    CryptokiException.class,
                    () -> operation.encrypt(new byte[12], new byte[5], memory, 3, memory));
        }
        assertEquals(encryptions, calls("C_EncryptInit"), "its handles are another's now");
        operation.close();
        sign(key);
        assertEquals(1, calls("C_Finalize"));
    }

    @Test
    void oneFailureMayPass() throws Exception {
        TokenConnection connection = connection(module());
        failures.fail("C_GetSlotList", Ckr.CKR_DEVICE_ERROR);
        assertThrows(CryptokiException.class, connection::token);
        connection.token();
        assertEquals(0, calls("C_Finalize"));
    }

    @Test
    void aModuleThatWasLostBeforeItWasOpen() throws Exception {
        TokenConnection connection = connection(module());
        isLost = true;
        assertThrows(CryptokiException.class, connection::token);
        connection.token();
        assertEquals(1, calls("C_Finalize"));
    }

    @Test
    void neverWhenSomebodyElseInitialisedIt() throws Exception {
        mock.C_Initialize(0);
        TokenPrivateKey key = connection(module()).privateKey(KeySelector.byLabel("web"));
        isLost = true;
        for (int i = 0; i < 3; i++) {
            assertThrows(Exception.class, () -> sign(key));
        }
        assertEquals(0, calls("C_Finalize"));
    }

    @Test
    void neverWhenSunPkcs11UsesItToo() throws Exception {
        CryptokiModule module = module();
        TokenPrivateKey key = connection(module).privateKey(KeySelector.byLabel("web"));
        module.shareWithSunPkcs11();
        isLost = true;
        for (int i = 0; i < 3; i++) {
            assertThrows(Exception.class, () -> sign(key));
        }
        assertEquals(0, calls("C_Finalize"));
    }

    @Test
    void notWhileASessionWithAnotherTokenWorks() throws Exception {
        mock.labels = new ArrayList<>(List.of("a", "b"));
        CryptokiModule module = module();
        TokenConnection gone = connection(module, "a");
        TokenConnection other = connection(module, "b");
        gone.token().condemn(new TokenException("a test"));
        CryptokiToken working = other.token();
        mock.labels.set(0, "");
        TokenException e = assertThrows(TokenException.class, gone::token);
        assertTrue(e.getMessage().contains("has no token \"a\""), e.getMessage());
        assertEquals(0, calls("C_Finalize"));
        other.close();
        Waiting.until(() -> !opens(gone) && calls("C_Finalize") == 1);
        assertTrue(working.isCondemned() || working.isReleased());
    }

    /** SoftHSM looks for tokens in C_Initialize. */
    @Test
    void aTokenThatWasMadeSinceIsFound() throws Exception {
        mock.labels = new ArrayList<>(List.of("a"));
        madeMeanwhile.add("b");
        CryptokiModule module = module();
        connection(module, "a").token();
        TokenConnection late = connection(module, "b");
        TokenException e = assertThrows(TokenException.class, late::token);
        assertTrue(e.getMessage().contains("when no other token of it is in use"), e.getMessage());
        connections.getFirst().close();
        Waiting.until(() -> opens(late));
        assertEquals(1, calls("C_Finalize"));
    }

    @Test
    void aTokenThatIsNotThereIsNotLookedForTwiceAtOnce() throws Exception {
        TokenConnection connection = connection(module(), "nowhere");
        for (int i = 0; i < 5; i++) {
            TokenException e = assertThrows(TokenException.class, connection::token);
            assertTrue(e.getMessage().contains("has no token \"nowhere\""), e.getMessage());
        }
        assertTrue(calls("C_Finalize") <= 2, () -> "" + calls("C_Finalize"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"C_Sign", "C_SignInit"})
    void notWhileACallIsUnderWay(String function) throws Exception {
        CryptokiModule module = module();
        TokenConnection first = connection(module);
        CryptokiToken before = first.token();
        TokenPrivateKey hung = connection(module).privateKey(KeySelector.byLabel("web"));
        failures.hang(function);
        CompletableFuture<Boolean> signature =
                CompletableFuture.supplyAsync(() -> signs(hung), Thread::startVirtualThread);
        failures.awaitHanging(function);
        isLost = true;
        before.condemn(new TokenException("a test"));
        assertThrows(TokenException.class, first::token);
        assertEquals(0, calls("C_Finalize"));
        failures.release(function);
        Waiting.until(() -> opens(first));
        signature.get();
        assertEquals(1, calls("C_Finalize"));
    }

    private static boolean opens(TokenConnection connection) {
        try {
            connection.token();
            return true;
        } catch (TokenException e) {
            return false;
        }
    }

    /** Handshakes come by the thousand while the server is away. */
    @Test
    void whileTheServerIsAwayItIsTriedNowAndThen() throws Exception {
        TokenPrivateKey key = connection(module()).privateKey(KeySelector.byLabel("web"));
        isAway = true;
        isLost = true;
        long start = System.nanoTime();
        for (int i = 0; i < 1000; i++) {
            assertThrows(Exception.class, () -> sign(key));
        }
        long halfSeconds = Duration.ofNanos(System.nanoTime() - start).toMillis() / 500;
        assertEquals(1, calls("C_Finalize"));
        assertTrue(calls("C_Initialize") <= 3 + halfSeconds, () -> "" + calls("C_Initialize"));
        isAway = false;
        Waiting.until(() -> signs(key));
        assertEquals(1, calls("C_Finalize"));
    }

    /** It lets nobody in, so who waits at the gate goes on when it opens, or has lost all. */
    @Test
    void whoWaitsAtTheGateIsToldWhenHisGenerationIsOver() throws Exception {
        HandleRegistry claims = new HandleRegistry();
        CallGate gate = new CallGate(claims);
        assertTrue(gate.enter(0));
        assertTrue(!gate.shut(Duration.ofMillis(1)), "a call is under way");
        gate.leave();
        assertTrue(gate.shut(Duration.ofMillis(1)));
        CompletableFuture<Boolean> stale = CompletableFuture.supplyAsync(() -> gate.enter(0));
        CompletableFuture<Boolean> fresh =
                CompletableFuture.supplyAsync(() -> gate.enter(CallGate.ANY_GENERATION));
        claims.loseAll(0);
        gate.generationEnded();
        assertEquals(false, stale.get());
        assertTrue(!fresh.isDone());
        gate.open();
        assertEquals(true, fresh.get());
        assertEquals(false, gate.enter(0));
    }

    /** It ends in C_OpenSession with the generation that it began in. */
    @Test
    void anOpeningThatMeetsTheNextGenerationBeginsAgain() throws Exception {
        CryptokiModule module = module();
        TokenConnection other = connection(module);
        failures.hang("C_GetTokenInfo");
        CompletableFuture<Boolean> opened = CompletableFuture.supplyAsync(() -> opens(other));
        failures.awaitHanging("C_GetTokenInfo");
        FutureTask<Boolean> anew =
                new FutureTask<>(
                        () -> module.initializeAnew(module.generation(), Duration.ofSeconds(1)));
        Thread thread = Thread.ofPlatform().start(anew);
        Waiting.until(() -> thread.getState() == Thread.State.TIMED_WAITING);
        failures.release("C_GetTokenInfo");
        assertTrue(anew.get());
        assertTrue(opened.get());
    }

    @Test
    void aSessionThatDoesNotAnswerKeepsNobodyOut() throws Exception {
        mock.labels = new ArrayList<>(List.of("a", "b", "c"));
        CryptokiModule module = module();
        TokenConnection gone = connection(module, "a");
        TokenConnection hung = connection(module, "b");
        TokenConnection well = connection(module, "c");
        gone.token().condemn(new TokenException("a test"));
        hung.token();
        mock.labels.set(0, "");
        failures.hang("C_GenerateRandom");
        CompletableFuture<Boolean> asking = CompletableFuture.supplyAsync(() -> opens(gone));
        failures.awaitHanging("C_GenerateRandom");
        try {
            assertTrue(opens(well));
            assertEquals(false, asking.get());
            assertEquals(0, calls("C_Finalize"));
        } finally {
            failures.release("C_GenerateRandom");
        }
    }

    /** As SunPKCS11 describes itself, with the path that it was given. */
    @Test
    void aProviderMayKnowTheLibraryByALink(@TempDir Path folder) throws Exception {
        Path library = Files.createFile(folder.resolve("libtoken.so.1"));
        Path other = Files.createFile(folder.resolve("libother.so"));
        Path link = Files.createSymbolicLink(folder.resolve("hsm.so"), library);
        String info = "SunPKCS11-x using library ";
        assertTrue(LostModule.mayBeOf(info + library, library));
        assertTrue(LostModule.mayBeOf(info + link, library));
        assertTrue(LostModule.mayBeOf(info + library, link));
        assertFalse(LostModule.mayBeOf(info + other, library));
        assertTrue(LostModule.mayBeOf(info + "null", library), "it does not say which");
        assertTrue(LostModule.mayBeOf("a description of somebody's own", library));
    }
}
