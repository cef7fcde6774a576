package org.sslwrite.pkcs11.cryptoki;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.sslwrite.pkcs11.TokenException;
import org.sslwrite.pkcs11.TokenSelector;
import org.sslwrite.pkcs11.cryptoki.ffi.Ckm;
import org.sslwrite.pkcs11.cryptoki.ffi.Ckr;
import org.sslwrite.pkcs11.cryptoki.ffi.CryptokiException;
import org.sslwrite.pkcs11.cryptoki.ffi.Memory;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;

class CryptokiModuleTest {
    private final MockToken mock = new MockToken();
    private final MockFailures failures = MockFailures.over(mock);

    private CryptokiModule module() throws TokenException {
        return CryptokiModule.over(failures.functions(), "mock module");
    }

    static Stream<Arguments> selectors() {
        String has = "mock module has no ";
        return Stream.of(
                Arguments.of(List.of("mock"), new TokenSelector.ByLabel("mock"), "7"),
                Arguments.of(List.of("a", "mock"), new TokenSelector.ByLabel("mock"), "8"),
                Arguments.of(List.of("a", "b"), new TokenSelector.BySerial("serial8"), "8"),
                Arguments.of(List.of("a", "b"), new TokenSelector.BySlotId(8), "8"),
                Arguments.of(List.of("a", "b"), new TokenSelector.BySlotIndex(1), "8"),
                Arguments.of(List.of("", "b"), new TokenSelector.Only(), "8"),
                Arguments.of(
                        List.of("a", ""),
                        new TokenSelector.ByLabel("web"),
                        has
                                + "token \"web\"; it has \"a\" (serial serial7, slot 7),"
                                + " an uninitialised one (slot 8)"),
                Arguments.of(
                        List.of(),
                        new TokenSelector.ByLabel("web"),
                        has + "token \"web\"; it has no token at all"),
                Arguments.of(
                        List.of("a", "a"),
                        new TokenSelector.ByLabel("a"),
                        "mock module has more than one token \"a\"; say which, by serial number or"
                            + " slot: \"a\" (serial serial7, slot 7), \"a\" (serial serial8, slot"
                            + " 8)"),
                Arguments.of(
                        List.of(""),
                        new TokenSelector.Only(),
                        has + "token; it has an uninitialised one (slot 7)"),
                Arguments.of(
                        List.of("a"),
                        new TokenSelector.BySlotIndex(3),
                        has
                                + "token in the slot with index 3; it has \"a\" (serial serial7,"
                                + " slot 7)"));
    }

    @ParameterizedTest
    @MethodSource("selectors")
    void findsTheTokenOrSaysWhichThereAre(
            List<String> labels, TokenSelector selector, String slotOrMessage) throws Exception {
        mock.labels = labels;
        String found;
        try {
            found = Long.toString(module().slotOf(selector));
        } catch (TokenException e) {
            found = e.getMessage();
        }
        assertEquals(slotOrMessage, found);
    }

    @Test
    void aBrokenTokenDoesNotHideTheOthers() throws Exception {
        mock.labels = List.of("a", "b");
        failures.fail("C_GetTokenInfo", 1, Ckr.CKR_DEVICE_ERROR);
        assertEquals(8, module().slotOf(new TokenSelector.Only()));
    }

    @Test
    void initialisesOnceAndAgainAfterFinalize() throws Exception {
        CryptokiModule module = module();
        module.initialize();
        assertEquals(1, failures.calls("C_Initialize"));
        module.finalizeModule();
        assertEquals(
                "mock module: C_GetInfo: CKR_CRYPTOKI_NOT_INITIALIZED",
                assertThrows(CryptokiException.class, module::info).getMessage());
        module.initialize();
        assertEquals("a mock", module.info().description());
        assertEquals(2, failures.calls("C_Initialize"));
    }

    @Test
    void sharesAModuleThatOthersHaveInitialised() throws Exception {
        mock.C_Initialize(0);
        assertEquals("a mock", module().info().description());
    }

    @Test
    void anInitialisationThatFailsIsTriedAgain() throws Exception {
        failures.fail("C_Initialize", Ckr.CKR_CANT_LOCK);
        CryptokiException e = assertThrows(CryptokiException.class, this::module);
        assertEquals("mock module: C_Initialize: CKR_CANT_LOCK", e.getMessage());
        module();
    }

    @Test
    void mechanisms() throws Exception {
        CryptokiModule module = module();
        assertEquals(List.of(Ckm.CKM_AES_GCM), module.mechanisms(MockToken.SLOT));
        assertEquals(
                Ckm.CKM_AES_GCM, module.mechanismInfo(MockToken.SLOT, Ckm.CKM_AES_GCM).mechanism());
        assertFalse(module.hasMessageInterface());
    }

