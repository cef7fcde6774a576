package org.sslwrite.pkcs11.cryptoki;

import org.jspecify.annotations.Nullable;
import org.sslwrite.pkcs11.TokenException;
import org.sslwrite.pkcs11.cryptoki.ffi.Ckm;
import org.sslwrite.pkcs11.cryptoki.ffi.Layouts;
import org.sslwrite.pkcs11.cryptoki.ffi.Structure;
import org.sslwrite.pkcs11.key.Curve;
import org.sslwrite.pkcs11.key.Der;
import org.sslwrite.pkcs11.key.RsaEncoding;
import org.sslwrite.pkcs11.key.SignatureHash;

import java.lang.foreign.Arena;
import java.security.SecureRandom;
import java.security.spec.AlgorithmParameterSpec;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/**
 * A signature algorithm as a token is asked for it: by one of the mechanisms that it can be made
 * with.
 *
 * @param mgf of PSS; otherwise null
 * @param saltLength of PSS, in bytes; -1 for PKCS#1 and ECDSA
 */
record SignatureForm(
        long mechanism,
        Input input,
        SignatureHash hash,
        @Nullable SignatureHash mgf,
        int saltLength) {
    private static final SecureRandom RANDOM = new SecureRandom();

    /** What the token is given. */
    enum Input {
        /** The message's hash. */
        DIGEST,
        /** The hash with its name before it (RFC 8017 section 9.2). */
        DIGEST_INFO,
        /** All of it: the token hashes. */
        MESSAGE,
        /** What is as long as the modulus: the token does not pad. */
        ENCODED
    }

    /** From the JCA's name and parameters; the one that asks the least of the token first. */
    static List<SignatureForm> of(String algorithm, @Nullable AlgorithmParameterSpec parameters)
            throws TokenException {
        String name = algorithm.toUpperCase(Locale.ROOT);
        if (name.equals("RSASSA-PSS")) {
            return pss(parameters);
        }
        int with = name.indexOf("WITH");
        String key = with < 0 ? "" : name.substring(with + 4);
        if (key.equals("RSA")) {
            return pkcs1(SignatureHash.of(name.substring(0, with)));
        }
        if (key.equals("ECDSA")) {
            return ecdsa(SignatureHash.of(name.substring(0, with)));
        }
        throw new TokenException("signatures of the kind " + algorithm + " are not supported");
    }

    private static List<SignatureForm> pkcs1(SignatureHash hash) {
        long hashing =
                switch (hash) {
                    case SHA256 -> Ckm.CKM_SHA256_RSA_PKCS;
                    case SHA384 -> Ckm.CKM_SHA384_RSA_PKCS;
                    case SHA512 -> Ckm.CKM_SHA512_RSA_PKCS;
                };
        return List.of(
                new SignatureForm(Ckm.CKM_RSA_PKCS, Input.DIGEST_INFO, hash, null, -1),
                new SignatureForm(hashing, Input.MESSAGE, hash, null, -1),
                new SignatureForm(Ckm.CKM_RSA_X_509, Input.ENCODED, hash, null, -1));
    }

    private static List<SignatureForm> ecdsa(SignatureHash hash) {
        long hashing =
                switch (hash) {
                    case SHA256 -> Ckm.CKM_ECDSA_SHA256;
                    case SHA384 -> Ckm.CKM_ECDSA_SHA384;
                    case SHA512 -> Ckm.CKM_ECDSA_SHA512;
                };
        return List.of(
                new SignatureForm(Ckm.CKM_ECDSA, Input.DIGEST, hash, null, -1),
                new SignatureForm(hashing, Input.MESSAGE, hash, null, -1));
    }

    private static List<SignatureForm> pss(@Nullable AlgorithmParameterSpec parameters)
            throws TokenException {
        if (!(parameters instanceof PSSParameterSpec pss)) {
            throw new TokenException("RSASSA-PSS needs a PSSParameterSpec");
        }
        if (!(pss.getMGFParameters() instanceof MGF1ParameterSpec mgf1)
                || pss.getTrailerField() != PSSParameterSpec.TRAILER_FIELD_BC) {
            throw new TokenException("RSASSA-PSS is supported with MGF1 and trailer field 1 only");
        }
        SignatureHash hash = SignatureHash.of(pss.getDigestAlgorithm());
        SignatureHash mgf = SignatureHash.of(mgf1.getDigestAlgorithm());
        int salt = pss.getSaltLength();
        long hashing =
                switch (hash) {
                    case SHA256 -> Ckm.CKM_SHA256_RSA_PKCS_PSS;
                    case SHA384 -> Ckm.CKM_SHA384_RSA_PKCS_PSS;
                    case SHA512 -> Ckm.CKM_SHA512_RSA_PKCS_PSS;
                };
        return List.of(
                new SignatureForm(Ckm.CKM_RSA_PKCS_PSS, Input.DIGEST, hash, mgf, salt),
                new SignatureForm(hashing, Input.MESSAGE, hash, mgf, salt),
                new SignatureForm(Ckm.CKM_RSA_X_509, Input.ENCODED, hash, mgf, salt));
    }

    /** The JCA's name of the keys that can do it. */
    String keyAlgorithm() {
        return isEcdsa() ? "EC" : "RSA";
    }

    private boolean isEcdsa() {
        return switch ((int) mechanism) {
            case (int) Ckm.CKM_ECDSA,
                    (int) Ckm.CKM_ECDSA_SHA256,
                    (int) Ckm.CKM_ECDSA_SHA384,
                    (int) Ckm.CKM_ECDSA_SHA512 ->
                    true;
            default -> false;
        };
    }

    /**
     * What tells it from forms that the token treats otherwise: of PKCS#1 and of a signature
     * without padding it sees the same for every hash, of ECDSA the length alone.
     */
    String name(PrivateKeyHandle key) {
        String name = Ckm.name(mechanism);
        return switch (input) {
            case DIGEST_INFO, MESSAGE, ENCODED -> name;
            case DIGEST ->
                    mgf != null
                            ? name + " with " + hash.jcaName
                            : name + " of " + digest(new byte[0], key).length + " bytes";
        };
    }

    /** Whether the key shows what is needed to make the input. */
    boolean suits(PrivateKeyHandle key) {
        return input != Input.ENCODED || key.modulus() != null;
    }

    /** What the token signs. */
    byte[] input(byte[] message, PrivateKeyHandle key) {
        return switch (input) {
            case MESSAGE -> message;
            case DIGEST -> digest(message, key);
            case DIGEST_INFO -> hash.digestInfo(hash.of(message));
            case ENCODED ->
                    encoded(hash.of(message), Objects.requireNonNull(key.modulus()).bitLength());
        };
    }

    private byte[] digest(byte[] message, PrivateKeyHandle key) {
        byte[] digest = hash.of(message);
        Curve curve = isEcdsa() ? key.curve() : null;
        // "the leftmost bits" of a hash longer than the curve's order (FIPS 186-5, 6.4.1);
        // some tokens want the caller to have cut it.
        return curve != null && digest.length > curve.bytes
                ? Arrays.copyOf(digest, curve.bytes)
                : digest;
    }

    private byte[] encoded(byte[] digest, int modulusBits) {
        if (mgf == null) {
            return RsaEncoding.pkcs1(hash.digestInfo(digest), modulusBits);
        }
        byte[] salt = new byte[saltLength];
        RANDOM.nextBytes(salt);
        return RsaEncoding.pss(hash.jcaName, mgf.jcaName, digest, salt, modulusBits);
    }

    /** The CK_MECHANISM. */
    Structure mechanism(Arena arena) {
        Structure structure = new Structure(arena, Layouts.MECHANISM).ulong("mechanism", mechanism);
        if (mgf != null && input != Input.ENCODED) {
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
        if (!isEcdsa()) {
            boolean fits = key.modulusBytes() == 0 || raw.length == key.modulusBytes();
            return fits && raw.length > 0 ? raw : null;
        }
        Curve curve = key.curve();
        boolean fits = curve == null ? raw.length % 2 == 0 : raw.length == 2 * curve.bytes;
        return fits && raw.length > 0 ? Der.ecdsaSignature(raw) : null;
    }
}
