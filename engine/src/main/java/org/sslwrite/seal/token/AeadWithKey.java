package org.sslwrite.seal.token;

import org.sslwrite.pkcs11.TokenException;

import java.nio.ByteBuffer;

/** An AEAD in a token with the key of one epoch. Not safe for use by several threads at once. */
interface AeadWithKey extends AutoCloseable {
    /**
     * Encrypts in place; the tag follows.
     *
     * @param nonce 12 bytes
     * @param memory direct; its position and limit are of no account
     * @param index where the plaintext starts
     */
    void encrypt(byte[] nonce, byte[] aad, ByteBuffer memory, int index, int length)
            throws TokenFailure;

    /** Lets go of the memory that was used last. */
    void releaseBuffers();

    /**
     * A call was never answered: nothing new shall use what the token was reached by. Called while
     * that call is still under way.
     */
    void giveUp(TokenException reason);

    /** Destroys the key. Twice does no harm; never throws. */
    @Override
    void close();
}
