package org.sslwrite.pkcs11.cryptoki.ffi;

/**
 * What a token claims of a mechanism (CK_MECHANISM_INFO).
 *
 * @param minKeySize in bits or bytes, as the mechanism has it
 * @param maxKeySize likewise
 * @param flags CKF_…
 */
public record MechanismInfo(long mechanism, long minKeySize, long maxKeySize, long flags) {
    public static final long CKF_SIGN = 0x800;
}
