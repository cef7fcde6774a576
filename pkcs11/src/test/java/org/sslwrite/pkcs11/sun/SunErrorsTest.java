package org.sslwrite.pkcs11.sun;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sslwrite.pkcs11.cryptoki.ffi.Ckr;
import org.sslwrite.pkcs11.cryptoki.ffi.CryptokiException;

import java.io.IOException;
import java.security.ProviderException;
import java.security.SignatureException;

import javax.security.auth.login.LoginException;

class SunErrorsTest {
    @ParameterizedTest
    @CsvSource({
        "0x30, CKR_DEVICE_ERROR, true",
        "0xB3, CKR_SESSION_HANDLE_INVALID, true",
        "0x190, CKR_CRYPTOKI_NOT_INITIALIZED, true",
        "0x101, CKR_USER_NOT_LOGGED_IN, true",
        "0x70, CKR_MECHANISM_INVALID, false",
        "0xA0, CKR_PIN_INCORRECT, false",
        "0xB1, CKR_SESSION_COUNT, false",
    })
    void returnValuesAreFoundInCauses(String value, String name, boolean fatal) {
        CryptokiException origin =
                new CryptokiException("token", "C_Sign", Long.decode(value).longValue());
        Throwable thrown = new SignatureException(new ProviderException("Init", origin));
        assertEquals(name, SunErrors.code(thrown));
        assertEquals(name, SunErrors.describe(thrown));
        assertEquals(fatal, SunErrors.isFatal(thrown));
    }

    @Test
    void everyNameOfAFatalValueIsOneOfTheStandards() throws Exception {
        assertEquals(Ckr.CKR_DEVICE_ERROR, Ckr.class.getField("CKR_DEVICE_ERROR").getLong(null));
        for (String name : SunErrors.FATAL) {
            assertEquals(name, Ckr.name(Ckr.class.getField(name).getLong(null)));
        }
    }

    @Test
    void removalAndLogoutAreFatalWithoutAValue() {
        assertTrue(SunErrors.isFatal(new ProviderException("Token has been removed")));
        assertTrue(SunErrors.isFatal(new IOException("load failed", new LoginException("none"))));
    }

    @Test
    void otherExceptionsAreNot() {
        assertNull(SunErrors.code(new ProviderException("No more sessions available")));
        assertFalse(SunErrors.isFatal(new ProviderException("No more sessions available")));
        assertEquals(
                "inner", SunErrors.describe(new IOException("outer", new IOException("inner"))));
        assertEquals("IOException", SunErrors.describe(new IOException()));
    }

    @Test
    void ringOfCausesIsLeftAgain() {
        Exception one = new Exception("one");
        Exception other = new Exception("other", one);
        one.initCause(other);
        assertNull(SunErrors.code(one));
        assertFalse(SunErrors.isFatal(one));
        assertFalse(SunErrors.describe(one).isEmpty());
    }
}
