package org.sslwrite.seal.token;

import org.sslwrite.pkcs11.TokenException;
import org.sslwrite.seal.SealException;
import org.sslwrite.seal.SealingParameters;
import org.sslwrite.seal.TrafficKeys;
import org.sslwrite.seal.cipher.AeadInputs;

import java.nio.ByteBuffer;
import java.security.SecureRandom;

/**
 * AES-CBC with HMAC in a token, MAC-then-encrypt (RFC 5246 section 6.2.3.2) or encrypt-then-MAC
 * (RFC 7366), put together in direct memory so that what is authenticated, what is encrypted and
 * the record's body are each one contiguous piece:
 *
 * <pre>
 *                      3            16          32
 *   MAC-then-encrypt
 *     authenticated    | MAC header | content | MAC
 *     encrypted     0 IV            | content | MAC | padding |
 *   encrypt-then-MAC
 *     encrypted                     | IV      | content | padding |
 *     authenticated    | MAC header | IV      | encrypted         | MAC
 * </pre>
 *
 * The IV of MAC-then-encrypt takes the place of the MAC header once that is authenticated.
 */
final class TokenCbcSealer implements TokenSealer {
    private static final int BLOCK = 16;
    private static final int MAC_HEADER = 13;
    private static final int HEADER_AT = BLOCK - MAC_HEADER;

    private final String engine;
    private final SealingParameters parameters;
    private final int maxContentLength;
    private final boolean encryptThenMac;
    private final int macLength;
    private final CbcWithKey cbc;
    private final HmacWithKey hmac;
    private final SecureRandom random = new SecureRandom();
    private final byte[] iv = new byte[BLOCK];
    private final byte[] header = new byte[MAC_HEADER];
    private final DirectStage stage = new DirectStage();
    private boolean closed;

    TokenCbcSealer(
            String engine,
            TokenKeys token,
            SealingParameters parameters,
            TrafficKeys keys,
            int maxContentLength)
            throws TokenException {
        this.engine = engine;
        this.parameters = parameters;
        this.maxContentLength = maxContentLength;
        this.encryptThenMac = parameters.encryptThenMac();
        this.macLength = parameters.suite().mac().length();
        CbcWithKey cipher = token.cbc(keys.cipherKey());
        boolean complete = false;
        try {
            this.hmac = token.hmac(parameters.suite().mac(), keys.macKey());
            complete = true;
        } finally {
            if (!complete) {
                cipher.close();
            }
        }
        this.cbc = inSamePlace(cipher, token, keys);
    }

    /** If the token was opened anew for the second key, the first must be given to it again. */
    private CbcWithKey inSamePlace(CbcWithKey cipher, TokenKeys token, TrafficKeys keys)
            throws TokenException {
        if (cipher.reachedBy() == hmac.reachedBy()) {
            return cipher;
        }
        cipher.close();
        boolean complete = false;
        try {
            CbcWithKey again = token.cbc(keys.cipherKey());
            complete = true;
            return again;
        } finally {
            if (!complete) {
                hmac.close();
            }
        }
    }

    @Override
    public String engine() {
        return engine;
    }

    @Override
    public int plaintextOffset() {
        return BLOCK;
    }

    @Override
    public int maxContentLength() {
        return maxContentLength;
    }

    @Override
    public int bodyLength(int contentLength, int padding) {
        return BLOCK + encryptedLength(contentLength) + (encryptThenMac ? macLength : 0);
    }

    private int encryptedLength(int contentLength) {
        int padded = contentLength + (encryptThenMac ? 0 : macLength) + 1;
        return Math.ceilDiv(padded, BLOCK) * BLOCK;
    }

