package org.sslwrite.softhsm.cryptoki;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.sslwrite.pkcs11.TokenException;
import org.sslwrite.pkcs11.TokenSelector;
import org.sslwrite.pkcs11.config.TokenConfig;
import org.sslwrite.pkcs11.cryptoki.AeadOperation;
import org.sslwrite.pkcs11.cryptoki.CryptokiModule;
import org.sslwrite.pkcs11.cryptoki.TokenConnection;
import org.sslwrite.pkcs11.cryptoki.ffi.Ckm;
import org.sslwrite.pkcs11.cryptoki.ffi.CryptokiException;
import org.sslwrite.pkcs11.pin.Pin;
import org.sslwrite.softhsm.SoftwareToken;
import org.sslwrite.softhsm.SunCleaner;
import org.sslwrite.softhsm.junit.WithToken;

import java.util.concurrent.atomic.AtomicInteger;

@WithToken(SoftwareToken.Kind.SOFTHSM)
class SofthsmCryptokiTest extends CryptokiContract {
    SofthsmCryptokiTest(SoftwareToken software) {
        super(software);
    }

    @Override
    boolean has(Aead aead) {
        return aead != Aead.CHACHA20;
    }

    @Override
    String codeOfAFinalizedModule() {
        return "CKR_CRYPTOKI_NOT_INITIALIZED";
    }

    @Test
    void aWrongPinIsTriedOnce() throws Exception {
        AtomicInteger asked = new AtomicInteger();
        TokenConfig wrong =
                software.config().toBuilder()
                        .pin(
                                token -> {
                                    asked.incrementAndGet();
                                    return new Pin("no such PIN".toCharArray());
                                })
                        .build();
        try (TokenConnection other = new TokenConnection(wrong)) {
            CryptokiException first = assertThrows(CryptokiException.class, other::token);
            assertEquals("C_Login CKR_PIN_INCORRECT", first.function() + " " + first.code());
            assertFalse(first.getMessage().contains("no such PIN"), first.getMessage());
            TokenException second = assertThrows(TokenException.class, other::token);
            assertEquals(first.getMessage(), second.getMessage());
        }
        assertEquals(1, asked.get());
    }

    @Test
    void privateTrafficKeysToo() throws Exception {
        TokenConfig config = software.config().toBuilder().privateTrafficKeys(true).build();
        byte[] key = bytes(16);
        try (TokenConnection other = new TokenConnection(config);
                AeadOperation operation = other.token().aead(Ckm.CKM_AES_GCM, key)) {
            seal(operation, key);
            assertEquals(1, other.token().objectsAlive());
        }
    }

    @Test
    void theOtherTokenIsAnother(@WithToken(SoftwareToken.Kind.SOFTHSM) SoftwareToken other)
            throws Exception {
        try (TokenConnection second = new TokenConnection(other.config())) {
            assertTrue(second.token().slot() != connection.token().slot());
            AeadOperation operation = second.token().aead(Ckm.CKM_AES_GCM, bytes(16));
            CryptokiModule module = second.token().module();
            SunCleaner.awaitAsleep();
            module.closeAllSessions(connection.token().slot());
            operation.close();
            assertFalse(second.token().isCondemned());
        }
    }

    @Test
    void aTokenThatIsNotThere() throws Exception {
        TokenConfig config =
                software.config().toBuilder()
                        .token(new TokenSelector.ByLabel("no such token"))
                        .build();
        try (TokenConnection other = new TokenConnection(config)) {
            TokenException e = assertThrows(TokenException.class, other::token);
            assertTrue(e.getMessage().contains("has no token \"no such token\"; it has "));
        }
    }

    @Test
    void otherLibraryParametersAreRefused() throws Exception {
        connection.token();
        TokenException e =
                assertThrows(
                        TokenException.class,
                        () -> CryptokiModule.load(software.config().module(), "x='y'"));
        assertTrue(e.getMessage().contains("with other library parameters"), e.getMessage());
    }
}
