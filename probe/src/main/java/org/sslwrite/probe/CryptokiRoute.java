package org.sslwrite.probe;

import org.jspecify.annotations.Nullable;
import org.sslwrite.pkcs11.TokenRoute;
import org.sslwrite.pkcs11.cryptoki.ffi.Ckm;
import org.sslwrite.pkcs11.cryptoki.ffi.CryptokiFunctions;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Set;

/**
 * A token by the plain functions of the C API: without the checks that the project's own operations
 * make, so that what is wrong can be seen and named.
 */
final class CryptokiRoute implements Route {
    private static final long TAG_BITS = 128;

    private final CryptokiFunctions functions;
    private final long slot;
    private final Set<Long> listed;
    private final KeyProtection protection;
    private @Nullable GcmLayout gcmLayout;

    /**
     * @param listed the token's own mechanism list
     * @param protection what the token accepts
     */
    CryptokiRoute(
            CryptokiFunctions functions, long slot, Set<Long> listed, KeyProtection protection) {
        this.functions = functions;
        this.slot = slot;
        this.listed = listed;
        this.protection = protection;
    }

    @Override
    public TokenRoute engine() {
        return TokenRoute.CRYPTOKI;
    }

    @Override
    public boolean lists(Feature feature) {
        return switch (feature) {
            case KEY_IMPORT -> true; // a function of every module
            case MESSAGE_API -> functions.hasMessageInterface();
            default -> listed.contains(mechanism(feature));
        };
    }

    /** How the token wants CK_GCM_PARAMS; null unless it has shown. */
    @Nullable GcmLayout gcmLayout() {
        return gcmLayout;
    }

    private static long mechanism(Feature feature) {
        return switch (feature) {
            case AES_128_GCM, AES_256_GCM -> Ckm.CKM_AES_GCM;
            case CHACHA20_POLY1305 -> Ckm.CKM_CHACHA20_POLY1305;
            case AES_128_CBC, AES_256_CBC -> Ckm.CKM_AES_CBC;
            case HMAC_SHA1 -> Ckm.CKM_SHA_1_HMAC;
            case HMAC_SHA256 -> Ckm.CKM_SHA256_HMAC;
            case HMAC_SHA384 -> Ckm.CKM_SHA384_HMAC;
            case HKDF_SHA256, HKDF_SHA384 -> Ckm.CKM_HKDF_DERIVE;
            case RSA_PSS -> Ckm.CKM_RSA_PKCS_PSS;
            case RSA_PKCS1 -> Ckm.CKM_RSA_PKCS;
            case ECDSA_P256, ECDSA_P384 -> Ckm.CKM_ECDSA;
            case KEY_IMPORT, MESSAGE_API ->
                    throw new IllegalArgumentException(feature + " is no mechanism");
        };
    }

    @Override
    public Sealed aead(
            Feature feature,
            byte[] key,
            byte[] nonce,
            byte[] aad,
            byte[] plaintext,
            boolean inPlace)
            throws TrialFailure {
        if (feature == Feature.CHACHA20_POLY1305) {
            return chacha(key, nonce, aad, plaintext, inPlace);
        }
        if (gcmLayout != null) {
            return gcm(gcmLayout, key, nonce, aad, plaintext, inPlace);
        }
        try {
            Sealed sealed = gcm(GcmLayout.WITH_IV_BITS, key, nonce, aad, plaintext, inPlace);
            gcmLayout = GcmLayout.WITH_IV_BITS;
            return sealed;
        } catch (TrialFailure e) {
            // Only a token that looks at the parameter's length is safe to try the other with.
            if (!refusesParameter(e)) {
                throw e;
            }
        }
        Sealed sealed = gcm(GcmLayout.WITHOUT_IV_BITS, key, nonce, aad, plaintext, inPlace);
        gcmLayout = GcmLayout.WITHOUT_IV_BITS;
        return sealed;
    }

    private static boolean refusesParameter(TrialFailure refusal) {
        return refusal.reason().endsWith("CKR_MECHANISM_PARAM_INVALID")
                || refusal.reason().endsWith("CKR_ARGUMENTS_BAD");
    }

    private Sealed gcm(
            GcmLayout layout,
            byte[] key,
            byte[] nonce,
            byte[] aad,
            byte[] plaintext,
            boolean inPlace)
            throws TrialFailure {
        try (RawSession session = RawSession.open(functions, slot)) {
            long handle = session.create(aesKey(key));
            MemorySegment iv = session.bytes(nonce);
            MemorySegment parameters = gcmParameters(session, layout, iv, nonce.length, aad);
            byte[] bytes =
                    session.encrypt(
                            session.mechanism(Ckm.CKM_AES_GCM, parameters),
                            handle,
                            plaintext,
                            inPlace);
            return new Sealed(bytes, RawSession.content(iv, nonce.length));
        }
    }

