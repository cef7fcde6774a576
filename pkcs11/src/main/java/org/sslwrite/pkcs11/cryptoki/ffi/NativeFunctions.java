package org.sslwrite.pkcs11.cryptoki.ffi;

import org.jspecify.annotations.Nullable;
import org.sslwrite.pkcs11.timeout.Deadline;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Arrays;

/**
 * The functions in a loaded library's CK_FUNCTION_LIST. Every argument is passed as a 64-bit
 * integer, pointers too, so a call allocates nothing. No call is linked as critical: a token may
 * block. Nor is one made on a virtual thread, whose carrier it would hold: callers that make many
 * hand them over together ({@link Deadline}), any other is handed over here.
 */
final class NativeFunctions implements CryptokiFunctions {
    private static final MethodHandle CALL_1 = shape(1);
    private static final MethodHandle CALL_2 = shape(2);
    private static final MethodHandle CALL_3 = shape(3);
    private static final MethodHandle CALL_4 = shape(4);
    private static final MethodHandle CALL_5 = shape(5);
    private static final MethodHandle CALL_6 = shape(6);
    private static final MethodHandle CALL_8 = shape(8);
    private static final MethodHandle CALL_9 = shape(9);

    /** In the order of CK_FUNCTION_LIST_3_0, which starts as CK_FUNCTION_LIST does. */
    private enum Entry {
        C_Initialize,
        C_Finalize,
        C_GetInfo,
        C_GetFunctionList,
        C_GetSlotList,
        C_GetSlotInfo,
        C_GetTokenInfo,
        C_GetMechanismList,
        C_GetMechanismInfo,
        C_InitToken,
        C_InitPIN,
        C_SetPIN,
        C_OpenSession,
        C_CloseSession,
        C_CloseAllSessions,
        C_GetSessionInfo,
        C_GetOperationState,
        C_SetOperationState,
        C_Login,
        C_Logout,
        C_CreateObject,
        C_CopyObject,
        C_DestroyObject,
        C_GetObjectSize,
        C_GetAttributeValue,
        C_SetAttributeValue,
        C_FindObjectsInit,
        C_FindObjects,
        C_FindObjectsFinal,
        C_EncryptInit,
        C_Encrypt,
        C_EncryptUpdate,
        C_EncryptFinal,
        C_DecryptInit,
        C_Decrypt,
        C_DecryptUpdate,
        C_DecryptFinal,
        C_DigestInit,
        C_Digest,
        C_DigestUpdate,
        C_DigestKey,
        C_DigestFinal,
        C_SignInit,
        C_Sign,
        C_SignUpdate,
        C_SignFinal,
        C_SignRecoverInit,
        C_SignRecover,
        C_VerifyInit,
        C_Verify,
        C_VerifyUpdate,
        C_VerifyFinal,
        C_VerifyRecoverInit,
        C_VerifyRecover,
        C_DigestEncryptUpdate,
        C_DecryptDigestUpdate,
        C_SignEncryptUpdate,
        C_DecryptVerifyUpdate,
        C_GenerateKey,
        C_GenerateKeyPair,
        C_WrapKey,
        C_UnwrapKey,
        C_DeriveKey,
        C_SeedRandom,
        C_GenerateRandom,
        C_GetFunctionStatus,
        C_CancelFunction,
        C_WaitForSlotEvent,
        C_GetInterfaceList,
        C_GetInterface,
        C_LoginUser,
        C_SessionCancel,
        C_MessageEncryptInit,
        C_EncryptMessage,
        C_EncryptMessageBegin,
        C_EncryptMessageNext,
        C_MessageEncryptFinal;

        private static final int IN_VERSION_2 = C_WaitForSlotEvent.ordinal() + 1;
    }

    /** By {@link Entry}; null where the list has a null pointer. */
    private final @Nullable MemorySegment[] entries = new MemorySegment[Entry.values().length];

    private final boolean hasMessageInterface;

    /**
     * @param list address of a CK_FUNCTION_LIST
     * @param list3 address of a CK_FUNCTION_LIST_3_0, 0 if there is none
     */
    NativeFunctions(long list, long list3) {
        read(list, 0, Entry.IN_VERSION_2);
        if (list3 != 0) {
            read(list3, Entry.IN_VERSION_2, entries.length);
        }
        hasMessageInterface =
                entries[Entry.C_MessageEncryptInit.ordinal()] != null
                        && entries[Entry.C_EncryptMessage.ordinal()] != null;
    }

    private void read(long list, int from, int to) {
        for (int i = from; i < to; i++) {
            // The first member is the CK_VERSION, padded to a pointer's alignment.
            long address = Memory.ulong(list + (i + 1) * Long.BYTES);
            entries[i] = address == 0 ? null : MemorySegment.ofAddress(address);
        }
    }

    @SuppressWarnings("restricted") // calling into C is what this is for
    private static MethodHandle shape(int arguments) {
        MemoryLayout[] longs = new MemoryLayout[arguments];
        Arrays.fill(longs, ValueLayout.JAVA_LONG);
        return Linker.nativeLinker()
                .downcallHandle(FunctionDescriptor.of(ValueLayout.JAVA_LONG, longs));
    }