    /** A mock that counts wrongly. */
    @ParameterizedTest
    @ValueSource(longs = {-1, 1L << 40, Long.MIN_VALUE})
    void countsThatCannotBe(long count) throws Exception {
        MockToken liar =
                new MockToken() {
                    @Override
                    public synchronized long C_GetSlotList(long present, long list, long cell) {
                        Memory.ulong(cell, count);
                        return Ckr.CKR_OK;
                    }
                };
        CryptokiModule module = CryptokiModule.over(liar, "mock module");
        CryptokiException e = assertThrows(CryptokiException.class, module::slots);
        assertTrue(e.getMessage().contains("C_GetSlotList: CKR_OK: it counts "), e.getMessage());
    }

    @Test
    void makesATokenInTheFreeSlotAndThenAnew() throws Exception {
        mock.labels = new ArrayList<>(List.of("a", ""));
        CryptokiModule module = module();
        for (int i = 0; i < 2; i++) {
            module.initToken("web", MockToken.SO_PIN.toCharArray(), "4321".toCharArray());
            assertEquals(List.of("a", "web"), mock.labels);
        }
        TokenException full =
                assertThrows(
                        TokenException.class,
                        () ->
                                module.initToken(
                                        "b", MockToken.SO_PIN.toCharArray(), "1".toCharArray()));
        assertEquals("mock module: no slot is free for a token \"b\"", full.getMessage());
        assertEquals(0, mock.sessions());
    }

    /** SoftHSM 2.6 ends its process when two threads see at once that no slot is free any more. */
    @Test
    void nobodyElseListsTheSlotsFirstBehindANewToken() throws Exception {
        mock.labels = new ArrayList<>(List.of(""));
        CryptokiModule module = module();
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try {
            failures.hang("C_InitToken");
            Future<?> making =
                    threads.submit(
                            () -> {
                                module.initToken(
                                        "web", MockToken.SO_PIN.toCharArray(), new char[] {'1'});
                                return null;
                            });
            failures.awaitHanging("C_InitToken");
            int before = failures.calls("C_GetSlotList");
            AtomicReference<Thread> other = new AtomicReference<>();
            Future<List<Slot>> listing =
                    threads.submit(
                            () -> {
                                other.set(Thread.currentThread());
                                return module.slots();
                            });
            Waiting.until(
                    () ->
                            failures.calls("C_GetSlotList") > before
                                    || other.get() != null
                                            && other.get().getState() == Thread.State.WAITING);
            assertEquals(before, failures.calls("C_GetSlotList"));
            failures.hang("C_GetSlotList");
            failures.release("C_InitToken");
            failures.awaitHanging("C_GetSlotList");
            assertFalse(making.isDone());
            assertEquals(Thread.State.WAITING, other.get().getState());
            failures.release("C_GetSlotList");
            making.get(30, TimeUnit.SECONDS);
            assertEquals(1, listing.get(30, TimeUnit.SECONDS).size());
        } finally {
            failures.heal();
            threads.shutdown();
        }
    }

    @ParameterizedTest
    @CsvSource({"C_InitToken", "C_OpenSession", "C_Login", "C_InitPIN"})
    void aTokenThatCannotBeMade(String function) throws Exception {
        mock.labels = new ArrayList<>(List.of(""));
        CryptokiModule module = module();
        failures.fail(function, Ckr.CKR_FUNCTION_FAILED);
        CryptokiException e =
                assertThrows(
                        CryptokiException.class,
                        () ->
                                module.initToken(
                                        "web",
                                        MockToken.SO_PIN.toCharArray(),
                                        "4321".toCharArray()));
        assertEquals("mock module: " + function + ": CKR_FUNCTION_FAILED", e.getMessage());
        assertEquals(0, mock.sessions());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a label that has more than 32 bytes"})
    void labelsThatNoTokenCanHave(String label) throws Exception {
        mock.labels = new ArrayList<>(List.of(""));
        CryptokiModule module = module();
        assertThrows(
                TokenException.class,
                () -> module.initToken(label, "1".toCharArray(), "1".toCharArray()));
        assertEquals(0, failures.calls("C_InitToken"));
    }

    @Test
    void aLibraryThatIsMissing(@TempDir Path directory) {
        Path library = directory.resolve("lib.so");
        assertMessage(library, ": no such file; install the token's software or correct the path");
        assertMessage(
                directory, ": no such file; install the token's software or correct the path");
    }

    @Test
    void aFileThatIsNoLibrary(@TempDir Path directory) throws Exception {
        Path file = Files.writeString(directory.resolve("lib.so"), "no library");
        assertMessage(file, ": cannot be loaded: ");
    }

    @Test
    void aLibraryThatIsNoModule() throws Exception {
        Path libjava =
                Path.of(System.getProperty("java.home"), "lib", System.mapLibraryName("java"));
        assertMessage(
                libjava.toRealPath(),
                ": exports no C_GetFunctionList, so it is not a PKCS#11 module; correct the path");
    }

    private static void assertMessage(Path library, String message) {
        TokenException e =
                assertThrows(TokenException.class, () -> CryptokiModule.load(library, null));
        String start = "PKCS#11 module " + library + message;
        assertTrue(e.getMessage().startsWith(start), e.getMessage());
    }
}
