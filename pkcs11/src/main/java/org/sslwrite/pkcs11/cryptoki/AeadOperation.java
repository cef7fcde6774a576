package org.sslwrite.pkcs11.cryptoki;

import org.sslwrite.pkcs11.cryptoki.ffi.AeadBlock;
import org.sslwrite.pkcs11.cryptoki.ffi.AeadLayout;
import org.sslwrite.pkcs11.cryptoki.ffi.CryptokiException;

/** Two calls a record, C_EncryptInit and C_Encrypt, in any session that is free. */
public final class AeadOperation extends TokenOperation implements AeadEncryption {
    private final AeadBlock block;

    AeadOperation(CryptokiToken token, long key, AeadLayout layout) {
        super(token, key);
        this.block = new AeadBlock(layout);
    }

    @Override
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