    private static MemorySegment gcmParameters(
            RawSession session, GcmLayout layout, MemorySegment iv, int ivLength, byte[] aad) {
        long pIv = iv.address();
        long pAad = session.bytes(aad).address();
        return switch (layout) {
            case WITH_IV_BITS ->
                    session.words(pIv, ivLength, 8L * ivLength, pAad, aad.length, TAG_BITS);
            case WITHOUT_IV_BITS -> session.words(pIv, ivLength, pAad, aad.length, TAG_BITS);
        };
    }

    private Sealed chacha(byte[] key, byte[] nonce, byte[] aad, byte[] plaintext, boolean inPlace)
            throws TrialFailure {
        try (RawSession session = RawSession.open(functions, slot)) {
            long handle =
                    session.create(
                            Template.secretKey(
                                            Template.CKK_CHACHA20, Template.CKA_ENCRYPT, protection)
                                    .value(key));
            MemorySegment iv = session.bytes(nonce);
            MemorySegment parameters =
                    session.words(
                            iv.address(), nonce.length, session.bytes(aad).address(), aad.length);
            byte[] bytes =
                    session.encrypt(
                            session.mechanism(Ckm.CKM_CHACHA20_POLY1305, parameters),
                            handle,
                            plaintext,
                            inPlace);
            return new Sealed(bytes, RawSession.content(iv, nonce.length));
        }
    }

    @Override
    public byte[] cbc(Feature feature, byte[] key, byte[] iv, byte[] plaintext, boolean inPlace)
            throws TrialFailure {
        try (RawSession session = RawSession.open(functions, slot)) {
            long handle = session.create(aesKey(key));
            MemorySegment mechanism =
                    session.words(Ckm.CKM_AES_CBC, session.bytes(iv).address(), iv.length);
            return session.encrypt(mechanism, handle, plaintext, inPlace);
        }
    }

    private Template aesKey(byte[] key) {
        return Template.secretKey(Template.CKK_AES, Template.CKA_ENCRYPT, protection).value(key);
    }

    @Override
    public byte[] hmac(Feature feature, byte[] key, byte[] message) throws TrialFailure {
        try (RawSession session = RawSession.open(functions, slot)) {
            long handle = hmacKey(session, feature, key);
            return session.sign(session.mechanism(mechanism(feature)), handle, message);
        }
    }

    /** Most tokens take a generic secret; some, only a key of the hash's own type. */
    private long hmacKey(RawSession session, Feature feature, byte[] key) throws TrialFailure {
        long ownType =
                switch (feature) {
                    case HMAC_SHA1 -> Template.CKK_SHA_1_HMAC;
                    case HMAC_SHA256 -> Template.CKK_SHA256_HMAC;
                    default -> Template.CKK_SHA384_HMAC;
                };
        Template generic =
                Template.secretKey(Template.CKK_GENERIC_SECRET, Template.CKA_SIGN, protection);
        try {
            return session.create(generic.value(key));
        } catch (TrialFailure e) {
            try {
                return session.create(
                        Template.secretKey(ownType, Template.CKA_SIGN, protection).value(key));
            } catch (TrialFailure own) {
                e.addSuppressed(own);
                throw e;
            }
        }
    }

    /**
     * AES-128-GCM under a key that the token derives with HKDF-Expand and keeps: proves the
     * derivation without seeing the key.
     */
    byte[] gcmWithDerivedKey(
            Feature feature, byte[] secret, byte[] info, byte[] nonce, byte[] aad, byte[] plaintext)
            throws TrialFailure {
        long hash = feature == Feature.HKDF_SHA256 ? Ckm.CKM_SHA256 : Ckm.CKM_SHA384;
        try (RawSession session = RawSession.open(functions, slot)) {
            long base =
                    session.create(
                            Template.secretKey(
                                            Template.CKK_GENERIC_SECRET,
                                            Template.CKA_DERIVE,
                                            protection)
                                    .value(secret));
            long key =
                    session.derive(
                            session.mechanism(Ckm.CKM_HKDF_DERIVE, hkdfExpand(session, hash, info)),
                            base,
                            Template.secretKey(Template.CKK_AES, Template.CKA_ENCRYPT, protection)
                                    .number(Template.CKA_VALUE_LEN, 16));
            GcmLayout layout = gcmLayout != null ? gcmLayout : GcmLayout.WITH_IV_BITS;
            MemorySegment parameters =
                    gcmParameters(session, layout, session.bytes(nonce), nonce.length, aad);
            return session.encrypt(
                    session.mechanism(Ckm.CKM_AES_GCM, parameters), key, plaintext, false);
        }
    }

    /** CK_HKDF_PARAMS: bExtract false, bExpand true, no salt. */
    private static MemorySegment hkdfExpand(RawSession session, long hash, byte[] info) {
        long ckfHkdfSaltNull = 1;
        MemorySegment parameters =
                session.words(
                        0,
                        hash,
                        ckfHkdfSaltNull,
                        0,
                        0,
                        0,
                        session.bytes(info).address(),
                        info.length);
        parameters.set(ValueLayout.JAVA_BYTE, 1, (byte) 1);
        return parameters;
    }
}
