package org.sslwrite.seal;

import org.sslwrite.protocol.CipherSuite;
import org.sslwrite.protocol.TlsVersion;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.Provider;
import java.security.spec.AlgorithmParameterSpec;
import java.util.Arrays;

import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Record protection a second time, written from the RFCs alone and slow: what a sealer must give,
 * and what a peer makes of it. Shares no code with the sealers; reads what it must know of a suite
 * from the suite's IANA name.
 */
public final class ReferenceRecords {
    private final Provider provider;
    private final boolean tls13;
    private final boolean encryptThenMac;
    private final String name;
    private final byte[] key;
    private final byte[] fixedIv;
    private final byte[] macKey;

    /** Copies the keys. */
    public ReferenceRecords(Provider provider, SealingParameters parameters, TrafficKeys keys) {
        this.provider = provider;
        this.tls13 = parameters.version() == TlsVersion.TLSV1_3;
        this.encryptThenMac = parameters.encryptThenMac();
        this.name = parameters.suite().name();
        this.key = keys.cipherKey().clone();
        this.fixedIv = keys.fixedIv().clone();
        this.macKey = keys.macKey().clone();
    }

    /** What a peer reads from a record. */
    public record Opened(int contentType, byte[] content, int padding) {}

    /** Length of the cipher key that the suite's name tells. */
    public static int cipherKeyLength(CipherSuite suite) {
        return suite.name().contains("_128_") ? 16 : 32;
    }

    /** Length of the implicit part of the nonce: RFC 5288, RFC 7905, RFC 8446 section 5.3. */
    public static int fixedIvLength(SealingParameters parameters) {
        String name = parameters.suite().name();
        if (name.contains("_CBC_")) {
            return 0;
        }
        return name.contains("_GCM_") && parameters.version() == TlsVersion.TLSV1_2 ? 4 : 12;
    }

    /** Length of the MAC key that the suite's name tells; 0 for an AEAD. */
    public static int macKeyLength(CipherSuite suite) {
        return !suite.name().contains("_CBC_") ? 0 : macLength(suite.name());
    }

    private static int macLength(String name) {
        return name.endsWith("_SHA384") ? 48 : name.endsWith("_SHA256") ? 32 : 20;
    }

    /** Bytes of the body before the ciphertext. */
    public int explicitIvLength() {
        if (isCbc()) {
            return 16;
        }
        return fixedIv.length == 4 ? 8 : 0;
    }

    /** Exact length of a body. */
    public int bodyLength(int length, int padding) {
        if (!isCbc()) {
            return explicitIvLength() + length + (tls13 ? 1 + padding : 0) + 16;
        }
        int padded = length + (encryptThenMac ? 0 : macLength(name)) + 1;
        while (padded % 16 != 0) {
            padded++;
        }
        return 16 + padded + (encryptThenMac ? macLength(name) : 0);
    }

    /**
     * The body that a sealer must give.
     *
     * @param sealed what it gave; only CBC's explicit IV, which is the sealer's to choose, is taken
     *     from it
     */
    public byte[] seal(long sequence, int contentType, byte[] content, int padding, byte[] sealed)
            throws GeneralSecurityException {
        if (isCbc()) {
            return sealCbc(sequence, contentType, content, Arrays.copyOf(sealed, 16));
        }
        byte[] inner = content;
        if (tls13) {
            inner = Arrays.copyOf(content, content.length + 1 + padding);
            inner[content.length] = (byte) contentType;
        }
        Cipher cipher = aead(Cipher.ENCRYPT_MODE, sequence, contentType, inner.length);
        byte[] explicitNonce = fixedIv.length == 4 ? sequence(sequence) : new byte[0];
        return concat(explicitNonce, cipher.doFinal(inner));
    }

    /** What a peer makes of a record with this content type in its header. */
    public Opened open(long sequence, int headerType, byte[] body) throws GeneralSecurityException {
        if (isCbc()) {
            return new Opened(headerType, openCbc(sequence, headerType, body), 0);
        }
        int start = explicitIvLength();
        int innerLength = body.length - start - 16;
        if (!Arrays.equals(Arrays.copyOf(body, start), Arrays.copyOf(sequence(sequence), start))) {
            throw new GeneralSecurityException("explicit nonce is not the sequence number");
        }
        byte[] inner =
                aead(Cipher.DECRYPT_MODE, sequence, headerType, innerLength)
                        .doFinal(body, start, innerLength + 16);
        if (!tls13) {
            return new Opened(headerType, inner, 0);
        }
        int end = inner.length - 1;
        while (end >= 0 && inner[end] == 0) {
            end--;
        }
        return new Opened(inner[end], Arrays.copyOf(inner, end), inner.length - 1 - end);
    }

