package org.sslwrite.pkcs11.cryptoki;

import org.sslwrite.pkcs11.cryptoki.ffi.CryptokiException;

/**
 * AEAD encryption under one key, a session object in the token that {@link #close} destroys.
 * Allocates nothing in steady state. Not safe for use by several threads at once, except that it
 * may be closed by another one.
 */
public sealed interface AeadEncryption extends AutoCloseable
        permits AeadOperation, MessageAeadOperation {
    /**
     * Encrypts; ciphertext and tag, contiguous, go to {@code out}, which may be {@code in}. The
     * memory behind both must stay valid until this returns. If it throws, what lies at {@code out}
     * is undefined and must not be sent.
     *
     * @param nonce 12 bytes
     * @param aad 64 bytes at most
     * @param in address of the plaintext
     * @param out address with room for {@code length} and the tag of 16 bytes
     * @throws CryptokiException if the token failed, or gave another length
     * @throws IllegalStateException if this is closed
     */
    void encrypt(byte[] nonce, byte[] aad, long in, int length, long out) throws CryptokiException;

    /** Destroys the key in the token. Twice does no harm; never throws. */
    @Override
    void close();
}
