package org.sslwrite.seal.token;

import org.sslwrite.pkcs11.TokenException;
import org.sslwrite.pkcs11.cryptoki.AeadEncryption;
import org.sslwrite.pkcs11.cryptoki.CbcOperation;
import org.sslwrite.pkcs11.cryptoki.CryptokiToken;
import org.sslwrite.pkcs11.cryptoki.HmacOperation;
import org.sslwrite.pkcs11.cryptoki.TokenConnection;
import org.sslwrite.pkcs11.cryptoki.ffi.Ckm;
import org.sslwrite.pkcs11.cryptoki.ffi.CryptokiException;
import org.sslwrite.protocol.BulkCipher;
import org.sslwrite.protocol.MacAlgorithm;

import java.nio.ByteBuffer;
import java.util.Set;

/** Keys in a token that is reached through the PKCS#11 C API. */
final class CryptokiKeys implements TokenKeys {
    private static final int BLOCK = 16;

    private final TokenConnection connection;

    CryptokiKeys(TokenConnection connection) {
        this.connection = connection;
    }

    @Override
    public CryptokiToken open() throws TokenException {
        return connection.token();
    }

    @Override
    public AeadWithKey aead(BulkCipher cipher, byte[] key) throws TokenException {
        long mechanism =
                cipher == BulkCipher.CHACHA20_POLY1305
                        ? Ckm.CKM_CHACHA20_POLY1305
                        : Ckm.CKM_AES_GCM;
        return connection.with(token -> new Aead(token, token.encryption(mechanism, key)));
    }

    @Override
    public CbcWithKey cbc(byte[] key) throws TokenException {
        return connection.with(token -> new Cbc(token, token.cbc(key)));
    }

    @Override
    public HmacWithKey hmac(MacAlgorithm algorithm, byte[] key) throws TokenException {
        long mechanism =
                switch (algorithm) {
                    case AEAD -> throw new IllegalArgumentException("an AEAD has no MAC");
                    case HMAC_SHA1 -> Ckm.CKM_SHA_1_HMAC;
                    case HMAC_SHA256 -> Ckm.CKM_SHA256_HMAC;
                    case HMAC_SHA384 -> Ckm.CKM_SHA384_HMAC;
                };
        return connection.with(token -> new Hmac(token, token.hmac(mechanism, key)));
    }

    /** Functions that come before the token is given any plaintext. */
    private static final Set<String> BEFORE_PLAINTEXT = Set.of("C_OpenSession", "C_EncryptInit");

    private static TokenFailure failure(CryptokiException e) {
        boolean before = e.isBeforeInput() || BEFORE_PLAINTEXT.contains(e.function());
        return new TokenFailure(e, !before);
    }

    private static final class Aead implements AeadWithKey {
        private final CryptokiToken token;
        private final AeadEncryption operation;
        private final Addresses addresses = new Addresses();

        Aead(CryptokiToken token, AeadEncryption operation) {
            this.token = token;
            this.operation = operation;
        }

        @Override
        public void encrypt(byte[] nonce, byte[] aad, ByteBuffer memory, int index, int length)
                throws TokenFailure {
            long at = addresses.of(memory, index);
            try {
                operation.encrypt(nonce, aad, at, length, at);
            } catch (CryptokiException e) {
                throw failure(e);
            }
        }

        @Override
        public void giveUp(TokenException reason) {
            token.condemn(reason);
        }

        @Override
        public void releaseBuffers() {
            addresses.forget();
        }

        @Override
        public void close() {
            operation.close();
        }
    }

    private static final class Cbc implements CbcWithKey {
        private final CryptokiToken token;
        private final CbcOperation operation;
        private final Addresses addresses = new Addresses();

        Cbc(CryptokiToken token, CbcOperation operation) {
            this.token = token;
            this.operation = operation;
        }

        @Override
        public void encrypt(ByteBuffer memory, int index, int length) throws TokenFailure {
            long at = addresses.of(memory, index);
            try {
                operation.encrypt(at - BLOCK, at, length, at);
            } catch (CryptokiException e) {
                throw failure(e);
            }
        }

        @Override
        public Object reachedBy() {
            return token;
        }

        @Override
        public void giveUp(TokenException reason) {
            token.condemn(reason);
        }

        @Override
        public void releaseBuffers() {
            addresses.forget();
        }

        @Override
        public void close() {
            operation.close();
        }
    }

    private static final class Hmac implements HmacWithKey {
        private final CryptokiToken token;
        private final HmacOperation operation;
        private final Addresses addresses = new Addresses();

        Hmac(CryptokiToken token, HmacOperation operation) {
            this.token = token;
            this.operation = operation;
        }

        @Override
        public void authenticate(ByteBuffer memory, int index, int length) throws TokenFailure {
            long at = addresses.of(memory, index);
            try {
                operation.sign(at, length, at + length);
            } catch (CryptokiException e) {
                throw failure(e);
            }
        }

        @Override
        public Object reachedBy() {
            return token;
        }

        @Override
        public void giveUp(TokenException reason) {
            token.condemn(reason);
        }

        @Override
        public void releaseBuffers() {
            addresses.forget();
        }

        @Override
        public void close() {
            operation.close();
        }
    }
}
