package org.sslwrite.probe;

import org.sslwrite.pkcs11.cryptoki.ffi.Ckm;
import org.sslwrite.pkcs11.cryptoki.ffi.CryptokiFunctions;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/** A mock of a module with one token, which has the vices of tokens in the field. */
@SuppressWarnings({"checkstyle:MethodName", "restricted"}) // the standard's names; raw memory
final class MockCryptoki implements CryptokiFunctions {
    /** What is wrong with it. */
    enum Vice {
        /** As AWS CloudHSM: a new IV for each encryption, written into the caller's memory. */
        WRITES_OWN_IV,
        /** As AWS CloudHSM by default: a new IV for each encryption, behind the tag. */
        APPENDS_OWN_IV,
        /** Uses the caller's IV, and appends it. */
        APPENDS_IV,
        /** As AWS CloudHSM's limits: GCM 16224 bytes, HMAC 16288. */
        CAPS_INPUT,
        /** Says that it wrote 2^64 - 1 bytes. */
        GARBAGE_LENGTH,
        /** Says that it wrote a million bytes. */
        HUGE_LENGTH,
        /** Ignores the additional data. */
        IGNORES_AAD,
        /** Lists everything, does nothing. */
        ALL_TALK,
        /** Wants CK_GCM_PARAMS as in the text of 2.40. */
        WITHOUT_IV_BITS,
        /** Writes its output before it has read its input. */
        NOT_IN_PLACE,
        /** As Google Cloud KMS: no C_CreateObject. */
        NO_IMPORT,
        /** Takes no keys that are private. */
        NO_PRIVATE_KEYS,
        /** Gives keys away that should be sensitive. */
        REVEALS_KEYS,
        /** Has eight sessions. */
        FEW_SESSIONS,
        /** A label that turns a terminal red and forges a line. */
        HOSTILE_LABEL
    }

    static final String LABEL = "mock";
    private static final String HOSTILE = "\u001b[31mred\nengine = x\u202e\"\\";

    private static final long CKR_OK = 0;
    private static final long CKR_ARGUMENTS_BAD = 0x7;
    private static final long CKR_ATTRIBUTE_SENSITIVE = 0x11;
    private static final long CKR_ATTRIBUTE_VALUE_INVALID = 0x13;
    private static final long CKR_DATA_LEN_RANGE = 0x21;
    private static final long CKR_DEVICE_ERROR = 0x30;
    private static final long CKR_FUNCTION_NOT_SUPPORTED = 0x54;
    private static final long CKR_KEY_HANDLE_INVALID = 0x60;
    private static final long CKR_MECHANISM_INVALID = 0x70;
    private static final long CKR_OBJECT_HANDLE_INVALID = 0x82;
    private static final long CKR_OPERATION_ACTIVE = 0x90;
    private static final long CKR_OPERATION_NOT_INITIALIZED = 0x91;
    private static final long CKR_SESSION_COUNT = 0xB1;
    private static final long CKR_SESSION_HANDLE_INVALID = 0xB3;

    private static final List<Long> MECHANISMS =
            List.of(
                    Ckm.CKM_AES_GCM,
                    Ckm.CKM_AES_CBC,
                    Ckm.CKM_SHA_1_HMAC,
                    Ckm.CKM_SHA256_HMAC,
                    Ckm.CKM_SHA384_HMAC);

    private record Pending(long mechanism, long parameter, long parameterLength, byte[] key) {}

    private static final class Session {
        private Pending pending;
        private final Set<Long> objects = new HashSet<>();
    }

    private final Set<Vice> vices;
    private final Map<Long, Session> sessions = new HashMap<>();
    private final Map<Long, Map<Long, byte[]>> objects = new HashMap<>();
    private long lastHandle = 100;

    MockCryptoki(Vice... vices) {
        this.vices = vices.length == 0 ? EnumSet.noneOf(Vice.class) : EnumSet.of(vices[0], vices);
    }

    /** Sessions and objects that are still there. */
    synchronized int leftovers() {
        return sessions.size() + objects.size();
    }

    private boolean has(Vice vice) {
        return vices.contains(vice);
    }

    private static MemorySegment at(long address, long length) {
        return MemorySegment.ofAddress(address).reinterpret(length);
    }

    private static byte[] get(long address, long length) {
        return length == 0 ? new byte[0] : at(address, length).toArray(ValueLayout.JAVA_BYTE);
    }

