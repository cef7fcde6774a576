package org.sslwrite.pkcs11.cryptoki;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * AES-GCM through the message interface (PKCS#11 3.0): the key is told to a session of its own once
 * (C_MessageEncryptInit), then each record is one call (C_EncryptMessage). Whether the token does
 * it right is not checked here: compare with a known answer before it is trusted. Allocates nothing
 * in steady state. Not safe for use by several threads at once, except that it may be closed by
 * another one.
 */
public final class MessageAeadOperation extends TokenOperation {
    private static final long PARAMETERS = Layouts.GCM_MESSAGE_PARAMS.byteSize();
    private static final long TAG_POINTER = Layouts.offset(Layouts.GCM_MESSAGE_PARAMS, "pTag");

    private final long session;
    private final MemorySegment memory =
            Arena.ofAuto().allocate(PARAMETERS + 16 + AeadBlock.MAX_AAD + Long.BYTES, 8);
    private final long parameters = memory.address();
    private final long nonce = parameters + PARAMETERS;
    private final long aad = nonce + 16;
    private final long length = aad + AeadBlock.MAX_AAD;
    private boolean broken;

    MessageAeadOperation(CryptokiToken token, long key, long session) {
        super(token, key);
        this.session = session;
        put("pIv", nonce);
        put("ulIvLen", AeadLayout.NONCE_BYTES);
        put("ulTagBits", AeadLayout.TAG_BYTES * Byte.SIZE);
        // ulIvFixedBits and ivGenerator stay 0: CKG_NO_GENERATE, the nonce is ours.
    }

    private void put(String member, long value) {
        Memory.ulong(parameters + Layouts.offset(Layouts.GCM_MESSAGE_PARAMS, member), value);
    }

    /** As {@link AeadOperation#encrypt}. After a failure no other call succeeds. */
    public void encrypt(byte[] nonce, byte[] aad, long in, int length, long out)
            throws CryptokiException {
        AeadBlock.requireLengths(nonce, aad);
        enter();
        try {
            Memory.put(this.nonce, nonce);
            Memory.put(this.aad, aad);
            Memory.ulong(parameters + TAG_POINTER, out + length);
            encrypt(aad.length, in, length, out);
        } catch (CryptokiException e) {
            broken = true;
            throw failed(e);
        } finally {
            leave();
        }
    }

    private void encrypt(int aadLength, long in, int length, long out) throws CryptokiException {
        if (broken) {
            throw sessions.failure(
                    "C_EncryptMessage", Ckr.CKR_OPERATION_NOT_INITIALIZED, "it failed before");
        }
        sessions.beginCall();
        try {
            sessions.requireOurs("C_EncryptMessage");
            Memory.ulong(this.length, length);
            sessions.check(
                    "C_EncryptMessage",
                    sessions.functions()
                            .C_EncryptMessage(
                                    session,
                                    parameters,
                                    PARAMETERS,
                                    aad,
                                    aadLength,
                                    in,
                                    length,
                                    out,
                                    this.length));
            sessions.requireLength("C_EncryptMessage", this.length, length);
        } finally {
            sessions.endCall();
        }
    }

    @Override
    void beforeEnd() {
        sessions.closeMessageSession(session);
    }
}
