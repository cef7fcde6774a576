package org.sslwrite.seal.token;

import org.sslwrite.pkcs11.TokenException;

import java.nio.ByteBuffer;

/** AES-CBC in a token with the key of one epoch. Not safe for use by several threads at once. */
interface CbcWithKey extends AutoCloseable {
    /**
     * Encrypts whole blocks in place.
     *
     * @param memory direct; its position and limit are of no account
     * @param index where the plaintext starts; the IV is in the 16 bytes before it
     */
    void encrypt(ByteBuffer memory, int index, int length) throws TokenFailure;

    /** Lets go of the memory that was used last. */
    void releaseBuffers();

    /**
     * What the token was reached by; another one after the token was opened anew, and then this key
     * is lost or soon will be.
     */
    Object reachedBy();

    /**
     * A call was never answered: nothing new shall use what the token was reached by. Called while
     * that call is still under way.
     */
    void giveUp(TokenException reason);

    /** Destroys the key. Twice does no harm; never throws. */
    @Override
    void close();
}
