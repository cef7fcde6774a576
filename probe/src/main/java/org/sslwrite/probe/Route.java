package org.sslwrite.probe;

import org.sslwrite.pkcs11.TokenRoute;

/**
 * One way to a token. Every call puts its key into the token and takes it out again, and gives what
 * the token gave, however long that is.
 */
interface Route {
    TokenRoute engine();

    /** Whether the token, or its provider, says that it has this. */
    boolean lists(Feature feature);

    /** What came out, and the memory of the nonce thereafter: some tokens write into it. */
    record Sealed(byte[] bytes, byte[] nonce) {}

    /**
     * Encrypts with {@link Feature#AES_128_GCM}, {@link Feature#AES_256_GCM} or {@link
     * Feature#CHACHA20_POLY1305}, by one call over one contiguous input.
     */
    Sealed aead(
            Feature feature,
            byte[] key,
            byte[] nonce,
            byte[] aad,
            byte[] plaintext,
            boolean inPlace)
            throws TrialFailure;

    /** Encrypts whole blocks. */
    byte[] cbc(Feature feature, byte[] key, byte[] iv, byte[] plaintext, boolean inPlace)
            throws TrialFailure;

    /** Computes a whole MAC. */
    byte[] hmac(Feature feature, byte[] key, byte[] message) throws TrialFailure;
}