    private static void put(long address, byte[] bytes) {
        MemorySegment.copy(
                bytes, 0, at(address, bytes.length), ValueLayout.JAVA_BYTE, 0, bytes.length);
    }

    private static long word(long address, int index) {
        return at(address, 8L * (index + 1)).getAtIndex(ValueLayout.JAVA_LONG_UNALIGNED, index);
    }

    private static void setWord(long address, long value) {
        at(address, 8).set(ValueLayout.JAVA_LONG_UNALIGNED, 0, value);
    }

    private static void text(long address, int length, String text) {
        byte[] field = new byte[length];
        Arrays.fill(field, (byte) ' ');
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        System.arraycopy(bytes, 0, field, 0, Math.min(bytes.length, length));
        put(address, field);
    }

    @Override
    public long C_Initialize(long args) {
        return CKR_OK;
    }

    @Override
    public long C_Finalize(long reserved) {
        return CKR_OK;
    }

    @Override
    public long C_GetInfo(long info) {
        at(info, 88).fill((byte) 0);
        put(info, new byte[] {2, 40});
        text(info + 2, 32, "sslwrite tests");
        text(info + 48, 32, "a mock of a module");
        return CKR_OK;
    }

    @Override
    public long C_GetSlotList(long tokenPresent, long slotList, long count) {
        if (slotList != 0) {
            setWord(slotList, 1);
        }
        setWord(count, 1);
        return CKR_OK;
    }

    @Override
    public long C_GetSlotInfo(long slot, long info) {
        at(info, 112).fill((byte) 0);
        text(info, 64, "a mock of a slot");
        text(info + 64, 32, "sslwrite tests");
        setWord(info + 96, 1); // CKF_TOKEN_PRESENT
        return CKR_OK;
    }

    @Override
    public long C_GetTokenInfo(long slot, long info) {
        at(info, 208).fill((byte) 0);
        text(info, 32, has(Vice.HOSTILE_LABEL) ? HOSTILE : LABEL);
        text(info + 32, 32, "sslwrite tests");
        text(info + 64, 16, "mock");
        text(info + 80, 16, "0001");
        setWord(info + 96, 0x400); // CKF_TOKEN_INITIALIZED
        return CKR_OK;
    }

    @Override
    public long C_GetMechanismList(long slot, long mechanismList, long count) {
        if (mechanismList != 0) {
            for (int i = 0; i < MECHANISMS.size(); i++) {
                setWord(mechanismList + 8L * i, MECHANISMS.get(i));
            }
        }
        setWord(count, MECHANISMS.size());
        return CKR_OK;
    }

    @Override
    public long C_GetMechanismInfo(long slot, long mechanism, long info) {
        at(info, 24).fill((byte) 0);
        return MECHANISMS.contains(mechanism) ? CKR_OK : CKR_MECHANISM_INVALID;
    }

    @Override
    public synchronized long C_OpenSession(
            long slot, long flags, long application, long notify, long session) {
        if (has(Vice.FEW_SESSIONS) && sessions.size() >= 8) {
            return CKR_SESSION_COUNT;
        }
        sessions.put(++lastHandle, new Session());
        setWord(session, lastHandle);
        return CKR_OK;
    }

    @Override
    public synchronized long C_CloseSession(long session) {
        Session closed = sessions.remove(session);
        if (closed == null) {
            return CKR_SESSION_HANDLE_INVALID;
        }
        closed.objects.forEach(objects::remove);
        return CKR_OK;
    }

    @Override
    public synchronized long C_CloseAllSessions(long slot) {
        sessions.clear();
        objects.clear();
        return CKR_OK;
    }

    @Override
    public long C_GetSessionInfo(long session, long info) {
        at(info, 32).fill((byte) 0);
        return sessions.containsKey(session) ? CKR_OK : CKR_SESSION_HANDLE_INVALID;
    }

    @Override
    public synchronized long C_GenerateRandom(long session, long random, long length) {
        return sessions.containsKey(session) ? CKR_OK : CKR_SESSION_HANDLE_INVALID;
    }

