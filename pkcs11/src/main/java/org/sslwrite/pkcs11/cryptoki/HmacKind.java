package org.sslwrite.pkcs11.cryptoki;

import org.sslwrite.pkcs11.cryptoki.ffi.Cka;
import org.sslwrite.pkcs11.cryptoki.ffi.Ckm;

/** The HMACs of TLS, with the type of key that some tokens insist on. */
enum HmacKind {
    SHA1(Ckm.CKM_SHA_1_HMAC, Cka.CKK_SHA_1_HMAC, 20),
    SHA256(Ckm.CKM_SHA256_HMAC, Cka.CKK_SHA256_HMAC, 32),
    SHA384(Ckm.CKM_SHA384_HMAC, Cka.CKK_SHA384_HMAC, 48);

    final long mechanism;
    final long keyType;
    final int macLength;

    HmacKind(long mechanism, long keyType, int macLength) {
        this.mechanism = mechanism;
        this.keyType = keyType;
        this.macLength = macLength;
    }

    static HmacKind of(long mechanism) {
        for (HmacKind kind : values()) {
            if (kind.mechanism == mechanism) {
                return kind;
            }
        }
        throw new IllegalArgumentException(Ckm.name(mechanism) + " is no HMAC of TLS");
    }
}
