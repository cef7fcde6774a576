package org.sslwrite.pkcs11.cryptoki;

import org.sslwrite.pkcs11.cryptoki.ffi.Ckr;
import org.sslwrite.pkcs11.cryptoki.ffi.CryptokiFunctions;

/**
 * The functions of a module, each call through its {@link CallGate}. A call for a generation of
 * handles that is over is not made: the module is not what it was initialised to be then.
 */
final class GatedFunctions implements CryptokiFunctions {
    private final CryptokiFunctions functions;
    private final CallGate gate;
    private final int generation;

    /**
     * @param generation of the handles that are given to the functions; {@link
     *     CallGate#ANY_GENERATION} if there are none, or if the caller knows what they are
     */
    GatedFunctions(CryptokiFunctions functions, CallGate gate, int generation) {
        this.functions = functions;
        this.gate = gate;
        this.generation = generation;
    }

    @Override
    public boolean hasMessageInterface() {
        return functions.hasMessageInterface();
    }

    @Override
    public long C_Initialize(long args) {
        if (!gate.enter(generation)) {
            return Ckr.CKR_CRYPTOKI_NOT_INITIALIZED;
        }
        try {
            return functions.C_Initialize(args);
        } finally {
            gate.leave();
        }
    }

    @Override
    public long C_Finalize(long reserved) {
        if (!gate.enter(generation)) {
            return Ckr.CKR_CRYPTOKI_NOT_INITIALIZED;
        }
        try {
            return functions.C_Finalize(reserved);
        } finally {
            gate.leave();
        }
    }

    @Override
    public long C_GetInfo(long info) {
        if (!gate.enter(generation)) {
            return Ckr.CKR_CRYPTOKI_NOT_INITIALIZED;
        }
        try {
            return functions.C_GetInfo(info);
        } finally {
            gate.leave();
        }
    }

    @Override
    public long C_GetSlotList(long tokenPresent, long slotList, long count) {
        if (!gate.enter(generation)) {
            return Ckr.CKR_CRYPTOKI_NOT_INITIALIZED;
        }
        try {
            return functions.C_GetSlotList(tokenPresent, slotList, count);
        } finally {
            gate.leave();
        }
    }

    @Override
    public long C_GetSlotInfo(long slot, long info) {
        if (!gate.enter(generation)) {
            return Ckr.CKR_CRYPTOKI_NOT_INITIALIZED;
        }
        try {
            return functions.C_GetSlotInfo(slot, info);
        } finally {
            gate.leave();
        }
    }

    @Override
    public long C_GetTokenInfo(long slot, long info) {
        if (!gate.enter(generation)) {
            return Ckr.CKR_CRYPTOKI_NOT_INITIALIZED;
        }
        try {
            return functions.C_GetTokenInfo(slot, info);
        } finally {
            gate.leave();
        }
    }

    @Override
    public long C_GetMechanismList(long slot, long mechanismList, long count) {
        if (!gate.enter(generation)) {
            return Ckr.CKR_CRYPTOKI_NOT_INITIALIZED;
        }
        try {
            return functions.C_GetMechanismList(slot, mechanismList, count);
        } finally {
            gate.leave();
        }
    }

    @Override
    public long C_GetMechanismInfo(long slot, long mechanism, long info) {
        if (!gate.enter(generation)) {
            return Ckr.CKR_CRYPTOKI_NOT_INITIALIZED;
        }
        try {
            return functions.C_GetMechanismInfo(slot, mechanism, info);
        } finally {
            gate.leave();
        }
    }

    @Override
    public long C_InitToken(long slot, long pin, long pinLen, long label) {
        if (!gate.enter(generation)) {
            return Ckr.CKR_CRYPTOKI_NOT_INITIALIZED;
        }
        try {
            return functions.C_InitToken(slot, pin, pinLen, label);
        } finally {
            gate.leave();
        }
    }

    @Override
    public long C_InitPIN(long session, long pin, long pinLen) {
        if (!gate.enter(generation)) {
            return Ckr.CKR_CRYPTOKI_NOT_INITIALIZED;
        }
        try {
            return functions.C_InitPIN(session, pin, pinLen);
        } finally {
            gate.leave();
        }
    }

