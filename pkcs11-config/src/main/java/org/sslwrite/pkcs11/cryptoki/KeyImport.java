package org.sslwrite.pkcs11.cryptoki;

/**
 * Brings traffic keys into a token, as session objects that may be used for one thing only and, if
 * the token agrees, are sensitive and not extractable.
 */
final class KeyImport {
    private final CryptokiToken token;
    private volatile KeyProtection protection = KeyProtection.UNKNOWN;

    KeyImport(CryptokiToken token) {
        this.token = token;
    }

    KeyProtection protection() {
        return protection;
    }

    long aead(long mechanism, byte[] key) throws CryptokiException {
        return mechanism == Ckm.CKM_CHACHA20_POLY1305
                ? secret(key, Cka.CKA_ENCRYPT, Cka.CKK_CHACHA20)
                : aes(key);
    }

    long aes(byte[] key) throws CryptokiException {
        return secret(key, Cka.CKA_ENCRYPT, Cka.CKK_AES);
    }

    long hmac(HmacKind kind, byte[] key) throws CryptokiException {
        return secret(key, Cka.CKA_SIGN, Cka.CKK_GENERIC_SECRET, kind.keyType);
    }

    /** A key to derive others from, which are to be read: then it must not be sensitive either. */
    long readableBase(byte[] key) throws CryptokiException {
        return firstAccepted(key, Cka.CKA_DERIVE, false, Cka.CKK_GENERIC_SECRET, Cka.CKK_HKDF);
    }

    private long secret(byte[] key, long usage, long... keyTypes) throws CryptokiException {
        if (protection != KeyProtection.TOKEN_DEFAULT) {
            try {
                long handle = firstAccepted(key, usage, true, keyTypes);
                protection = KeyProtection.SENSITIVE;
                return handle;
            } catch (CryptokiException e) {
                if (!Ckr.refusesTemplate(e.rv())) {
                    throw e;
                }
            }
        }
        long handle = firstAccepted(key, usage, false, keyTypes);
        protection = KeyProtection.TOKEN_DEFAULT;
        return handle;
    }

    private long firstAccepted(byte[] key, long usage, boolean isProtected, long... keyTypes)
            throws CryptokiException {
        for (int i = 0; ; i++) {
            try {
                return create(key, usage, isProtected, keyTypes[i]);
            } catch (CryptokiException e) {
                if (!Ckr.refusesTemplate(e.rv()) || i + 1 == keyTypes.length) {
                    throw e;
                }
            }
        }
    }

    private long create(byte[] key, long usage, boolean isProtected, long keyType)
            throws CryptokiException {
        try (Template template = new Template()) {
            template.ulong(Cka.CKA_CLASS, Cka.CKO_SECRET_KEY)
                    .ulong(Cka.CKA_KEY_TYPE, keyType)
                    .flag(Cka.CKA_TOKEN, false)
                    .flag(Cka.CKA_PRIVATE, token.config().privateTrafficKeys())
                    .flag(usage, true)
                    .bytes(Cka.CKA_VALUE, key);
            if (isProtected) {
                template.flag(Cka.CKA_SENSITIVE, true).flag(Cka.CKA_EXTRACTABLE, false);
            }
            return token.objects().create(template, true);
        }
    }
}