    private Cipher aead(int mode, long sequence, int contentType, int innerLength)
            throws GeneralSecurityException {
        boolean gcm = name.contains("_GCM_");
        byte[] nonce =
                fixedIv.length == 4
                        ? concat(fixedIv, sequence(sequence))
                        : xor(fixedIv, sequence(sequence));
        AlgorithmParameterSpec spec =
                gcm ? new GCMParameterSpec(128, nonce) : new IvParameterSpec(nonce);
        Cipher cipher =
                Cipher.getInstance(gcm ? "AES/GCM/NoPadding" : "ChaCha20-Poly1305", provider);
        cipher.init(mode, new SecretKeySpec(key, gcm ? "AES" : "ChaCha20"), spec);
        cipher.updateAAD(
                tls13
                        ? header(23, innerLength + 16)
                        : concat(sequence(sequence), header(contentType, innerLength)));
        return cipher;
    }

    private byte[] sealCbc(long sequence, int contentType, byte[] content, byte[] iv)
            throws GeneralSecurityException {
        byte[] start = concat(sequence(sequence), header(contentType, content.length));
        byte[] protectedContent =
                encryptThenMac ? content : concat(content, mac(concat(start, content)));
        int padding = 15 - protectedContent.length % 16;
        byte[] padded = Arrays.copyOf(protectedContent, protectedContent.length + 1 + padding);
        Arrays.fill(padded, protectedContent.length, padded.length, (byte) padding);
        byte[] fragment = concat(iv, cbc(Cipher.ENCRYPT_MODE, iv, padded));
        return encryptThenMac
                ? concat(fragment, macOfFragment(sequence, contentType, fragment))
                : fragment;
    }

    private byte[] openCbc(long sequence, int contentType, byte[] body)
            throws GeneralSecurityException {
        int macLength = macLength(name);
        byte[] fragment = body;
        if (encryptThenMac) {
            fragment = Arrays.copyOf(body, body.length - macLength);
            byte[] mac = Arrays.copyOfRange(body, fragment.length, body.length);
            require(mac, macOfFragment(sequence, contentType, fragment));
        }
        byte[] iv = Arrays.copyOf(fragment, 16);
        byte[] padded =
                cbc(Cipher.DECRYPT_MODE, iv, Arrays.copyOfRange(fragment, 16, fragment.length));
        int padding = padded[padded.length - 1] & 0xFF;
        int end = padded.length - 1 - padding;
        if (end < (encryptThenMac ? 0 : macLength)) {
            throw new GeneralSecurityException("padding longer than the record");
        }
        for (int i = end; i < padded.length; i++) {
            require(new byte[] {padded[i]}, new byte[] {(byte) padding});
        }
        if (encryptThenMac) {
            return Arrays.copyOf(padded, end);
        }
        byte[] content = Arrays.copyOf(padded, end - macLength);
        byte[] start = concat(sequence(sequence), header(contentType, content.length));
        require(Arrays.copyOfRange(padded, content.length, end), mac(concat(start, content)));
        return content;
    }

    private byte[] macOfFragment(long sequence, int contentType, byte[] fragment)
            throws GeneralSecurityException {
        byte[] start = concat(sequence(sequence), header(contentType, fragment.length));
        return mac(concat(start, fragment));
    }

    private byte[] cbc(int mode, byte[] iv, byte[] input) throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance("AES/CBC/NoPadding", provider);
        cipher.init(mode, new SecretKeySpec(key, "AES"), new IvParameterSpec(iv));
        return cipher.doFinal(input);
    }

    private byte[] mac(byte[] input) throws GeneralSecurityException {
        String algorithm =
                switch (macLength(name)) {
                    case 20 -> "HmacSHA1";
                    case 32 -> "HmacSHA256";
                    default -> "HmacSHA384";
                };
        Mac mac = Mac.getInstance(algorithm, provider);
        mac.init(new SecretKeySpec(macKey, algorithm));
        return mac.doFinal(input);
    }

    private boolean isCbc() {
        return name.contains("_CBC_");
    }

    private static void require(byte[] actual, byte[] expected) throws GeneralSecurityException {
        if (!MessageDigest.isEqual(actual, expected)) {
            throw new GeneralSecurityException("bad_record_mac");
        }
    }

    private static byte[] sequence(long sequence) {
        return ByteBuffer.allocate(8).putLong(sequence).array();
    }

    private static byte[] header(int contentType, int length) {
        return ByteBuffer.allocate(5)
                .put((byte) contentType)
                .putShort((short) 0x0303)
                .putShort((short) length)
                .array();
    }

    private static byte[] xor(byte[] iv, byte[] sequence) {
        byte[] number = new BigInteger(1, iv).xor(new BigInteger(1, sequence)).toByteArray();
        byte[] nonce = new byte[iv.length];
        int used = Math.min(number.length, nonce.length);
        System.arraycopy(number, number.length - used, nonce, nonce.length - used, used);
        return nonce;
    }

    private static byte[] concat(byte[] a, byte[] b) {
        byte[] both = Arrays.copyOf(a, a.length + b.length);
        System.arraycopy(b, 0, both, a.length, b.length);
        return both;
    }
}
