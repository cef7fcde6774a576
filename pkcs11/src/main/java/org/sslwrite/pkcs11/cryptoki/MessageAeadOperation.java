package org.sslwrite.pkcs11.cryptoki;

import org.sslwrite.pkcs11.cryptoki.ffi.CryptokiException;

/**
 * AES-GCM through the message interface (PKCS#11 3.0): the key is told to a session of its own
 * once, then each record is one call. Whether the token does it right is not checked here: {@link
 * MessageTrial} compares with a known answer. After a failure no other call succeeds.
 */
public final class MessageAeadOperation extends TokenOperation implements AeadEncryption {
    private final MessageCall call;

    MessageAeadOperation(CryptokiToken token, long key, MessageCall call) {
        super(token, key);
        this.call = call;
    }

    @Override
    public void encrypt(byte[] nonce, byte[] aad, long in, int length, long out)
            throws CryptokiException {
        enter();
        try {
            call.encrypt(nonce, aad, in, length, out);
        } catch (CryptokiException e) {
            throw failed(e);
        } finally {
            leave();
        }
    }

    @Override
    void beforeEnd() {
        call.close();
    }
}
