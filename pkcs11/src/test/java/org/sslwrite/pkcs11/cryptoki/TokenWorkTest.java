package org.sslwrite.pkcs11.cryptoki;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.sslwrite.pkcs11.TokenException;
import org.sslwrite.pkcs11.cryptoki.ffi.Ckm;
import org.sslwrite.pkcs11.cryptoki.ffi.Ckr;
import org.sslwrite.pkcs11.cryptoki.ffi.CryptokiException;

import java.lang.reflect.Field;

/** Work that is done again when the token turns out dead, and not when it is no use. */
@Timeout(60)
class TokenWorkTest {
    private static final byte[] KEY = new byte[16];

    private final MockToken mock = new MockToken();
    private final MockFailures failures = MockFailures.over(mock);
    private TokenConnection connection;

    @BeforeEach
    void connect() throws TokenException {
        connection = MockToken.connection(failures.functions());
    }

    @AfterEach
    void close() {
        failures.heal();
        connection.close();
    }

    private AeadOperation gcm() throws TokenException {
        return connection.with(token -> token.aead(Ckm.CKM_AES_GCM, KEY));
    }

    @Test
    void sessionsThatDiedInTheMeantimeCostNothing() throws Exception {
        gcm().close();
        mock.C_CloseAllSessions(MockToken.SLOT);
        gcm().close();
        assertEquals(2, mock.logins());
    }

    @Test
    void itIsDoneTwiceAtMost() throws Exception {
        gcm().close();
        int calls = failures.calls("C_CreateObject");
        failures.fail("C_CreateObject", 0, Ckr.CKR_SESSION_HANDLE_INVALID);
        CryptokiException e = assertThrows(CryptokiException.class, this::gcm);
        assertEquals("CKR_SESSION_HANDLE_INVALID", e.code());
        assertEquals(2, failures.calls("C_CreateObject") - calls);
    }

    @Test
    void whatDoesNotCondemnIsNotDoneAgain() throws Exception {
        gcm().close();
        int calls = failures.calls("C_CreateObject");
        failures.fail("C_CreateObject", Ckr.CKR_TOKEN_RESOURCE_EXCEEDED);
        assertThrows(CryptokiException.class, this::gcm);
        assertEquals(1, failures.calls("C_CreateObject") - calls);
    }

    @ParameterizedTest
    @CsvSource({
        "CKR_MECHANISM_INVALID, true",
        "CKR_MECHANISM_PARAM_INVALID, true",
        "CKR_FUNCTION_NOT_SUPPORTED, true",
        "CKR_KEY_TYPE_INCONSISTENT, true",
        "CKR_KEY_FUNCTION_NOT_PERMITTED, true",
        "CKR_KEY_SIZE_RANGE, true",
        "CKR_TEMPLATE_INCONSISTENT, true",
        "CKR_ATTRIBUTE_VALUE_INVALID, true",
        "CKR_OK, false",
        "CKR_GENERAL_ERROR, false",
        "CKR_FUNCTION_FAILED, false",
        "CKR_DEVICE_MEMORY, false",
        "CKR_SESSION_COUNT, false",
        "CKR_TOKEN_RESOURCE_EXCEEDED, false",
        "CKR_PIN_INCORRECT, false"
    })
    void returnValuesThatMeanIncapable(String name, boolean incapable) throws Exception {
        Field field = Ckr.class.getField(name);
        CryptokiException e = new CryptokiException("t", "C_X", field.getLong(null));
        assertEquals(incapable, e.incapable());
    }

    /** A hiccup at the first layout does not make of the second's refusal a verdict. */
    @ParameterizedTest
    @ValueSource(
            longs = {
                Ckr.CKR_FUNCTION_FAILED,
                Ckr.CKR_GENERAL_ERROR,
                Ckr.CKR_DEVICE_MEMORY,
                Ckr.CKR_SESSION_COUNT,
                Ckr.CKR_TOKEN_RESOURCE_EXCEEDED,
                Ckr.CKR_VENDOR_DEFINED | 5
            })
    void whatMayPassIsNoVerdictAboutTheLayout(long rv) throws Exception {
        for (String function : new String[] {"C_CreateObject", "C_EncryptInit", "C_Encrypt"}) {
            failures.fail(function, rv);
            CryptokiToken token = connection.token();
            TokenException e =
                    assertThrows(CryptokiException.class, () -> token.aead(Ckm.CKM_AES_GCM, KEY));
            assertFalse(e.incapable(), e.getMessage());
            gcm().close();
            token.module().aeadLayouts().clear();
        }
    }

    @Test
    void aTokenThatCannotIsIncapable() throws Exception {
        mock.ownNonces = true;
        assertTrue(assertThrows(TokenException.class, this::gcm).incapable());
        mock.ownNonces = false;
        mock.extraBytes = 12;
        assertTrue(assertThrows(TokenException.class, this::gcm).incapable());
        mock.extraBytes = 0;
        failures.fail("C_EncryptInit", 0, Ckr.CKR_ARGUMENTS_BAD);
        assertTrue(assertThrows(TokenException.class, this::gcm).incapable());
        failures.fail("C_CreateObject", 0, Ckr.CKR_TEMPLATE_INCONSISTENT);
        assertTrue(assertThrows(TokenException.class, this::gcm).incapable());
        failures.heal();
        gcm().close();
    }
}
