package org.sslwrite.pkcs11.cryptoki.ffi;

/**
 * The functions of a PKCS#11 module, one method each, under the standard's names. Addresses,
 * handles and CK_ULONGs are {@code long}s; each method returns its CK_RV, {@link
 * Ckr#CKR_FUNCTION_NOT_SUPPORTED} where the module has no such function. Memory behind an address
 * must outlive the call. The seam where a test can make a token fail.
 */
public interface CryptokiFunctions {
    /** Whether the module offered an interface of version 3.0, with the message functions. */
    default boolean hasMessageInterface() {
        return false;
    }

    /** C_Initialize(pInitArgs). */
    long C_Initialize(long args);

    /** C_Finalize(pReserved). */
    long C_Finalize(long reserved);

    /** C_GetInfo(pInfo). */
    long C_GetInfo(long info);

    /** C_GetSlotList(tokenPresent, pSlotList, pulCount); tokenPresent is CK_TRUE or CK_FALSE. */
    long C_GetSlotList(long tokenPresent, long slotList, long count);

    /** C_GetSlotInfo(slotID, pInfo). */
    long C_GetSlotInfo(long slot, long info);

    /** C_GetTokenInfo(slotID, pInfo). */
    long C_GetTokenInfo(long slot, long info);

    /** C_GetMechanismList(slotID, pMechanismList, pulCount). */
    long C_GetMechanismList(long slot, long mechanismList, long count);

    /** C_GetMechanismInfo(slotID, type, pInfo). */
    long C_GetMechanismInfo(long slot, long mechanism, long info);

    /** C_InitToken(slotID, pPin, ulPinLen, pLabel). */
    long C_InitToken(long slot, long pin, long pinLen, long label);

    /** C_InitPIN(hSession, pPin, ulPinLen). */
    long C_InitPIN(long session, long pin, long pinLen);

    /** C_OpenSession(slotID, flags, pApplication, Notify, phSession). */
    long C_OpenSession(long slot, long flags, long application, long notify, long session);

    /** C_CloseSession(hSession). */
    long C_CloseSession(long session);

    /** C_CloseAllSessions(slotID). */
    long C_CloseAllSessions(long slot);

    /** C_GetSessionInfo(hSession, pInfo). */
    long C_GetSessionInfo(long session, long info);

    /** C_Login(hSession, userType, pPin, ulPinLen). */
    long C_Login(long session, long userType, long pin, long pinLen);

    /** C_Logout(hSession). */
    long C_Logout(long session);

    /** C_CreateObject(hSession, pTemplate, ulCount, phObject). */
    long C_CreateObject(long session, long template, long count, long object);

    /** C_DestroyObject(hSession, hObject). */
    long C_DestroyObject(long session, long object);

    /** C_GetAttributeValue(hSession, hObject, pTemplate, ulCount). */
    long C_GetAttributeValue(long session, long object, long template, long count);

    /** C_FindObjectsInit(hSession, pTemplate, ulCount). */
    long C_FindObjectsInit(long session, long template, long count);

    /** C_FindObjects(hSession, phObject, ulMaxObjectCount, pulObjectCount). */
    long C_FindObjects(long session, long objects, long maxCount, long count);

    /** C_FindObjectsFinal(hSession). */
    long C_FindObjectsFinal(long session);

    /** C_EncryptInit(hSession, pMechanism, hKey). */
    long C_EncryptInit(long session, long mechanism, long key);

    /** C_Encrypt(hSession, pData, ulDataLen, pEncryptedData, pulEncryptedDataLen). */
    long C_Encrypt(long session, long data, long dataLen, long encrypted, long encryptedLen);

    /** C_SignInit(hSession, pMechanism, hKey). */
    long C_SignInit(long session, long mechanism, long key);

    /** C_Sign(hSession, pData, ulDataLen, pSignature, pulSignatureLen). */
    long C_Sign(long session, long data, long dataLen, long signature, long signatureLen);

    /** C_GenerateKey(hSession, pMechanism, pTemplate, ulCount, phKey). */
    long C_GenerateKey(long session, long mechanism, long template, long count, long key);

    /**
     * C_GenerateKeyPair(hSession, pMechanism, pPublicKeyTemplate, ulPublicKeyAttributeCount,
     * pPrivateKeyTemplate, ulPrivateKeyAttributeCount, phPublicKey, phPrivateKey).
     */
    long C_GenerateKeyPair(
            long session,
            long mechanism,
            long publicTemplate,
            long publicCount,
            long privateTemplate,
            long privateCount,
            long publicKey,
            long privateKey);

    /** C_DeriveKey(hSession, pMechanism, hBaseKey, pTemplate, ulAttributeCount, phKey). */
    long C_DeriveKey(
            long session, long mechanism, long baseKey, long template, long count, long key);

    /** C_GenerateRandom(hSession, RandomData, ulRandomLen). */
    long C_GenerateRandom(long session, long random, long length);

    /** C_MessageEncryptInit(hSession, pMechanism, hKey), of version 3.0. */
    long C_MessageEncryptInit(long session, long mechanism, long key);

    /**
     * C_EncryptMessage(hSession, pParameter, ulParameterLen, pAssociatedData, ulAssociatedDataLen,
     * pPlaintext, ulPlaintextLen, pCiphertext, pulCiphertextLen), of version 3.0.
     */
    long C_EncryptMessage(
            long session,
            long parameter,
            long parameterLen,
            long associatedData,
            long associatedDataLen,
            long plaintext,
            long plaintextLen,
            long ciphertext,
            long ciphertextLen);

    /** C_MessageEncryptFinal(hSession), of version 3.0. */
    long C_MessageEncryptFinal(long session);
}
