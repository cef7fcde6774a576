package org.sslwrite.pkcs11.cryptoki.ffi;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CkrTest {
    @ParameterizedTest
    @CsvSource({
        "0, CKR_OK",
        "0x30, CKR_DEVICE_ERROR",
        "0xB3, CKR_SESSION_HANDLE_INVALID",
        "0x190, CKR_CRYPTOKI_NOT_INITIALIZED",
        "0x201, CKR_TOKEN_RESOURCE_EXCEEDED",
        "0x4, CK_RV 0x4",
        "0x7fffffff, CK_RV 0x7fffffff",
        "0x80000000, CKR_VENDOR_DEFINED | 0x0",
        "0xCE534351, CKR_VENDOR_DEFINED | 0x4e534351",
    })
    void namesWhatItCan(String rv, String name) {
        assertEquals(name, Ckr.name(Long.decode(rv)));
    }

    @ParameterizedTest
    @CsvSource({"0x1087, CKM_AES_GCM", "0x4021, CKM_CHACHA20_POLY1305", "0x9, mechanism 0x9"})
    void namesMechanisms(String mechanism, String name) {
        assertEquals(name, Ckm.name(Long.decode(mechanism)));
    }
}
