package org.sslwrite.pkcs11.cryptoki.ffi;

import java.lang.foreign.StructLayout;
import java.util.Arrays;
import java.util.List;

/** The ways to tell a token the parameters of an AEAD mechanism. */
public enum AeadLayout {
    /** The standard's own, so it is tried first. */
    GCM(Ckm.CKM_AES_GCM, Layouts.GCM_PARAMS, "pIv", "ulIvLen"),
    GCM_WITHOUT_IV_BITS(Ckm.CKM_AES_GCM, Layouts.GCM_PARAMS_WITHOUT_IV_BITS, "pIv", "ulIvLen"),
    CHACHA20_POLY1305(
            Ckm.CKM_CHACHA20_POLY1305,
            Layouts.SALSA20_CHACHA20_POLY1305_PARAMS,
            "pNonce",
            "ulNonceLen");

    /**
     * What a layout was found to work for.
     *
     * @param token {@link TokenInfo#identity}
     */
    public record Use(String token, long mechanism) {}

    public static final int NONCE_BYTES = 12;
    public static final int TAG_BYTES = 16;

    final long mechanism;
    final StructLayout parameters;
    private final String nonce;
    private final String nonceLength;

    AeadLayout(long mechanism, StructLayout parameters, String nonce, String nonceLength) {
        this.mechanism = mechanism;
        this.parameters = parameters;
        this.nonce = nonce;
        this.nonceLength = nonceLength;
    }

    /** In the order in which to try them; none: not an AEAD mechanism of TLS. */
    public static List<AeadLayout> of(long mechanism) {
        return Arrays.stream(values()).filter(layout -> layout.mechanism == mechanism).toList();
    }

    /** Writes what stays the same for every record; only the length of the AAD does not. */
    void write(long at, long nonceAddress, long aadAddress) {
        Memory.ulong(at + offset(nonce), nonceAddress);
        Memory.ulong(at + offset(nonceLength), NONCE_BYTES);
        Memory.ulong(at + offset("pAAD"), aadAddress);
        if (this != CHACHA20_POLY1305) {
            Memory.ulong(at + offset("ulTagBits"), TAG_BYTES * Byte.SIZE);
        }
        if (this == GCM) {
            Memory.ulong(at + offset("ulIvBits"), NONCE_BYTES * Byte.SIZE);
        }
    }

    long offset(String member) {
        return Layouts.offset(parameters, member);
    }
}
