package org.sslwrite.pkcs11.cryptoki;

/**
 * AEAD encryption under one key, a session object in the token that {@link #close} destroys.
 * Allocates nothing in steady state. Not safe for use by several threads at once, except that it
 * may be closed by another one.
 */
public final class AeadOperation extends TokenOperation {
    private final AeadBlock block;

    AeadOperation(CryptokiToken token, long key, AeadLayout layout) {
        super(token, key);
        this.block = new AeadBlock(layout);
    }

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
    public void encrypt(byte[] nonce, byte[] aad, long in, int length, long out)
            throws CryptokiException {
        enter();
        try {
            block.set(nonce, aad);
            int due = length + AeadLayout.TAG_BYTES;
            sessions.encrypt(block.mechanism(), key, in, length, out, due, block.length());
        } catch (CryptokiException e) {
            throw failed(e);
        } finally {
            leave();
        }
    }
}
