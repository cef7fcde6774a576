package org.sslwrite.pkcs11.cryptoki;

import org.jspecify.annotations.Nullable;

import java.util.HexFormat;

/**
 * A private key in one incarnation of a token.
 *
 * @param algorithm RSA or EC
 * @param id CKA_ID; may be empty
 * @param label CKA_LABEL; may be empty
 * @param modulusBytes of an RSA key: bytes of a signature; 0 if the token doesn't tell
 * @param curve of an EC key; null if it is none that TLS uses, or the token doesn't tell
 * @param alwaysAuthenticate whether the token wants the PIN for each signature
 */
record PrivateKeyHandle(
        CryptokiToken token,
        long handle,
        String algorithm,
        byte[] id,
        String label,
        int modulusBytes,
        @Nullable Curve curve,
        boolean alwaysAuthenticate) {
    String describe() {
        return "private key \"" + label + "\" (id " + HexFormat.of().formatHex(id) + ")";
    }

    @Override
    public String toString() {
        return describe();
    }
}
