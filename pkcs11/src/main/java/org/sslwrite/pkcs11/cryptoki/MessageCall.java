package org.sslwrite.pkcs11.cryptoki;

import org.sslwrite.pkcs11.cryptoki.ffi.AeadBlock;
import org.sslwrite.pkcs11.cryptoki.ffi.AeadLayout;
import org.sslwrite.pkcs11.cryptoki.ffi.Ckm;
import org.sslwrite.pkcs11.cryptoki.ffi.Ckr;
import org.sslwrite.pkcs11.cryptoki.ffi.CryptokiException;
import org.sslwrite.pkcs11.cryptoki.ffi.Layouts;
import org.sslwrite.pkcs11.cryptoki.ffi.Memory;
import org.sslwrite.pkcs11.cryptoki.ffi.Structure;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;

/**
 * AES-GCM messages in a session that was told the key (C_MessageEncryptInit), and what the token is
 * told for each (C_EncryptMessage), in one piece of native memory:
 *
 * <pre>
 *   CK_GCM_MESSAGE_PARAMS | nonce (12) | AAD (64) | CK_ULONG length
 * </pre>
 *
 * <p>The memory lives as long as this object, which a call under way keeps reachable. Of one
 * thread.
 */
final class MessageCall implements AutoCloseable {
    private static final long PARAMETERS = Layouts.GCM_MESSAGE_PARAMS.byteSize();
    private static final long TAG_POINTER = Layouts.offset(Layouts.GCM_MESSAGE_PARAMS, "pTag");

    private final TokenSessions sessions;
    private final long session;
    private final MemorySegment memory =
            Arena.ofAuto().allocate(PARAMETERS + 16 + AeadBlock.MAX_AAD + Long.BYTES, 8);
    private final long parameters = memory.address();
    private final long nonce = parameters + PARAMETERS;
    private final long aad = nonce + 16;
    private final long length = aad + AeadBlock.MAX_AAD;
    private boolean broken;

    /** Opens the session. */
    MessageCall(TokenSessions sessions, long key) throws CryptokiException {
        this.sessions = sessions;
        put("pIv", nonce);
        put("ulIvLen", AeadLayout.NONCE_BYTES);
        put("ulTagBits", AeadLayout.TAG_BYTES * Byte.SIZE);
        // ulIvFixedBits and ivGenerator stay 0: CKG_NO_GENERATE, the nonce is ours.
        sessions.beginCall();
        try {
            session = open(key);
        } finally {
            sessions.endCall();
        }
    }

    private long open(long key) throws CryptokiException {
        long opened = sessions.openToKeep();
        boolean done = false;
        try (Arena arena = Arena.ofConfined()) {
            Structure mechanism =
                    new Structure(arena, Layouts.MECHANISM).ulong("mechanism", Ckm.CKM_AES_GCM);
            sessions.check(
                    "C_MessageEncryptInit",
                    sessions.functions().C_MessageEncryptInit(opened, mechanism.address(), key));
            done = true;
            return opened;
        } finally {
            if (!done) {
                sessions.closeSession(opened);
            }
        }
    }

    private void put(String member, long value) {
        Memory.ulong(parameters + Layouts.offset(Layouts.GCM_MESSAGE_PARAMS, member), value);
    }

    /** As {@link AeadEncryption#encrypt}. After a failure no other call succeeds. */
    void encrypt(byte[] nonce, byte[] aad, long in, int length, long out) throws CryptokiException {
        AeadBlock.requireLengths(nonce, aad);
        boolean done = false;
        sessions.beginCall();
        try {
            requireWhole();
            Memory.put(this.nonce, nonce);
            Memory.put(this.aad, aad);
            Memory.ulong(parameters + TAG_POINTER, out + length);
            Memory.ulong(this.length, length);
            sessions.check("C_EncryptMessage", call(aad.length, in, length, out));
            sessions.requireLength("C_EncryptMessage", this.length, length);
            done = true;
        } finally {
            broken |= !done;
            sessions.endCall();
            Reference.reachabilityFence(this);
        }
    }

    private long call(int aadLength, long in, int inLength, long out) {
        return sessions.functions()
                .C_EncryptMessage(
                        session, parameters, PARAMETERS, aad, aadLength, in, inLength, out, length);
    }

    private void requireWhole() throws CryptokiException {
        if (broken) {
            throw sessions.failure(
                    "C_EncryptMessage", Ckr.CKR_OPERATION_NOT_INITIALIZED, "it failed before");
        }
        try {
            sessions.requireOurs("C_EncryptMessage");
        } catch (CryptokiException e) {
            throw e.beforeInput();
        }
    }

    /** Ends the operation and closes the session. */
    @Override
    public void close() {
        sessions.closeMessageSession(session);
    }
}
