package org.sslwrite.pkcs11.cryptoki;

import org.jspecify.annotations.Nullable;
import org.sslwrite.pkcs11.TokenException;
import org.sslwrite.pkcs11.cryptoki.CryptokiToken.KeyPairKind;
import org.sslwrite.pkcs11.cryptoki.ffi.Cka;
import org.sslwrite.pkcs11.cryptoki.ffi.Ckm;
import org.sslwrite.pkcs11.cryptoki.ffi.CryptokiException;
import org.sslwrite.pkcs11.cryptoki.ffi.Layouts;
import org.sslwrite.pkcs11.cryptoki.ffi.Structure;
import org.sslwrite.pkcs11.cryptoki.ffi.Template;
import org.sslwrite.pkcs11.key.Curve;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.math.BigInteger;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPoint;
import java.security.spec.ECPublicKeySpec;
import java.security.spec.RSAPublicKeySpec;
import java.util.Arrays;

/** Generates key pairs in a token, and reads their public halves. */
final class KeyPairs {
    private static final int RSA_BITS = 2048;
    private static final byte[] RSA_EXPONENT = {1, 0, 1};

    private final CryptokiToken token;
    private final TokenObjects objects;

    KeyPairs(CryptokiToken token) {
        this.token = token;
        this.objects = new TokenObjects(token);
    }

    PublicKey generate(KeyPairKind kind, String label, byte[] id, boolean stored)
            throws TokenException {
        Curve curve = curve(kind);
        try (Template publicHalf = half(Cka.CKO_PUBLIC_KEY, label, id, stored);
                Template privateHalf = half(Cka.CKO_PRIVATE_KEY, label, id, stored)) {
            publicHalf.flag(Cka.CKA_VERIFY, true);
            if (curve == null) {
                publicHalf
                        .ulong(Cka.CKA_MODULUS_BITS, RSA_BITS)
                        .bytes(Cka.CKA_PUBLIC_EXPONENT, RSA_EXPONENT);
            } else {
                publicHalf.bytes(Cka.CKA_EC_PARAMS, curve.parameters);
            }
            privateHalf
                    .flag(Cka.CKA_PRIVATE, true)
                    .flag(Cka.CKA_SENSITIVE, true)
                    .flag(Cka.CKA_EXTRACTABLE, false)
                    .flag(Cka.CKA_SIGN, true);
            long publicKey = generate(curve, publicHalf, privateHalf, stored);
            return curve == null ? rsa(publicKey) : ec(publicKey, curve);
        }
    }

    private static @Nullable Curve curve(KeyPairKind kind) {
        return switch (kind) {
            case RSA_2048 -> null;
            case EC_P256 -> Curve.P256;
            case EC_P384 -> Curve.P384;
        };
    }

    private static Template half(long objectClass, String label, byte[] id, boolean stored) {
        return new Template()
                .ulong(Cka.CKA_CLASS, objectClass)
                .flag(Cka.CKA_TOKEN, stored)
                .text(Cka.CKA_LABEL, label)
                .bytes(Cka.CKA_ID, id);
    }

    /** The handle of the public half. */
    private long generate(
            @Nullable Curve curve, Template publicHalf, Template privateHalf, boolean stored)
            throws CryptokiException {
        try (Arena arena = Arena.ofConfined()) {
            Structure mechanism =
                    new Structure(arena, Layouts.MECHANISM)
                            .ulong(
                                    "mechanism",
                                    curve == null
                                            ? Ckm.CKM_RSA_PKCS_KEY_PAIR_GEN
                                            : Ckm.CKM_EC_KEY_PAIR_GEN);
            MemorySegment privateHandle = arena.allocate(ValueLayout.JAVA_LONG);
            long publicKey =
                    token.objects()
                            .make(
                                    "C_GenerateKeyPair",
                                    !stored,
                                    (session, handle) ->
                                            token.sessions()
                                                    .functions()
                                                    .C_GenerateKeyPair(
                                                            session,
                                                            mechanism.address(),
                                                            publicHalf.address(),
                                                            publicHalf.count(),
                                                            privateHalf.address(),
                                                            privateHalf.count(),
                                                            handle,
                                                            privateHandle.address()));
            if (!stored) {
                long privateKey = privateHandle.get(ValueLayout.JAVA_LONG, 0);
                token.sessions()
                        .claimObject(
                                token.sessions().requireHandle("C_GenerateKeyPair", privateKey));
            }
            return publicKey;
        }
    }

    private PublicKey rsa(long key) throws TokenException {
        BigInteger modulus = new BigInteger(1, required(key, Cka.CKA_MODULUS));
        BigInteger exponent = new BigInteger(1, required(key, Cka.CKA_PUBLIC_EXPONENT));
        try {
            return KeyFactory.getInstance("RSA")
                    .generatePublic(new RSAPublicKeySpec(modulus, exponent));
        } catch (GeneralSecurityException e) {
            throw unusable(e);
        }
    }

    private PublicKey ec(long key, Curve curve) throws TokenException {
        byte[] point = point(required(key, Cka.CKA_EC_POINT), curve);
        ECPoint w =
                new ECPoint(
                        new BigInteger(1, point, 1, curve.bytes),
                        new BigInteger(1, point, 1 + curve.bytes, curve.bytes));
        try {
            AlgorithmParameters parameters = AlgorithmParameters.getInstance("EC");
            parameters.init(new ECGenParameterSpec(curve.jcaName));
            ECParameterSpec spec = parameters.getParameterSpec(ECParameterSpec.class);
            return KeyFactory.getInstance("EC").generatePublic(new ECPublicKeySpec(w, spec));
        } catch (GeneralSecurityException e) {
            throw unusable(e);
        }
    }

    /**
     * The uncompressed point, from "DER-encoding of ANSI X9.62 ECPoint value" (PKCS#11 2.40,
     * 2.3.3), an OCTET STRING; some tokens leave its tag and length out.
     */
    private byte[] point(byte[] value, Curve curve) throws TokenException {
        int length = 1 + 2 * curve.bytes;
        int start = value.length - length;
        if ((start == 0 || start == 2 || start == 3) && value[start] == 4) {
            return Arrays.copyOfRange(value, start, value.length);
        }
        throw new TokenException(
                token.name() + ": CKA_EC_POINT has " + value.length + " bytes and no such point");
    }

    private byte[] required(long key, long type) throws TokenException {
        byte[] value = objects.attribute(key, type);
        if (value == null || value.length == 0) {
            throw new TokenException(
                    token.name()
                            + ": a new public key has no attribute 0x"
                            + Long.toHexString(type));
        }
        return value;
    }

    private TokenException unusable(GeneralSecurityException e) {
        return new TokenException(token.name() + ": gave a public key that cannot be", e);
    }
}