    @Override
    public long C_OpenSession(long slot, long flags, long application, long notify, long session) {
        if (!gate.enter(generation)) {
            return Ckr.CKR_CRYPTOKI_NOT_INITIALIZED;
        }
        try {
            return functions.C_OpenSession(slot, flags, application, notify, session);
        } finally {
            gate.leave();
        }
    }

    @Override
    public long C_CloseSession(long session) {
        if (!gate.enter(generation)) {
            return Ckr.CKR_CRYPTOKI_NOT_INITIALIZED;
        }
        try {
            return functions.C_CloseSession(session);
        } finally {
            gate.leave();
        }
    }

    @Override
    public long C_CloseAllSessions(long slot) {
        if (!gate.enter(generation)) {
            return Ckr.CKR_CRYPTOKI_NOT_INITIALIZED;
        }
        try {
            return functions.C_CloseAllSessions(slot);
        } finally {
            gate.leave();
        }
    }

    @Override
    public long C_GetSessionInfo(long session, long info) {
        if (!gate.enter(generation)) {
            return Ckr.CKR_CRYPTOKI_NOT_INITIALIZED;
        }
        try {
            return functions.C_GetSessionInfo(session, info);
        } finally {
            gate.leave();
        }
    }

    @Override
    public long C_Login(long session, long userType, long pin, long pinLen) {
        if (!gate.enter(generation)) {
            return Ckr.CKR_CRYPTOKI_NOT_INITIALIZED;
        }
        try {
            return functions.C_Login(session, userType, pin, pinLen);
        } finally {
            gate.leave();
        }
    }

    @Override
    public long C_Logout(long session) {
        if (!gate.enter(generation)) {
            return Ckr.CKR_CRYPTOKI_NOT_INITIALIZED;
        }
        try {
            return functions.C_Logout(session);
        } finally {
            gate.leave();
        }
    }

    @Override
    public long C_CreateObject(long session, long template, long count, long object) {
        if (!gate.enter(generation)) {
            return Ckr.CKR_CRYPTOKI_NOT_INITIALIZED;
        }
        try {
            return functions.C_CreateObject(session, template, count, object);
        } finally {
            gate.leave();
        }
    }

    @Override
    public long C_DestroyObject(long session, long object) {
        if (!gate.enter(generation)) {
            return Ckr.CKR_CRYPTOKI_NOT_INITIALIZED;
        }
        try {
            return functions.C_DestroyObject(session, object);
        } finally {
            gate.leave();
        }
    }

    @Override
    public long C_GetAttributeValue(long session, long object, long template, long count) {
        if (!gate.enter(generation)) {
            return Ckr.CKR_CRYPTOKI_NOT_INITIALIZED;
        }
        try {
            return functions.C_GetAttributeValue(session, object, template, count);
        } finally {
            gate.leave();
        }
    }

    @Override
    public long C_FindObjectsInit(long session, long template, long count) {
        if (!gate.enter(generation)) {
            return Ckr.CKR_CRYPTOKI_NOT_INITIALIZED;
        }
        try {
            return functions.C_FindObjectsInit(session, template, count);
        } finally {
            gate.leave();
        }
    }

    @Override
    public long C_FindObjects(long session, long objects, long maxCount, long count) {
        if (!gate.enter(generation)) {
            return Ckr.CKR_CRYPTOKI_NOT_INITIALIZED;
        }
        try {
            return functions.C_FindObjects(session, objects, maxCount, count);
        } finally {
            gate.leave();
        }
    }

    @Override
    public long C_FindObjectsFinal(long session) {
        if (!gate.enter(generation)) {
            return Ckr.CKR_CRYPTOKI_NOT_INITIALIZED;
        }
        try {
            return functions.C_FindObjectsFinal(session);
        } finally {
            gate.leave();
        }
    }

    @Override
    public long C_EncryptInit(long session, long mechanism, long key) {
        if (!gate.enter(generation)) {
            return Ckr.CKR_CRYPTOKI_NOT_INITIALIZED;
        }
        try {
            return functions.C_EncryptInit(session, mechanism, key);
        } finally {
            gate.leave();
        }
    }

