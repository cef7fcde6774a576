package org.sslwrite.pkcs11.cryptoki.ffi;

import java.util.Map;

/** Mechanisms of the C API (CK_MECHANISM_TYPE) that matter to TLS. */
public final class Ckm {
    public static final long CKM_RSA_PKCS_KEY_PAIR_GEN = 0x0L;
    public static final long CKM_RSA_PKCS = 0x1L;
    public static final long CKM_RSA_X_509 = 0x3L;
    public static final long CKM_RSA_PKCS_PSS = 0xDL;
    public static final long CKM_SHA256_RSA_PKCS = 0x40L;
    public static final long CKM_SHA384_RSA_PKCS = 0x41L;
    public static final long CKM_SHA512_RSA_PKCS = 0x42L;
    public static final long CKM_SHA256_RSA_PKCS_PSS = 0x43L;
    public static final long CKM_SHA384_RSA_PKCS_PSS = 0x44L;
    public static final long CKM_SHA512_RSA_PKCS_PSS = 0x45L;
    public static final long CKM_SHA_1 = 0x220L;
    public static final long CKM_SHA_1_HMAC = 0x221L;
    public static final long CKM_SHA256 = 0x250L;
    public static final long CKM_SHA256_HMAC = 0x251L;
    public static final long CKM_SHA384 = 0x260L;
    public static final long CKM_SHA384_HMAC = 0x261L;
    public static final long CKM_SHA512 = 0x270L;
    public static final long CKM_GENERIC_SECRET_KEY_GEN = 0x350L;
    public static final long CKM_EC_KEY_PAIR_GEN = 0x1040L;
    public static final long CKM_ECDSA = 0x1041L;
    public static final long CKM_ECDSA_SHA256 = 0x1044L;
    public static final long CKM_ECDSA_SHA384 = 0x1045L;
    public static final long CKM_ECDSA_SHA512 = 0x1046L;
    public static final long CKM_AES_KEY_GEN = 0x1080L;
    public static final long CKM_AES_CBC = 0x1082L;
    public static final long CKM_AES_GCM = 0x1087L;
    public static final long CKM_CHACHA20_POLY1305 = 0x4021L;
    public static final long CKM_HKDF_DERIVE = 0x402AL;
    public static final long CKM_HKDF_DATA = 0x402BL;

    private static final Map<Long, String> NAMES = Ckr.names(Ckm.class, "CKM_");

    private Ckm() {}

    /** The standard's name, if it is one of these; others in hexadecimal. */
    public static String name(long mechanism) {
        String name = NAMES.get(mechanism);
        return name != null ? name : "mechanism 0x" + Long.toHexString(mechanism);
    }
}
