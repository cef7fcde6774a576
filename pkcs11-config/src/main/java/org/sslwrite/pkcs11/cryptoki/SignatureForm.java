package org.sslwrite.pkcs11.cryptoki;

import org.jspecify.annotations.Nullable;
import org.sslwrite.pkcs11.TokenException;

import java.lang.foreign.Arena;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.spec.AlgorithmParameterSpec;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Locale;

/**
 * A signature algorithm as a token is asked for it: the hash is made here, so the token needs only
 * CKM_RSA_PKCS, CKM_RSA_PKCS_PSS, CKM_ECDSA.
 *
 * @param saltLength of PSS, in bytes; -1 for PKCS#1 and ECDSA
 */
record SignatureForm(long mechanism, Hash hash, @Nullable Hash mgf, int saltLength) {
    /** The hashes of TLS 1.2 and 1.3, and what is put before them (RFC 8017, 9.2, note 1). */
    enum Hash {
        SHA256("SHA-256", Ckm.CKM_SHA256, 2, "3031300d060960864801650304020105000420"),
        SHA384("SHA-384", Ckm.CKM_SHA384, 3, "3041300d060960864801650304020205000430"),
        SHA512("SHA-512", Ckm.CKM_SHA512, 4, "3051300d060960864801650304020305000440");

        final String jcaName;
        final long mechanism;

        /** CKG_MGF1_… */
        final long mgf;

        private final byte[] digestInfo;

        Hash(String jcaName, long mechanism, long mgf, String digestInfo) {
            this.jcaName = jcaName;
            this.mechanism = mechanism;
            this.mgf = mgf;
            this.digestInfo = HexFormat.of().parseHex(digestInfo);
        }

        static Hash of(String jcaName) throws TokenException {
            for (Hash hash : values()) {
                if (jcaName.equalsIgnoreCase(hash.jcaName) || jcaName.equals(hash.name())) {
                    return hash;
                }
            }
            throw new TokenException(
                    "signatures with " + jcaName + " are not supported; use SHA-256, 384 or 512");
        }

        byte[] of(byte[] message) {
            try {
                return MessageDigest.getInstance(jcaName).digest(message);
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException(e); // every Java platform has SHA-2
            }
        }
    }

    /** From the JCA's name and parameters. */
    static SignatureForm of(String algorithm, @Nullable AlgorithmParameterSpec parameters)
            throws TokenException {
        String name = algorithm.toUpperCase(Locale.ROOT);
        if (name.equals("RSASSA-PSS")) {
            return pss(parameters);
        }
        int with = name.indexOf("WITH");
        String key = with < 0 ? "" : name.substring(with + 4);
        if (key.equals("RSA") || key.equals("ECDSA")) {
            Hash hash = Hash.of(name.substring(0, with));
            long mechanism = key.equals("RSA") ? Ckm.CKM_RSA_PKCS : Ckm.CKM_ECDSA;
            return new SignatureForm(mechanism, hash, null, -1);
        }
        throw new TokenException("signatures of the kind " + algorithm + " are not supported");
    }

    private static SignatureForm pss(@Nullable AlgorithmParameterSpec parameters)
            throws TokenException {
        if (!(parameters instanceof PSSParameterSpec pss)) {
            throw new TokenException("RSASSA-PSS needs a PSSParameterSpec");
        }
        if (!(pss.getMGFParameters() instanceof MGF1ParameterSpec mgf)
                || pss.getTrailerField() != PSSParameterSpec.TRAILER_FIELD_BC) {
            throw new TokenException("RSASSA-PSS is supported with MGF1 and trailer field 1 only");
        }
        return new SignatureForm(
                Ckm.CKM_RSA_PKCS_PSS,
                Hash.of(pss.getDigestAlgorithm()),
                Hash.of(mgf.getDigestAlgorithm()),
                pss.getSaltLength());
    }

    /** The JCA's name of the keys that can do it. */
    String keyAlgorithm() {
        return mechanism == Ckm.CKM_ECDSA ? "EC" : "RSA";
    }

    /** What the token signs. */
    byte[] input(byte[] message, PrivateKeyHandle key) {
        byte[] digest = hash.of(message);
        if (mechanism == Ckm.CKM_RSA_PKCS) {
            byte[] info = Arrays.copyOf(hash.digestInfo, hash.digestInfo.length + digest.length);
            System.arraycopy(digest, 0, info, hash.digestInfo.length, digest.length);
            return info;
        }
        Curve curve = mechanism == Ckm.CKM_ECDSA ? key.curve() : null;
        // "the leftmost bits" of a hash longer than the curve's order (FIPS 186-5, 6.4.1);
        // some tokens want the caller to have cut it.
        return curve != null && digest.length > curve.bytes
                ? Arrays.copyOf(digest, curve.bytes)
                : digest;
    }

    /** The CK_MECHANISM. */
    Structure mechanism(Arena arena) {
        Structure structure = new Structure(arena, Layouts.MECHANISM).ulong("mechanism", mechanism);
        if (mgf != null) {
            Structure pss =
                    new Structure(arena, Layouts.RSA_PKCS_PSS_PARAMS)
                            .ulong("hashAlg", hash.mechanism)
                            .ulong("mgf", mgf.mgf)
                            .ulong("sLen", saltLength);
            structure.ulong("pParameter", pss.address()).ulong("ulParameterLen", pss.size());
        }
        return structure;
    }

    /** The JCA's form of what the token gave; null if no such signature can be. */
    byte @Nullable [] signature(byte[] raw, PrivateKeyHandle key) {
        if (mechanism != Ckm.CKM_ECDSA) {
            boolean fits = key.modulusBytes() == 0 || raw.length == key.modulusBytes();
            return fits && raw.length > 0 ? raw : null;
        }
        Curve curve = key.curve();
        boolean fits = curve == null ? raw.length % 2 == 0 : raw.length == 2 * curve.bytes;
        return fits && raw.length > 0 ? Der.ecdsaSignature(raw) : null;
    }
}
