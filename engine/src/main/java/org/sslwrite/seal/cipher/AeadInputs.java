package org.sslwrite.seal.cipher;

import org.sslwrite.protocol.ContentType;
import org.sslwrite.protocol.TlsVersion;
import org.sslwrite.seal.SealingParameters;

import java.util.Arrays;

/**
 * Nonce and additional data of an AEAD record, in two arrays that are overwritten for each record.
 *
 * <p>TLS 1.3: RFC 8446 sections 5.2 and 5.3. TLS 1.2: RFC 5246 section 6.2.3.3 with RFC 5288
 * (AES-GCM) or RFC 7905 (ChaCha20-Poly1305).
 */
public final class AeadInputs implements AutoCloseable {
    private final byte[] fixedIv;
    private final byte[] nonce = new byte[12];
    private final byte[] aad;
    private final boolean tls13;
    private final int tagLength;

    /**
     * Copies the fixed IV.
     *
     * @throws IllegalArgumentException if the IV has not the length that suite and version ask for
     */
    public AeadInputs(SealingParameters parameters, byte[] fixedIv) {
        int wanted = parameters.suite().bulkCipher().fixedIvLength(parameters.version());
        if (fixedIv.length != wanted) {
            throw new IllegalArgumentException(
                    "fixed IV of " + fixedIv.length + " bytes instead of " + wanted);
        }
        this.fixedIv = fixedIv.clone();
        this.tls13 = parameters.version() == TlsVersion.TLSV1_3;
        this.aad = new byte[tls13 ? 5 : 13];
        this.tagLength = parameters.suite().bulkCipher().tagLength();
    }

    /**
     * Fills both arrays for one record.
     *
     * @param innerLength bytes that will be encrypted: content, and in TLS 1.3 content type and
     *     padding
     */
    public void prepare(long sequence, int contentType, int innerLength) {
        if (fixedIv.length == 4) {
            // RFC 5288 section 3: "The nonce_explicit MAY be the 64-bit sequence number."
            System.arraycopy(fixedIv, 0, nonce, 0, 4);
            putLong(nonce, 4, sequence);
        } else {
            // RFC 8446 section 5.3: "The padded sequence number is XORed with either the static
            // client_write_iv or
            // server_write_iv".
            System.arraycopy(fixedIv, 0, nonce, 0, 12);
            for (int i = 0; i < 8; i++) {
                nonce[4 + i] ^= (byte) (sequence >>> (56 - 8 * i));
            }
        }
        if (tls13) {
            putHeader(aad, 0, ContentType.APPLICATION_DATA, innerLength + tagLength);
        } else {
            putLong(aad, 0, sequence);
            putHeader(aad, 8, contentType, innerLength);
        }
    }

    /** The nonce of the record prepared last; the array itself. */
    public byte[] nonce() {
        return nonce;
    }

    /** The additional data of the record prepared last; the array itself. */
    public byte[] aad() {
        return aad;
    }

    /** Wipes the IV and the nonce. */
    @Override
    public void close() {
        Arrays.fill(fixedIv, (byte) 0);
        Arrays.fill(nonce, (byte) 0);
    }

    /**
     * Writes content type, the version 0x0303 that both TLS 1.2 and TLS 1.3 put on the wire, and a
     * length: a record header, and likewise the tail of TLS 1.2's MAC header.
     */
    public static void putHeader(byte[] array, int index, int contentType, int length) {
        array[index] = (byte) contentType;
        array[index + 1] = 3;
        array[index + 2] = 3;
        array[index + 3] = (byte) (length >>> 8);
        array[index + 4] = (byte) length;
    }

    /** Writes a number in network byte order. */
    public static void putLong(byte[] array, int index, long value) {
        for (int i = 0; i < 8; i++) {
            array[index + i] = (byte) (value >>> (56 - 8 * i));
        }
    }
}
