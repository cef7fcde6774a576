package org.sslwrite.softhsm;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.sslwrite.pkcs11.TokenException;
import org.sslwrite.pkcs11.config.TokenConfig;
import org.sslwrite.pkcs11.cryptoki.CryptokiModule;
import org.sslwrite.pkcs11.cryptoki.HmacOperation;
import org.sslwrite.pkcs11.cryptoki.TokenConnection;
import org.sslwrite.pkcs11.cryptoki.ffi.Ckr;
import org.sslwrite.pkcs11.cryptoki.ffi.CryptokiException;
import org.sslwrite.softhsm.SoftwareToken.Kind;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

@Timeout(60)
class FaultyModuleTest {
    private static final long CKR_DEVICE_ERROR = 0x30;
    private static final long CKM_SHA256_HMAC = 0x251;

    private SoftwareToken token;
    private FaultyModule faulty;
    private CryptokiModule module;
    private long slot;

    @BeforeEach
    void load() throws TokenException {
        for (String reason :
                new String[] {
                    SoftwareToken.reasonAgainst(Kind.SOFTHSM), FaultyModule.reasonAgainst()
                }) {
            assumeTrue(reason == null, reason);
        }
        token = SoftwareToken.create(Kind.SOFTHSM);
        faulty = FaultyModule.inFrontOf(token.config().module());
        module = CryptokiModule.load(faulty.library(), null);
        slot = module.slotOf(token.config().token());
    }

    @AfterEach
    void close() {
        if (token != null) {
            token.close();
        }
        if (faulty != null) {
            faulty.close();
        }
    }

    @Test
    void forwards() throws TokenException {
        CryptokiModule behind = CryptokiModule.load(token.config().module(), null);
        assertEquals(behind.info(), module.info());
        assertEquals(behind.tokenInfo(slot), module.tokenInfo(slot));
        assertEquals(behind.mechanisms(slot), module.mechanisms(slot));
    }

    @Test
    void counts() throws TokenException {
        long before = faulty.calls("C_GetTokenInfo");
        long all = faulty.calls();
        module.tokenInfo(slot);
        assertEquals(before + 1, faulty.calls("C_GetTokenInfo"));
        assertEquals(all + 1, faulty.calls());
    }

    @Test
    void fails() throws TokenException {
        faulty.fail("C_GetTokenInfo", CKR_DEVICE_ERROR, 2);
        for (int i = 0; i < 2; i++) {
            CryptokiException e =
                    assertThrows(CryptokiException.class, () -> module.tokenInfo(slot));
            assertEquals(CKR_DEVICE_ERROR, e.rv());
        }
        module.tokenInfo(slot);
        faulty.fail("C_GetTokenInfo", CKR_DEVICE_ERROR);
        assertThrows(CryptokiException.class, () -> module.tokenInfo(slot));
        faulty.clear();
        module.tokenInfo(slot);
    }

    @Test
    void delays() throws TokenException {
        Duration delay = Duration.ofMillis(20);
        faulty.delay("C_GetTokenInfo", delay);
        long start = System.nanoTime();
        module.tokenInfo(slot);
        assertTrue(System.nanoTime() - start >= delay.toNanos());
    }

    @Test
    void hangs() throws TokenException, InterruptedException, ExecutionException {
        faulty.hang("C_GetTokenInfo");
        CompletableFuture<Void> returned = new CompletableFuture<>();
        Thread.ofPlatform()
                .daemon()
                .start(
                        () -> {
                            try {
                                module.tokenInfo(slot);
                                returned.complete(null);
                            } catch (TokenException e) {
                                returned.completeExceptionally(e);
                            }
                        });
        while (faulty.underWay("C_GetTokenInfo") == 0) {
            Thread.onSpinWait();
        }
        module.mechanisms(slot); // the others do not
        assertFalse(returned.isDone());
        faulty.release("C_GetTokenInfo");
        returned.get();
        assertEquals(0, faulty.underWay("C_GetTokenInfo"));
    }

    @Test
    void corrupts() throws TokenException {
        TokenConfig config = token.config().toBuilder().module(faulty.library()).build();
        try (TokenConnection connection = new TokenConnection(config);
                HmacOperation hmac = connection.token().hmac(CKM_SHA256_HMAC, new byte[32]);
                Arena arena = Arena.ofConfined()) {
            MemorySegment memory = arena.allocate(32);
            byte[] right = sign(hmac, memory);
            faulty.corrupt("C_Sign", 1);
            byte[] wrong = sign(hmac, memory);
            int difference = Arrays.mismatch(right, wrong);
            wrong[difference] ^= 1;
            assertArrayEquals(right, wrong, "one bit");
            assertArrayEquals(right, sign(hmac, memory), "once");
        }
    }

    private static byte[] sign(HmacOperation hmac, MemorySegment memory) throws TokenException {
        hmac.sign(memory.address(), 0, memory.address());
        return memory.toArray(ValueLayout.JAVA_BYTE);
    }

    @Test
    void hidesMechanisms() throws TokenException {
        assertTrue(module.mechanisms(slot).contains(CKM_SHA256_HMAC));
        faulty.hideMechanism(CKM_SHA256_HMAC);
        assertFalse(module.mechanisms(slot).contains(CKM_SHA256_HMAC));
        CryptokiException e =
                assertThrows(
                        CryptokiException.class, () -> module.mechanismInfo(slot, CKM_SHA256_HMAC));
        assertEquals("CKR_MECHANISM_INVALID", Ckr.name(e.rv()));
    }

    @Test
    void removesItsFiles() {
        Path library = faulty.library();
        faulty.close();
        assertFalse(Files.exists(library.getParent()));
        faulty.close(); // twice does no harm
    }

    @Test
    void namesUnknownFunctions() {
        assertThrows(IllegalArgumentException.class, () -> faulty.fail("C_Nothing", 5));
    }
}
