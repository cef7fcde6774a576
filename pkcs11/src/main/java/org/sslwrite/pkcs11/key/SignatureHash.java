package org.sslwrite.pkcs11.key;

import org.sslwrite.pkcs11.TokenException;
import org.sslwrite.pkcs11.cryptoki.ffi.Ckm;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;

/** The hashes of TLS 1.2 and 1.3. */
public enum SignatureHash {
    /** SHA-256. */
    SHA256("SHA-256", 32, Ckm.CKM_SHA256, 2, "3031300d060960864801650304020105000420"),
    /** SHA-384. */
    SHA384("SHA-384", 48, Ckm.CKM_SHA384, 3, "3041300d060960864801650304020205000430"),
    /** SHA-512. */
    SHA512("SHA-512", 64, Ckm.CKM_SHA512, 4, "3051300d060960864801650304020305000440");

    public final String jcaName;
    public final long mechanism;

    /** CKG_MGF1_… */
    public final long mgf;

    private final int bytes;
    private final byte[] digestInfo;

    SignatureHash(String jcaName, int bytes, long mechanism, long mgf, String digestInfo) {
        this.jcaName = jcaName;
        this.bytes = bytes;
        this.mechanism = mechanism;
        this.mgf = mgf;
        this.digestInfo = HexFormat.of().parseHex(digestInfo);
    }

    /**
     * By the JCA's name.
     *
     * @param name as in SHA-256, or SHA256
     */
    public static SignatureHash of(String name) throws TokenException {
        for (SignatureHash hash : values()) {
            if (name.equalsIgnoreCase(hash.jcaName) || name.equals(hash.name())) {
                return hash;
            }
        }
        throw new TokenException(
                "signatures with " + name + " are not supported; use SHA-256, 384 or 512");
    }

    /** Of the hash. */
    public int bytes() {
        return bytes;
    }

    /** The hash of a message. */
    public byte[] of(byte[] message) {
        try {
            return MessageDigest.getInstance(jcaName).digest(message);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // every Java platform has SHA-2
        }
    }

    /** DigestInfo, in DER: the hash with what is put before it (RFC 8017, 9.2, note 1). */
    public byte[] digestInfo(byte[] digest) {
        byte[] info = Arrays.copyOf(digestInfo, digestInfo.length + digest.length);
        System.arraycopy(digest, 0, info, digestInfo.length, digest.length);
        return info;
    }
}