    @Override
    public synchronized long C_CreateObject(long session, long template, long count, long object) {
        Session owner = sessions.get(session);
        if (owner == null) {
            return CKR_SESSION_HANDLE_INVALID;
        }
        if (has(Vice.NO_IMPORT)) {
            return CKR_FUNCTION_NOT_SUPPORTED;
        }
        Map<Long, byte[]> attributes = new HashMap<>();
        for (int i = 0; i < count; i++) {
            long attribute = template + 24L * i;
            attributes.put(word(attribute, 0), get(word(attribute, 1), word(attribute, 2)));
        }
        if (has(Vice.NO_PRIVATE_KEYS) && isSet(attributes, Template.CKA_PRIVATE)) {
            return CKR_ATTRIBUTE_VALUE_INVALID;
        }
        objects.put(++lastHandle, attributes);
        owner.objects.add(lastHandle);
        setWord(object, lastHandle);
        return CKR_OK;
    }

    private static boolean isSet(Map<Long, byte[]> attributes, long type) {
        byte[] value = attributes.get(type);
        return value != null && value[0] != 0;
    }

    @Override
    public synchronized long C_DestroyObject(long session, long object) {
        sessions.values().forEach(s -> s.objects.remove(object));
        return objects.remove(object) == null ? CKR_OBJECT_HANDLE_INVALID : CKR_OK;
    }

    @Override
    public synchronized long C_GetAttributeValue(
            long session, long object, long template, long count) {
        Map<Long, byte[]> attributes = objects.get(object);
        if (attributes == null) {
            return CKR_OBJECT_HANDLE_INVALID;
        }
        long type = word(template, 0);
        boolean isSecret = type == Template.CKA_VALUE && isSet(attributes, Template.CKA_SENSITIVE);
        if (isSecret && !has(Vice.REVEALS_KEYS)) {
            return CKR_ATTRIBUTE_SENSITIVE;
        }
        byte[] value = attributes.get(type);
        put(word(template, 1), value);
        setWord(template + 16, value.length);
        return CKR_OK;
    }

    private long begin(long session, long mechanism, long key) {
        Session active = sessions.get(session);
        Map<Long, byte[]> attributes = objects.get(key);
        if (active == null) {
            return CKR_SESSION_HANDLE_INVALID;
        }
        if (attributes == null) {
            return CKR_KEY_HANDLE_INVALID;
        }
        if (active.pending != null) {
            return CKR_OPERATION_ACTIVE;
        }
        if (!MECHANISMS.contains(word(mechanism, 0))) {
            return CKR_MECHANISM_INVALID;
        }
        if (has(Vice.ALL_TALK)) {
            return CKR_DEVICE_ERROR;
        }
        active.pending =
                new Pending(
                        word(mechanism, 0),
                        word(mechanism, 1),
                        word(mechanism, 2),
                        attributes.get(Template.CKA_VALUE));
        return CKR_OK;
    }

    @Override
    public synchronized long C_EncryptInit(long session, long mechanism, long key) {
        if (word(mechanism, 0) == Ckm.CKM_AES_GCM
                && word(mechanism, 2) != (has(Vice.WITHOUT_IV_BITS) ? 40 : 48)) {
            return CKR_ARGUMENTS_BAD;
        }
        return begin(session, mechanism, key);
    }

