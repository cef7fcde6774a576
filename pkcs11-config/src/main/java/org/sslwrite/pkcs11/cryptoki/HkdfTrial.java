package org.sslwrite.pkcs11.cryptoki;

import org.sslwrite.pkcs11.TokenException;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** HKDF-Expand in a token, with a result that can be compared. */
final class HkdfTrial {
    private static final long CKF_HKDF_SALT_NULL = 0x1;

    private final CryptokiToken token;

    HkdfTrial(CryptokiToken token) {
        this.token = token;
    }

    byte[] expand(long hash, byte[] prk, byte[] info, int length) throws TokenException {
        long base = token.keys().readableBase(prk);
        try {
            long derived = derive(hash, base, info, length);
            try {
                return value(derived, length);
            } finally {
                token.objects().destroy(derived);
            }
        } finally {
            token.objects().destroy(base);
        }
    }

    private long derive(long hash, long base, byte[] info, int length) throws CryptokiException {
        try (Arena arena = Arena.ofConfined();
                Template template = new Template()) {
            template.ulong(Cka.CKA_CLASS, Cka.CKO_SECRET_KEY)
                    .ulong(Cka.CKA_KEY_TYPE, Cka.CKK_GENERIC_SECRET)
                    .flag(Cka.CKA_TOKEN, false)
                    .flag(Cka.CKA_SENSITIVE, false)
                    .flag(Cka.CKA_EXTRACTABLE, true)
                    .ulong(Cka.CKA_VALUE_LEN, length);
            Structure mechanism = mechanism(arena, hash, info);
            return token.objects()
                    .make(
                            "C_DeriveKey",
                            true,
                            (session, handle) ->
                                    token.sessions()
                                            .functions()
                                            .C_DeriveKey(
                                                    session,
                                                    mechanism.address(),
                                                    base,
                                                    template.address(),
                                                    template.count(),
                                                    handle));
        }
    }

    private static Structure mechanism(Arena arena, long hash, byte[] info) {
        MemorySegment nativeInfo = arena.allocateFrom(ValueLayout.JAVA_BYTE, info);
        Structure parameters =
                new Structure(arena, Layouts.HKDF_PARAMS)
                        .flag("bExpand", true)
                        .ulong("prfHashMechanism", hash)
                        .ulong("ulSaltType", CKF_HKDF_SALT_NULL)
                        .ulong("pInfo", nativeInfo.address())
                        .ulong("ulInfoLen", info.length);
        return new Structure(arena, Layouts.MECHANISM)
                .ulong("mechanism", Ckm.CKM_HKDF_DERIVE)
                .ulong("pParameter", parameters.address())
                .ulong("ulParameterLen", parameters.size());
    }

    private byte[] value(long key, int length) throws TokenException {
        byte[] value = new TokenObjects(token).attribute(key, Cka.CKA_VALUE);
        if (value == null || value.length != length) {
            throw new TokenException(
                    token.name() + ": C_DeriveKey gave no key of " + length + " bytes");
        }
        return value;
    }
}