    @Override
    public long C_Encrypt(
            long session, long data, long dataLen, long encrypted, long encryptedLen) {
        if (!gate.enter(generation)) {
            return Ckr.CKR_CRYPTOKI_NOT_INITIALIZED;
        }
        try {
            return functions.C_Encrypt(session, data, dataLen, encrypted, encryptedLen);
        } finally {
            gate.leave();
        }
    }

    @Override
    public long C_SignInit(long session, long mechanism, long key) {
        if (!gate.enter(generation)) {
            return Ckr.CKR_CRYPTOKI_NOT_INITIALIZED;
        }
        try {
            return functions.C_SignInit(session, mechanism, key);
        } finally {
            gate.leave();
        }
    }

    @Override
    public long C_Sign(long session, long data, long dataLen, long signature, long signatureLen) {
        if (!gate.enter(generation)) {
            return Ckr.CKR_CRYPTOKI_NOT_INITIALIZED;
        }
        try {
            return functions.C_Sign(session, data, dataLen, signature, signatureLen);
        } finally {
            gate.leave();
        }
    }

    @Override
    public long C_GenerateKey(long session, long mechanism, long template, long count, long key) {
        if (!gate.enter(generation)) {
            return Ckr.CKR_CRYPTOKI_NOT_INITIALIZED;
        }
        try {
            return functions.C_GenerateKey(session, mechanism, template, count, key);
        } finally {
            gate.leave();
        }
    }

    @Override
    public long C_GenerateKeyPair(
            long session,
            long mechanism,
            long publicTemplate,
            long publicCount,
            long privateTemplate,
            long privateCount,
            long publicKey,
            long privateKey) {
        if (!gate.enter(generation)) {
            return Ckr.CKR_CRYPTOKI_NOT_INITIALIZED;
        }
        try {
            return functions.C_GenerateKeyPair(
                    session,
                    mechanism,
                    publicTemplate,
                    publicCount,
                    privateTemplate,
                    privateCount,
                    publicKey,
                    privateKey);
        } finally {
            gate.leave();
        }
    }

    @Override
    public long C_DeriveKey(
            long session, long mechanism, long baseKey, long template, long count, long key) {
        if (!gate.enter(generation)) {
            return Ckr.CKR_CRYPTOKI_NOT_INITIALIZED;
        }
        try {
            return functions.C_DeriveKey(session, mechanism, baseKey, template, count, key);
        } finally {
            gate.leave();
        }
    }

    @Override
    public long C_GenerateRandom(long session, long random, long length) {
        if (!gate.enter(generation)) {
            return Ckr.CKR_CRYPTOKI_NOT_INITIALIZED;
        }
        try {
            return functions.C_GenerateRandom(session, random, length);
        } finally {
            gate.leave();
        }
    }

    @Override
    public long C_MessageEncryptInit(long session, long mechanism, long key) {
        if (!gate.enter(generation)) {
            return Ckr.CKR_CRYPTOKI_NOT_INITIALIZED;
        }
        try {
            return functions.C_MessageEncryptInit(session, mechanism, key);
        } finally {
            gate.leave();
        }
    }

    @Override
    public long C_EncryptMessage(
            long session,
            long parameter,
            long parameterLen,
            long associatedData,
            long associatedDataLen,
            long plaintext,
            long plaintextLen,
            long ciphertext,
            long ciphertextLen) {
        if (!gate.enter(generation)) {
            return Ckr.CKR_CRYPTOKI_NOT_INITIALIZED;
        }
        try {
            return functions.C_EncryptMessage(
                    session,
                    parameter,
                    parameterLen,
                    associatedData,
                    associatedDataLen,
                    plaintext,
                    plaintextLen,
                    ciphertext,
                    ciphertextLen);
        } finally {
            gate.leave();
        }
    }

    @Override
    public long C_MessageEncryptFinal(long session) {
        if (!gate.enter(generation)) {
            return Ckr.CKR_CRYPTOKI_NOT_INITIALIZED;
        }
        try {
            return functions.C_MessageEncryptFinal(session);
        } finally {
            gate.leave();
        }
    }
}