    private static RuntimeException unexpected(Throwable e) {
        if (e instanceof Error error) {
            throw error;
        }
        return e instanceof RuntimeException runtime ? runtime : new IllegalStateException(e);
    }

    @Override
    public boolean hasMessageInterface() {
        return hasMessageInterface;
    }

    @Override
    public long C_Initialize(long args) {
        return call(Entry.C_Initialize, args);
    }

    @Override
    public long C_Finalize(long reserved) {
        return call(Entry.C_Finalize, reserved);
    }

    @Override
    public long C_GetInfo(long info) {
        return call(Entry.C_GetInfo, info);
    }

    @Override
    public long C_GetSlotList(long tokenPresent, long slotList, long count) {
        return call(Entry.C_GetSlotList, tokenPresent, slotList, count);
    }

    @Override
    public long C_GetSlotInfo(long slot, long info) {
        return call(Entry.C_GetSlotInfo, slot, info);
    }

    @Override
    public long C_GetTokenInfo(long slot, long info) {
        return call(Entry.C_GetTokenInfo, slot, info);
    }

    @Override
    public long C_GetMechanismList(long slot, long mechanismList, long count) {
        return call(Entry.C_GetMechanismList, slot, mechanismList, count);
    }

    @Override
    public long C_GetMechanismInfo(long slot, long mechanism, long info) {
        return call(Entry.C_GetMechanismInfo, slot, mechanism, info);
    }

    @Override
    public long C_InitToken(long slot, long pin, long pinLen, long label) {
        return call(Entry.C_InitToken, slot, pin, pinLen, label);
    }

    @Override
    public long C_InitPIN(long session, long pin, long pinLen) {
        return call(Entry.C_InitPIN, session, pin, pinLen);
    }

    @Override
    public long C_OpenSession(long slot, long flags, long application, long notify, long session) {
        return call(Entry.C_OpenSession, slot, flags, application, notify, session);
    }

    @Override
    public long C_CloseSession(long session) {
        return call(Entry.C_CloseSession, session);
    }

    @Override
    public long C_CloseAllSessions(long slot) {
        return call(Entry.C_CloseAllSessions, slot);
    }

    @Override
    public long C_GetSessionInfo(long session, long info) {
        return call(Entry.C_GetSessionInfo, session, info);
    }

    @Override
    public long C_Login(long session, long userType, long pin, long pinLen) {
        return call(Entry.C_Login, session, userType, pin, pinLen);
    }

    @Override
    public long C_Logout(long session) {
        return call(Entry.C_Logout, session);
    }

    @Override
    public long C_CreateObject(long session, long template, long count, long object) {
        return call(Entry.C_CreateObject, session, template, count, object);
    }

    @Override
    public long C_DestroyObject(long session, long object) {
        return call(Entry.C_DestroyObject, session, object);
    }

    @Override
    public long C_GetAttributeValue(long session, long object, long template, long count) {
        return call(Entry.C_GetAttributeValue, session, object, template, count);
    }

    @Override
    public long C_FindObjectsInit(long session, long template, long count) {
        return call(Entry.C_FindObjectsInit, session, template, count);
    }

    @Override
    public long C_FindObjects(long session, long objects, long maxCount, long count) {
        return call(Entry.C_FindObjects, session, objects, maxCount, count);
    }

    @Override
    public long C_FindObjectsFinal(long session) {
        return call(Entry.C_FindObjectsFinal, session);
    }

    @Override
    public long C_EncryptInit(long session, long mechanism, long key) {
        return call(Entry.C_EncryptInit, session, mechanism, key);
    }

    @Override
    public long C_Encrypt(
            long session, long data, long dataLen, long encrypted, long encryptedLen) {
        return call(Entry.C_Encrypt, session, data, dataLen, encrypted, encryptedLen);
    }

    @Override
    public long C_SignInit(long session, long mechanism, long key) {
        return call(Entry.C_SignInit, session, mechanism, key);
    }

    @Override
    public long C_Sign(long session, long data, long dataLen, long signature, long signatureLen) {
        return call(Entry.C_Sign, session, data, dataLen, signature, signatureLen);
    }

    @Override
    public long C_GenerateKey(long session, long mechanism, long template, long count, long key) {
        return call(Entry.C_GenerateKey, session, mechanism, template, count, key);
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
        return call(
                Entry.C_GenerateKeyPair,
                session,
                mechanism,
                publicTemplate,
                publicCount,
                privateTemplate,
                privateCount,
                publicKey,
                privateKey);
    }

    @Override
    public long C_DeriveKey(
            long session, long mechanism, long baseKey, long template, long count, long key) {
        return call(Entry.C_DeriveKey, session, mechanism, baseKey, template, count, key);
    }

    @Override
    public long C_GenerateRandom(long session, long random, long length) {
        return call(Entry.C_GenerateRandom, session, random, length);
    }