    @Override
    public int seal(
            long sequence,
            int contentType,
            ByteBuffer src,
            int srcIndex,
            int length,
            int padding,
            ByteBuffer dst,
            int dstIndex)
            throws SealException {
        if (closed) {
            throw new IllegalStateException("the sealer is closed");
        }
        int body = bodyLength(length, padding);
        Memory.requireRoom(src, srcIndex, length, dst, dstIndex, body);
        int bodyAt = encryptThenMac ? BLOCK : 0;
        ByteBuffer memory = stage.atLeast(bodyAt + body);
        try {
            random.nextBytes(iv);
            if (encryptThenMac) {
                encryptThenAuthenticate(sequence, contentType, src, srcIndex, length, memory);
            } else {
                authenticateThenEncrypt(sequence, contentType, src, srcIndex, length, memory);
            }
            dst.put(dstIndex, memory, bodyAt, body);
            return body;
        } catch (TokenFailure e) {
            // Each attempt draws a fresh IV: the record's number may meet another plaintext.
            throw new SealException(
                    e.getMessage() + ", at a record of " + parameters.suite(), e.getCause(), false);
        } finally {
            Memory.wipe(memory, 0, bodyAt + body);
        }
    }

    private void authenticateThenEncrypt(
            long sequence,
            int contentType,
            ByteBuffer src,
            int srcIndex,
            int length,
            ByteBuffer memory)
            throws TokenFailure {
        int encrypted = encryptedLength(length);
        putHeader(memory, sequence, contentType, length);
        Memory.move(src, srcIndex, length, memory, BLOCK);
        authenticate(memory, MAC_HEADER + length);
        pad(memory, BLOCK + length + macLength, BLOCK + encrypted);
        memory.put(0, iv, 0, BLOCK);
        encrypt(memory, BLOCK, encrypted);
    }

    private void encryptThenAuthenticate(
            long sequence,
            int contentType,
            ByteBuffer src,
            int srcIndex,
            int length,
            ByteBuffer memory)
            throws TokenFailure {
        int encrypted = encryptedLength(length);
        memory.put(BLOCK, iv, 0, BLOCK);
        Memory.move(src, srcIndex, length, memory, 2 * BLOCK);
        pad(memory, 2 * BLOCK + length, 2 * BLOCK + encrypted);
        encrypt(memory, 2 * BLOCK, encrypted);
        // RFC 7366 section 3: the MAC covers "seq_num + TLSCipherText.type +
        // TLSCipherText.version + TLSCipherText.length + IV + ENC(content + padding +
        // padding_length)".
        putHeader(memory, sequence, contentType, BLOCK + encrypted);
        authenticate(memory, MAC_HEADER + BLOCK + encrypted);
    }

    private void authenticate(ByteBuffer memory, int length) throws TokenFailure {
        int macAt = HEADER_AT + length;
        Memory.wipe(memory, macAt, macLength);
        hmac.authenticate(memory, HEADER_AT, length);
        if (Memory.isZero(memory, macAt, macLength)) {
            throw new TokenFailure(IdleToken.exception(engine), true);
        }
    }

    private void encrypt(ByteBuffer memory, int index, int length) throws TokenFailure {
        long first = memory.getLong(index);
        long second = memory.getLong(index + 8);
        cbc.encrypt(memory, index, length);
        if (memory.getLong(index) == first && memory.getLong(index + 8) == second) {
            throw new TokenFailure(IdleToken.exception(engine), true);
        }
    }

    private void putHeader(ByteBuffer memory, long sequence, int contentType, int length) {
        AeadInputs.putLong(header, 0, sequence);
        AeadInputs.putHeader(header, 8, contentType, length);
        memory.put(HEADER_AT, header, 0, MAC_HEADER);
    }

    /** RFC 5246 section 6.2.3.2: each byte of the padding is its length without itself. */
    private static void pad(ByteBuffer memory, int from, int to) {
        byte value = (byte) (to - from - 1);
        for (int i = from; i < to; i++) {
            memory.put(i, value);
        }
    }

    @Override
    public void giveUp(TokenException reason) {
        cbc.giveUp(reason);
    }

    @Override
    public void releaseBuffers() {
        stage.release();
        cbc.releaseBuffers();
        hmac.releaseBuffers();
    }

    @Override
    public void close() {
        closed = true;
        stage.release();
        try {
            cbc.close();
        } finally {
            hmac.close();
        }
    }
}
