package org.sslwrite.pkcs11.key;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;
import java.util.HexFormat;

/** The curves that TLS certificates use. */
public enum Curve {
    P256("secp256r1", "06082a8648ce3d030107", 32),
    P384("secp384r1", "06052b81040022", 48),
    P521("secp521r1", "06052b81040023", 66);

    /** The JCA's name. */
    public final String jcaName;

    /** CKA_EC_PARAMS: the curve's object identifier, in DER. */
    public final byte[] parameters;

    /** Bytes of a coordinate, and of each half of a signature. */
    public final int bytes;

    Curve(String jcaName, String parameters, int bytes) {
        this.jcaName = jcaName;
        this.parameters = HexFormat.of().parseHex(parameters);
        this.bytes = bytes;
    }

    /** Null if it is none of them. */
    public static @Nullable Curve of(byte[] parameters) {
        return Arrays.stream(values())
                .filter(curve -> Arrays.equals(curve.parameters, parameters))
                .findFirst()
                .orElse(null);
    }
}