    @Override
    public long C_MessageEncryptInit(long session, long mechanism, long key) {
        return call(Entry.C_MessageEncryptInit, session, mechanism, key);
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
        return call(
                Entry.C_EncryptMessage,
                session,
                parameter,
                parameterLen,
                associatedData,
                associatedDataLen,
                plaintext,
                plaintextLen,
                ciphertext,
                ciphertextLen);
    }

    @Override
    public long C_MessageEncryptFinal(long session) {
        return call(Entry.C_MessageEncryptFinal, session);
    }

    private long call(Entry entry, long a) {
        if (Deadline.mustHandOver()) {
            return Deadline.offCarrier(entry.name(), () -> call(entry, a));
        }
        MemorySegment function = entries[entry.ordinal()];
        if (function == null) {
            return Ckr.CKR_FUNCTION_NOT_SUPPORTED;
        }
        try {
            return (long) CALL_1.invokeExact(function, a);
        } catch (Throwable thrown) {
            throw unexpected(thrown);
        }
    }

    private long call(Entry entry, long a, long b) {
        if (Deadline.mustHandOver()) {
            return Deadline.offCarrier(entry.name(), () -> call(entry, a, b));
        }
        MemorySegment function = entries[entry.ordinal()];
        if (function == null) {
            return Ckr.CKR_FUNCTION_NOT_SUPPORTED;
        }
        try {
            return (long) CALL_2.invokeExact(function, a, b);
        } catch (Throwable thrown) {
            throw unexpected(thrown);
        }
    }

    private long call(Entry entry, long a, long b, long c) {
        if (Deadline.mustHandOver()) {
            return Deadline.offCarrier(entry.name(), () -> call(entry, a, b, c));
        }
        MemorySegment function = entries[entry.ordinal()];
        if (function == null) {
            return Ckr.CKR_FUNCTION_NOT_SUPPORTED;
        }
        try {
            return (long) CALL_3.invokeExact(function, a, b, c);
        } catch (Throwable thrown) {
            throw unexpected(thrown);
        }
    }

    private long call(Entry entry, long a, long b, long c, long d) {
        if (Deadline.mustHandOver()) {
            return Deadline.offCarrier(entry.name(), () -> call(entry, a, b, c, d));
        }
        MemorySegment function = entries[entry.ordinal()];
        if (function == null) {
            return Ckr.CKR_FUNCTION_NOT_SUPPORTED;
        }
        try {
            return (long) CALL_4.invokeExact(function, a, b, c, d);
        } catch (Throwable thrown) {
            throw unexpected(thrown);
        }
    }

    private long call(Entry entry, long a, long b, long c, long d, long e) {
        if (Deadline.mustHandOver()) {
            return Deadline.offCarrier(entry.name(), () -> call(entry, a, b, c, d, e));
        }
        MemorySegment function = entries[entry.ordinal()];
        if (function == null) {
            return Ckr.CKR_FUNCTION_NOT_SUPPORTED;
        }
        try {
            return (long) CALL_5.invokeExact(function, a, b, c, d, e);
        } catch (Throwable thrown) {
            throw unexpected(thrown);
        }
    }

    private long call(Entry entry, long a, long b, long c, long d, long e, long f) {
        if (Deadline.mustHandOver()) {
            return Deadline.offCarrier(entry.name(), () -> call(entry, a, b, c, d, e, f));
        }
        MemorySegment function = entries[entry.ordinal()];
        if (function == null) {
            return Ckr.CKR_FUNCTION_NOT_SUPPORTED;
        }
        try {
            return (long) CALL_6.invokeExact(function, a, b, c, d, e, f);
        } catch (Throwable thrown) {
            throw unexpected(thrown);
        }
    }

    private long call(Entry entry, long a, long b, long c, long d, long e, long f, long g, long h) {
        if (Deadline.mustHandOver()) {
            return Deadline.offCarrier(entry.name(), () -> call(entry, a, b, c, d, e, f, g, h));
        }
        MemorySegment function = entries[entry.ordinal()];
        if (function == null) {
            return Ckr.CKR_FUNCTION_NOT_SUPPORTED;
        }
        try {
            return (long) CALL_8.invokeExact(function, a, b, c, d, e, f, g, h);
        } catch (Throwable thrown) {
            throw unexpected(thrown);
        }
    }

    private long call(
            Entry entry, long a, long b, long c, long d, long e, long f, long g, long h, long i) {
        if (Deadline.mustHandOver()) {
            return Deadline.offCarrier(entry.name(), () -> call(entry, a, b, c, d, e, f, g, h, i));
        }
        MemorySegment function = entries[entry.ordinal()];
        if (function == null) {
            return Ckr.CKR_FUNCTION_NOT_SUPPORTED;
        }
        try {
            return (long) CALL_9.invokeExact(function, a, b, c, d, e, f, g, h, i);
        } catch (Throwable thrown) {
            throw unexpected(thrown);
        }
    }
}
