package org.sslwrite.softhsm.cryptoki;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sslwrite.pkcs11.cryptoki.CryptokiToken;
import org.sslwrite.pkcs11.cryptoki.MessageAeadOperation;
import org.sslwrite.pkcs11.cryptoki.ffi.CryptokiException;
import org.sslwrite.softhsm.SoftwareToken;
import org.sslwrite.softhsm.junit.WithToken;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

@WithToken(SoftwareToken.Kind.NSS)
class NssCryptokiTest extends CryptokiContract {
    NssCryptokiTest(SoftwareToken software) {
        super(software);
    }

    @Override
    boolean has(Aead aead) {
        return true;
    }

    @Override
    String codeOfAFinalizedModule() {
        return "CKR_SESSION_HANDLE_INVALID";
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 16, 1000, 16384, 16385})
    void messagesGiveKnownAnswers(int size) throws Exception {
        assertTrue(connection.token().module().hasMessageInterface());
        byte[] key = bytes(16);
        byte[] plaintext = bytes(size);
        try (Arena arena = Arena.ofConfined();
                MessageAeadOperation operation = connection.token().messageAead(key)) {
            MemorySegment memory = arena.allocate(size + 16);
            for (int i = 0; i < 3; i++) {
                byte[] nonce = bytes(12);
                byte[] aad = bytes(13);
                MemorySegment.copy(plaintext, 0, memory, ValueLayout.JAVA_BYTE, 0, size);
                operation.encrypt(nonce, aad, memory.address(), size, memory.address());
                assertArrayEquals(
                        Aead.AES_128.seal(key, nonce, aad, plaintext),
                        memory.toArray(ValueLayout.JAVA_BYTE));
            }
        }
        CryptokiToken token = connection.token();
        assertEquals("0 1", token.objectsAlive() + " " + token.sessionsAlive());
    }

    @Test
    void messagesOfAClosedToken() throws Exception {
        try (Arena arena = Arena.ofConfined();
                MessageAeadOperation operation = connection.token().messageAead(bytes(16))) {
            long at = arena.allocate(32).address();
            operation.encrypt(bytes(12), bytes(5), at, 16, at);
            CryptokiToken token = connection.token();
            connection.close();
            assertEquals("0 0", token.objectsAlive() + " " + token.sessionsAlive());
            assertThrows(
                    CryptokiException.class,
                    () -> operation.encrypt(bytes(12), bytes(5), at, 16, at));
        }
    }
}
