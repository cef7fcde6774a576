package org.sslwrite.pkcs11.cryptoki;

import org.jspecify.annotations.Nullable;
import org.sslwrite.pkcs11.TokenException;
import org.sslwrite.pkcs11.cryptoki.ffi.Ckr;
import org.sslwrite.pkcs11.cryptoki.ffi.CryptokiFunctions;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/** One signature by a private key: C_SignInit, the PIN if the key wants it, C_Sign. */
final class SigningCall {
    /** Bytes of a signature by an RSA key of 8192 bits. */
    private static final int MAX_SIGNATURE = 1024;

    private static final long CKU_CONTEXT_SPECIFIC = 2;

    private final CryptokiToken token;
    private final TokenSessions sessions;
    private final CryptokiFunctions functions;
    private final SignatureForm form;
    private final PrivateKeyHandle key;

    SigningCall(CryptokiToken token, SignatureForm form, PrivateKeyHandle key) {
        this.token = token;
        this.sessions = token.sessions();
        this.functions = sessions.functions();
        this.form = form;
        this.key = key;
    }

    /**
     * @param pin for a key that always wants it, wiped here; otherwise null
     * @return the signature as the JCA has it
     */
    byte[] run(byte[] message, byte @Nullable [] pin) throws TokenException {
        byte[] input = form.input(message, key);
        byte[] raw =
                token.call(
                        "signing",
                        () -> {
                            try {
                                return sign(input, pin);
                            } finally {
                                if (pin != null) {
                                    Arrays.fill(pin, (byte) 0);
                                }
                            }
                        },
                        late -> {});
        byte[] signature = form.signature(raw, key);
        if (signature == null) {
            throw sessions.failure(
                    "C_Sign",
                    Ckr.CKR_OK,
                    "it gave " + raw.length + " bytes, which is no signature by " + key);
        }
        return signature;
    }

    private byte[] sign(byte[] input, byte @Nullable [] pin) throws TokenException {
        try (Arena arena = Arena.ofConfined()) {
            long mechanism = form.mechanism(arena).address();
            return sessions.<byte[], TokenException>operate(
                    "C_SignInit",
                    session -> functions.C_SignInit(session, mechanism, key.handle()),
                    session -> sign(session, input, pin));
        }
    }

    /** After C_SignInit. */
    private byte[] sign(long session, byte[] input, byte @Nullable [] pin) throws TokenException {
        try (Arena arena = Arena.ofConfined()) {
            // "Each use of the key requires the PIN" (CKA_ALWAYS_AUTHENTICATE; PKCS#11 2.40, 4.9).
            if (pin != null) {
                token.pin().login(token, session, CKU_CONTEXT_SPECIFIC, pin);
            }
            MemorySegment data = arena.allocateFrom(ValueLayout.JAVA_BYTE, input);
            MemorySegment signature = arena.allocate(MAX_SIGNATURE);
            MemorySegment length = arena.allocateFrom(ValueLayout.JAVA_LONG, MAX_SIGNATURE);
            sessions.check(
                    "C_Sign",
                    functions.C_Sign(
                            session,
                            data.address(),
                            input.length,
                            signature.address(),
                            length.address()));
            long given = length.get(ValueLayout.JAVA_LONG, 0);
            if (given < 0 || given > MAX_SIGNATURE) {
                throw sessions.failure("C_Sign", Ckr.CKR_OK, "it gave " + given + " bytes");
            }
            sessions.requireOurs("C_Sign");
            return signature.asSlice(0, given).toArray(ValueLayout.JAVA_BYTE);
        }
    }
}
