package org.sslwrite.pkcs11.cryptoki;

import org.jspecify.annotations.Nullable;
import org.sslwrite.pkcs11.key.Curve;

import java.math.BigInteger;
import java.util.HexFormat;

/**
 * A private key in one incarnation of a token.
 *
 * @param algorithm RSA or EC
 * @param id CKA_ID; may be empty
 * @param label CKA_LABEL; may be empty
 * @param modulus of an RSA key; null if the token doesn't tell
 * @param curve of an EC key; null if it is none that TLS uses, or the token doesn't tell
 * @param alwaysAuthenticate whether the token wants the PIN for each signature
 */
record PrivateKeyHandle(
        CryptokiToken token,
        long handle,
        String algorithm,
        byte[] id,
        String label,
        @Nullable BigInteger modulus,
        @Nullable Curve curve,
        boolean alwaysAuthenticate) {
    /** Bytes of a signature by an RSA key; 0 if the token doesn't tell. */
    int modulusBytes() {
        return modulus == null ? 0 : (modulus.bitLength() + 7) / 8;
    }

    String describe() {
        return "private key \"" + label + "\" (id " + HexFormat.of().formatHex(id) + ")";
    }

    @Override
    public String toString() {
        return describe();
    }
}
