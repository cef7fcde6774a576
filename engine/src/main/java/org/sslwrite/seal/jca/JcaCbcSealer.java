package org.sslwrite.seal.jca;

import org.jspecify.annotations.Nullable;
import org.sslwrite.protocol.MacAlgorithm;
import org.sslwrite.seal.RecordSealer;
import org.sslwrite.seal.SealException;
import org.sslwrite.seal.SealingParameters;
import org.sslwrite.seal.TrafficKeys;
import org.sslwrite.seal.cipher.AeadInputs;
import org.sslwrite.seal.cipher.WipeableKey;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.Provider;
import java.util.Arrays;

import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.IvParameterSpec;

/**
 * AES-CBC with HMAC through a JCA {@link Cipher} and {@link Mac}, MAC-then-encrypt (RFC 5246
 * section 6.2.3.2) or encrypt-then-MAC (RFC 7366).
 *
 * <pre>
 *                      0            13          29
 *   MAC-then-encrypt
 *     plain            | MAC header | content | MAC | padding |
 *     sealed                        | IV        | encrypted |
 *   encrypt-then-MAC
 *     plain                         | content | padding |
 *     sealed           | MAC header | IV        | encrypted | MAC |
 * </pre>
 *
 * so that what is authenticated, what is encrypted and what is the record's body are each one
 * contiguous piece. Two arrays, because SunJCE copies a whole record first when it is to encrypt
 * CBC in place.
 */
final class JcaCbcSealer implements RecordSealer {
    private static final int BLOCK = 16;
    private static final int MAC_HEADER = 13;
    private static final int IV = MAC_HEADER;
    private static final int ENCRYPTED = IV + BLOCK;

    private final Provider provider;
    private final SealingParameters parameters;
    private final boolean encryptThenMac;
    private final int macLength;
    private final Staging plain;
    private final Staging sealed;
    private final ExplicitIvs ivs = new ExplicitIvs(BLOCK);
    private final WipeableKey cipherKey;
    private final WipeableKey macKey;
    private @Nullable Cipher cipher;
    private @Nullable Mac mac;

    JcaCbcSealer(Provider provider, SealingParameters parameters, TrafficKeys keys)
            throws GeneralSecurityException {
        MacAlgorithm algorithm = parameters.suite().mac();
        this.provider = provider;
        this.parameters = parameters;
        this.encryptThenMac = parameters.encryptThenMac();
        this.macLength = algorithm.length();
        this.plain = new Staging(MAC_HEADER + macLength + BLOCK);
        this.sealed = new Staging(ENCRYPTED + macLength + BLOCK);
        this.cipherKey = new WipeableKey("AES", keys.cipherKey());
        this.macKey = new WipeableKey(algorithm.jcaName(), keys.macKey());
        this.cipher = newCipher();
        this.mac = newMac();
    }

    @Override
    public String engine() {
        return provider.getName();
    }

    @Override
    public int plaintextOffset() {
        return BLOCK;
    }

    @Override
    public int bodyLength(int contentLength, int padding) {
        return BLOCK + encryptedLength(contentLength) + (encryptThenMac ? macLength : 0);
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
        int encrypted = encryptedLength(length);
        int body = bodyLength(length, padding);
        byte[] plainArray = plain.atLeast(MAC_HEADER + encrypted);
        byte[] sealedArray = sealed.atLeast(MAC_HEADER + body);
        boolean done = false;
        try {
            src.get(srcIndex, plainArray, MAC_HEADER, length);
            ivs.put(sealedArray, IV);
            sealStaged(plainArray, sealedArray, sequence, contentType, length, encrypted);
            dst.put(dstIndex, sealedArray, IV, body);
            done = true;
        } finally {
            Arrays.fill(plainArray, 0, MAC_HEADER + encrypted, (byte) 0);
            if (!done) {
                // Half a record may be left in either, and the same record may be sealed again.
                cipher = null;
                mac = null;
            }
        }
        return body;
    }

    private void sealStaged(
            byte[] plain, byte[] sealed, long sequence, int contentType, int length, int encrypted)
            throws SealException {
        if (cipherKey.isDestroyed()) {
            throw new IllegalStateException("the sealer is closed");
        }
        try {
            if (encryptThenMac) {
                pad(plain, MAC_HEADER + length, MAC_HEADER + encrypted);
                encrypt(plain, sealed, encrypted);
                // RFC 7366 section 3: the MAC covers "seq_num + TLSCipherText.type +
                // TLSCipherText.version + TLSCipherText.length + IV + ENC(content + padding +
                // padding_length)".
                putMacHeader(sealed, sequence, contentType, BLOCK + encrypted);
                authenticate(sealed, ENCRYPTED + encrypted);
            } else {
                putMacHeader(plain, sequence, contentType, length);
                authenticate(plain, MAC_HEADER + length);
                pad(plain, MAC_HEADER + length + macLength, MAC_HEADER + encrypted);
                encrypt(plain, sealed, encrypted);
            }
        } catch (GeneralSecurityException | RuntimeException e) {
            throw new SealException(
                    engine()
                            + " could not seal a "
                            + parameters.suite()
                            + " record: "
                            + JcaSealerFactory.words(e),
                    e);
        }
    }

    private void encrypt(byte[] plain, byte[] sealed, int length) throws GeneralSecurityException {
        Cipher current = cipher;
        if (current == null) {
            current = newCipher();
            cipher = current;
        }
        current.init(Cipher.ENCRYPT_MODE, cipherKey, new IvParameterSpec(sealed, IV, BLOCK));
        int n = current.doFinal(plain, MAC_HEADER, length, sealed, ENCRYPTED);
        if (n != length) {
            throw new GeneralSecurityException("wrote " + n + " bytes instead of " + length);
        }
    }

    private void authenticate(byte[] array, int length) throws GeneralSecurityException {
        Mac current = mac;
        if (current == null) {
            current = newMac();
            mac = current;
        }
        current.update(array, 0, length);
        current.doFinal(array, length);
    }

    private int encryptedLength(int contentLength) {
        int padded = contentLength + (encryptThenMac ? 0 : macLength) + 1;
        return (padded + BLOCK - 1) / BLOCK * BLOCK;
    }

    private static void putMacHeader(byte[] array, long sequence, int contentType, int length) {
        AeadInputs.putLong(array, 0, sequence);
        AeadInputs.putHeader(array, 8, contentType, length);
    }

    private static void pad(byte[] array, int from, int to) {
        // RFC 5246 section 6.2.3.2: "Each uint8 in the padding data vector MUST be filled with the
        // padding length value."
        Arrays.fill(array, from, to, (byte) (to - from - 1));
    }

    private Cipher newCipher() throws GeneralSecurityException {
        return Cipher.getInstance(
                JcaSealerFactory.transformation(parameters.suite().bulkCipher()), provider);
    }

    private Mac newMac() throws GeneralSecurityException {
        Mac made = Mac.getInstance(parameters.suite().mac().jcaName(), provider);
        made.init(macKey);
        return made;
    }

    @Override
    public void releaseBuffers() {
        plain.release();
        sealed.release();
    }

    @Override
    public void close() {
        cipherKey.destroy();
        macKey.destroy();
        plain.wipe();
        sealed.wipe();
        cipher = null;
        mac = null;
    }
}
