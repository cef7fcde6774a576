package org.sslwrite.pkcs11.cryptoki;

import org.jspecify.annotations.Nullable;
import org.sslwrite.pkcs11.KeySelector;
import org.sslwrite.pkcs11.TokenException;
import org.sslwrite.pkcs11.cryptoki.ffi.Cka;
import org.sslwrite.pkcs11.cryptoki.ffi.CryptokiException;
import org.sslwrite.pkcs11.cryptoki.ffi.Template;
import org.sslwrite.pkcs11.key.Curve;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** Finds private keys in a token. */
final class PrivateKeys {
    private static final int MAX_LISTED = 20;

    private final CryptokiToken token;
    private final TokenObjects objects;

    PrivateKeys(CryptokiToken token) {
        this.token = token;
        this.objects = new TokenObjects(token);
    }

    /**
     * @throws TokenException if there is none, or more than one; says which keys there are
     */
    PrivateKeyHandle find(KeySelector selector) throws TokenException {
        List<Long> found = handles(selector);
        if (found.size() == 1) {
            return describe(found.getFirst());
        }
        boolean none = found.isEmpty();
        throw new TokenException(
                token.name()
                        + ": has "
                        + (none ? "no private " : "more than one private ")
                        + selector
                        + (none ? "; it has " : "; say which, by label and id: ")
                        + list(none ? handles(null) : found));
    }

    private List<Long> handles(@Nullable KeySelector selector) throws CryptokiException {
        try (Template template = new Template()) {
            template.ulong(Cka.CKA_CLASS, Cka.CKO_PRIVATE_KEY);
            if (selector != null && selector.label() != null) {
                template.text(Cka.CKA_LABEL, selector.label());
            }
            if (selector != null && selector.idHex() != null) {
                template.bytes(Cka.CKA_ID, HexFormat.of().parseHex(selector.idHex()));
            }
            return objects.find(template);
        }
    }

    private String list(List<Long> handles) throws CryptokiException {
        if (handles.isEmpty()) {
            String advice = LoginAdvice.ofMissing(token);
            return "none at all (with the login that was used)"
                    + (advice == null ? "" : "; " + advice);
        }
        List<String> names = new ArrayList<>();
        for (long handle : handles.subList(0, Math.min(handles.size(), MAX_LISTED))) {
            names.add(
                    "\"" + label(handle) + "\" (id " + HexFormat.of().formatHex(id(handle)) + ")");
        }
        return String.join(", ", names) + (handles.size() > MAX_LISTED ? " and others" : "");
    }

    private PrivateKeyHandle describe(long handle) throws TokenException {
        objects.readAhead(
                handle, Cka.CKA_KEY_TYPE, Cka.CKA_ID, Cka.CKA_LABEL, Cka.CKA_ALWAYS_AUTHENTICATE);
        String algorithm = algorithm(handle);
        boolean rsa = algorithm.equals("RSA");
        objects.readAhead(handle, rsa ? Cka.CKA_MODULUS : Cka.CKA_EC_PARAMS);
        byte[] modulus = rsa ? objects.attribute(handle, Cka.CKA_MODULUS) : null;
        byte[] curve = rsa ? null : objects.attribute(handle, Cka.CKA_EC_PARAMS);
        return new PrivateKeyHandle(
                token,
                handle,
                algorithm,
                id(handle),
                label(handle),
                modulus == null ? null : new BigInteger(1, modulus),
                curve == null ? null : Curve.of(curve),
                objects.flag(handle, Cka.CKA_ALWAYS_AUTHENTICATE));
    }

    private String algorithm(long handle) throws TokenException {
        long type = objects.ulong(handle, Cka.CKA_KEY_TYPE);
        if (type == Cka.CKK_RSA) {
            return "RSA";
        }
        if (type == Cka.CKK_EC) {
            return "EC";
        }
        throw new TokenException(
                token.name()
                        + ": the private key \""
                        + label(handle)
                        + "\" is neither RSA nor EC (CKA_KEY_TYPE "
                        + type
                        + "); TLS needs one of these");
    }

    private byte[] id(long handle) throws CryptokiException {
        byte[] id = objects.attribute(handle, Cka.CKA_ID);
        return id == null ? new byte[0] : id;
    }

    private String label(long handle) throws CryptokiException {
        return objects.text(handle, Cka.CKA_LABEL);
    }
}
