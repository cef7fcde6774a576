package org.sslwrite.pkcs11.cryptoki.ffi;

/** What a CK_ATTRIBUTE says: types of attribute, classes of object, types of key. */
public final class Cka {
    public static final long CKA_CLASS = 0x0L;
    public static final long CKA_TOKEN = 0x1L;
    public static final long CKA_PRIVATE = 0x2L;
    public static final long CKA_LABEL = 0x3L;
    public static final long CKA_VALUE = 0x11L;
    public static final long CKA_CERTIFICATE_TYPE = 0x80L;
    public static final long CKA_ISSUER = 0x81L;
    public static final long CKA_SERIAL_NUMBER = 0x82L;
    public static final long CKA_KEY_TYPE = 0x100L;
    public static final long CKA_SUBJECT = 0x101L;
    public static final long CKA_ID = 0x102L;
    public static final long CKA_SENSITIVE = 0x103L;
    public static final long CKA_ENCRYPT = 0x104L;
    public static final long CKA_SIGN = 0x108L;
    public static final long CKA_VERIFY = 0x10AL;
    static final long CKA_DERIVE = 0x10CL;
    public static final long CKA_MODULUS = 0x120L;
    public static final long CKA_MODULUS_BITS = 0x121L;
    public static final long CKA_PUBLIC_EXPONENT = 0x122L;
    static final long CKA_VALUE_LEN = 0x161L;
    public static final long CKA_EXTRACTABLE = 0x162L;
    public static final long CKA_EC_PARAMS = 0x180L;
    public static final long CKA_EC_POINT = 0x181L;
    public static final long CKA_ALWAYS_AUTHENTICATE = 0x202L;

    public static final long CKO_CERTIFICATE = 0x1L;
    public static final long CKO_PUBLIC_KEY = 0x2L;
    public static final long CKO_PRIVATE_KEY = 0x3L;
    public static final long CKO_SECRET_KEY = 0x4L;

    public static final long CKC_X_509 = 0x0L;

    public static final long CKK_RSA = 0x0L;
    public static final long CKK_EC = 0x3L;
    public static final long CKK_GENERIC_SECRET = 0x10L;
    public static final long CKK_AES = 0x1FL;
    public static final long CKK_SHA_1_HMAC = 0x28L;
    public static final long CKK_SHA256_HMAC = 0x2BL;
    public static final long CKK_SHA384_HMAC = 0x2CL;
    public static final long CKK_CHACHA20 = 0x33L;
    static final long CKK_HKDF = 0x42L;

    private Cka() {}
}
