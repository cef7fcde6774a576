package org.sslwrite.pkcs11.cryptoki;

import org.sslwrite.pkcs11.cryptoki.ffi.Cka;
import org.sslwrite.pkcs11.cryptoki.ffi.Ckm;
import org.sslwrite.pkcs11.cryptoki.ffi.Ckr;
import org.sslwrite.pkcs11.cryptoki.ffi.CryptokiException;
import org.sslwrite.pkcs11.cryptoki.ffi.Template;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Brings traffic keys into a token, as session objects that may be used for one thing only and, if
 * the token agrees, are sensitive and not extractable.
 */
final class KeyImport {
    private final CryptokiToken token;

    /** By CKA_KEY_TYPE: a token may refuse one kind of sensitive key and take another. */
    private final Map<Long, KeyProtection> protections = new ConcurrentHashMap<>();

    KeyImport(CryptokiToken token) {
        this.token = token;
    }

    /** The weakest so far. */
    KeyProtection protection() {
        if (protections.containsValue(KeyProtection.TOKEN_DEFAULT)) {
            return KeyProtection.TOKEN_DEFAULT;
        }
        return protections.isEmpty() ? KeyProtection.UNKNOWN : KeyProtection.SENSITIVE;
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

    private long secret(byte[] key, long usage, long... keyTypes) throws CryptokiException {
        if (protections.get(keyTypes[0]) != KeyProtection.TOKEN_DEFAULT) {
            try {
                long handle = firstAccepted(key, usage, true, keyTypes);
                protections.put(keyTypes[0], KeyProtection.SENSITIVE);
                return handle;
            } catch (CryptokiException e) {
                if (!Ckr.refusesTemplate(e.rv())) {
                    throw e;
                }
            }
        }
        long handle = firstAccepted(key, usage, false, keyTypes);
        protections.put(keyTypes[0], KeyProtection.TOKEN_DEFAULT);
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