    @Override
    public synchronized long C_Encrypt(
            long session, long data, long dataLen, long encrypted, long encryptedLen) {
        Pending operation = end(session);
        if (operation == null) {
            return CKR_OPERATION_NOT_INITIALIZED;
        }
        boolean isGcm = operation.mechanism == Ckm.CKM_AES_GCM;
        if (has(Vice.CAPS_INPUT) && isGcm && dataLen > 16224) {
            return CKR_DATA_LEN_RANGE;
        }
        if (has(Vice.NOT_IN_PLACE)) {
            setWord(encrypted, 0);
        }
        try {
            byte[] plaintext = get(data, dataLen);
            byte[] out = isGcm ? gcm(operation, plaintext) : cbc(operation, plaintext);
            put(encrypted, out);
            setWord(encryptedLen, said(out.length));
            return CKR_OK;
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    private long said(int length) {
        if (has(Vice.GARBAGE_LENGTH)) {
            return -1;
        }
        return has(Vice.HUGE_LENGTH) ? 1_000_000 : length;
    }

    private Pending end(long session) {
        Session active = sessions.get(session);
        if (active == null || active.pending == null) {
            return null;
        }
        Pending operation = active.pending;
        active.pending = null;
        return operation;
    }

    private byte[] gcm(Pending operation, byte[] plaintext) throws GeneralSecurityException {
        int aadIndex = has(Vice.WITHOUT_IV_BITS) ? 2 : 3;
        long ivAddress = word(operation.parameter, 0);
        byte[] iv = get(ivAddress, word(operation.parameter, 1));
        byte[] aad =
                get(word(operation.parameter, aadIndex), word(operation.parameter, aadIndex + 1));
        boolean ownIv = has(Vice.WRITES_OWN_IV) || has(Vice.APPENDS_OWN_IV);
        if (ownIv) {
            iv = RecordTrials.random(12);
        }
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(
                Cipher.ENCRYPT_MODE,
                new SecretKeySpec(operation.key, "AES"),
                new GCMParameterSpec(128, iv));
        if (!has(Vice.IGNORES_AAD)) {
            cipher.updateAAD(aad);
        }
        byte[] sealed = cipher.doFinal(plaintext);
        if (has(Vice.WRITES_OWN_IV)) {
            put(ivAddress, iv);
        }
        if (has(Vice.APPENDS_OWN_IV) || has(Vice.APPENDS_IV)) {
            byte[] longer = Arrays.copyOf(sealed, sealed.length + iv.length);
            System.arraycopy(iv, 0, longer, sealed.length, iv.length);
            return longer;
        }
        return sealed;
    }

    private static byte[] cbc(Pending operation, byte[] plaintext) throws GeneralSecurityException {
        byte[] iv = get(operation.parameter, operation.parameterLength);
        Cipher cipher = Cipher.getInstance("AES/CBC/NoPadding");
        cipher.init(
                Cipher.ENCRYPT_MODE,
                new SecretKeySpec(operation.key, "AES"),
                new IvParameterSpec(iv));
        return cipher.doFinal(plaintext);
    }

    @Override
    public synchronized long C_SignInit(long session, long mechanism, long key) {
        return begin(session, mechanism, key);
    }

    @Override
    public synchronized long C_Sign(
            long session, long data, long dataLen, long signature, long signatureLen) {
        Pending operation = end(session);
        if (operation == null) {
            return CKR_OPERATION_NOT_INITIALIZED;
        }
        if (has(Vice.CAPS_INPUT) && dataLen > 16288) {
            return CKR_DATA_LEN_RANGE;
        }
        String algorithm =
                operation.mechanism == Ckm.CKM_SHA_1_HMAC
                        ? "HmacSHA1"
                        : operation.mechanism == Ckm.CKM_SHA256_HMAC ? "HmacSHA256" : "HmacSHA384";
        try {
            Mac mac = Mac.getInstance(algorithm);
            mac.init(new SecretKeySpec(operation.key, algorithm));
            byte[] out = mac.doFinal(get(data, dataLen));
            put(signature, out);
            setWord(signatureLen, said(out.length));
            return CKR_OK;
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public long C_InitToken(long slot, long pin, long pinLen, long label) {
        return CKR_FUNCTION_NOT_SUPPORTED;
    }

    @Override
    public long C_InitPIN(long session, long pin, long pinLen) {
        return CKR_FUNCTION_NOT_SUPPORTED;
    }

    @Override
    public long C_Login(long session, long userType, long pin, long pinLen) {
        return CKR_FUNCTION_NOT_SUPPORTED;
    }

    @Override
    public long C_Logout(long session) {
        return CKR_FUNCTION_NOT_SUPPORTED;
    }

    @Override
    public long C_FindObjectsInit(long session, long template, long count) {
        return CKR_OK;
    }

    @Override
    public long C_FindObjects(long session, long found, long maxCount, long count) {
        setWord(count, 0);
        return CKR_OK;
    }

    @Override
    public long C_FindObjectsFinal(long session) {
        return CKR_OK;
    }

    @Override
    public long C_GenerateKey(long session, long mechanism, long template, long count, long key) {
        return CKR_FUNCTION_NOT_SUPPORTED;
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
        return CKR_FUNCTION_NOT_SUPPORTED;
    }

    @Override
    public long C_DeriveKey(
            long session, long mechanism, long baseKey, long template, long count, long key) {
        return CKR_MECHANISM_INVALID;
    }

    @Override
    public long C_MessageEncryptInit(long session, long mechanism, long key) {
        return CKR_FUNCTION_NOT_SUPPORTED;
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
        return CKR_FUNCTION_NOT_SUPPORTED;
    }

    @Override
    public long C_MessageEncryptFinal(long session) {
        return CKR_FUNCTION_NOT_SUPPORTED;
    }
}
