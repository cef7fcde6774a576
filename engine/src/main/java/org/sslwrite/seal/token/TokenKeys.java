package org.sslwrite.seal.token;

import org.sslwrite.pkcs11.TokenException;
import org.sslwrite.pkcs11.cryptoki.CryptokiToken;
import org.sslwrite.protocol.BulkCipher;
import org.sslwrite.protocol.MacAlgorithm;

/**
 * The way to a token: opens it when needed, and puts keys into it. Safe for use by several threads.
 */
interface TokenKeys {
    /** Opens the token unless it is open; what it is reached by then. */
    CryptokiToken open() throws TokenException;

    /** An AEAD with a copy of this key, in the token. */
    AeadWithKey aead(BulkCipher cipher, byte[] key) throws TokenException;

    /** AES-CBC with a copy of this key, in the token. */
    CbcWithKey cbc(byte[] key) throws TokenException;

    /** HMAC with a copy of this key, in the token. */
    HmacWithKey hmac(MacAlgorithm algorithm, byte[] key) throws TokenException;
}
