package org.sslwrite.pkcs11.cryptoki;

import static org.sslwrite.pkcs11.cryptoki.ffi.Ckr.*;

import org.jspecify.annotations.Nullable;
import org.sslwrite.pkcs11.TokenException;
import org.sslwrite.pkcs11.TokenSelector;
import org.sslwrite.pkcs11.config.TokenConfig;
import org.sslwrite.pkcs11.cryptoki.ffi.Cka;
import org.sslwrite.pkcs11.cryptoki.ffi.Ckm;
import org.sslwrite.pkcs11.cryptoki.ffi.CryptokiFunctions;
import org.sslwrite.pkcs11.cryptoki.ffi.Layouts;
import org.sslwrite.pkcs11.cryptoki.ffi.Memory;
import org.sslwrite.pkcs11.cryptoki.ffi.TokenInfo;
import org.sslwrite.pkcs11.key.Curve;
import org.sslwrite.pkcs11.pin.Pin;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.interfaces.RSAPublicKey;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * A mock of a module with one token, as the standard wants it: it wants a login, counts wrong PINs,
 * and gives handles out anew after C_Finalize. What goes wrong with it, {@link MockFailures} does.
 */
class MockToken implements CryptokiFunctions {
    static final long SLOT = 7;
    static final String LABEL = "mock";
    static final String PIN = "1234";
    static final String SO_PIN = "12345678";

    private static final Set<Long> MECHANISMS =
            Set.of(Ckm.CKM_AES_GCM, Ckm.CKM_RSA_PKCS, Ckm.CKM_ECDSA);
    private static final int MAX_WRONG_PINS = 3;

    private record Operation(long mechanism, byte[] iv, byte[] aad, MockObject key) {}

    private static final class MockSession {
        private @Nullable Operation operation;
        private @Nullable List<Long> found;
        private boolean isAuthenticated;
    }

    private static final class MockObject {
        private final Map<Long, byte[]> attributes = new HashMap<>();
        private @Nullable PrivateKey privateKey;

        /** 0: a token object. */
        private long session;

        private byte @Nullable [] get(long type) {
            return attributes.get(type);
        }

        private boolean is(long type) {
            byte[] value = attributes.get(type);
            return value != null && value[0] != 0;
        }
    }

    private final Map<Long, MockSession> sessions = new TreeMap<>();
    private final Map<Long, MockObject> objects = new TreeMap<>();
    private boolean initialized;
    private boolean loggedIn;
    private int wrongPins;
    private int logins;
    private int mostSessions;
    private int sensitiveKeys;
    private long nextHandle = 1;

    /** What it thinks CK_GCM_PARAMS to be. */
    boolean withIvBits = true;

    /** Of keys that want one for each signature. */
    String keyPin = PIN;

    boolean ownNonces;
    boolean takesSensitiveKeys = true;
    boolean takesSensitiveHmacKeys = true;
    boolean takesGenericHmacKeys = true;
    boolean loginRequired = true;
    boolean isWriteProtected;
    int maxSessions;
    long minPinLength;
    long maxPinLength;
    int extraBytes;
    int tokenFlags;
    List<String> labels = new ArrayList<>(List.of(LABEL));

    /** The configuration with which the mock is found; nothing is at the path. */
    static TokenConfig.Builder config() {
        return TokenConfig.builder()
                .module(Path.of("/nowhere/libmock.so"))
                .name("the mock")
                .token(new TokenSelector.ByLabel(LABEL))
                .privateTrafficKeys(true)
                .pin(token -> new Pin(PIN.toCharArray()));
    }

    static TokenConnection connection(CryptokiFunctions functions) throws TokenException {
        return new TokenConnection(config().build(), CryptokiModule.over(functions, "mock module"));
    }

    synchronized int sessions() {
        return sessions.size();
    }

    /** Session objects. */
    synchronized int objects() {
        return (int) objects.values().stream().filter(object -> object.session != 0).count();
    }

    synchronized int logins() {
        return logins;
    }

    /** That there were at the same time. */
    synchronized int mostSessions() {
        return mostSessions;
    }

    /** That it was ever given. */
    synchronized int sensitiveKeys() {
        return sensitiveKeys;
    }

    synchronized int wrongPins() {
        return wrongPins;
    }

    synchronized boolean isLoggedIn() {
        return loggedIn;
    }

    /** A key as a token object. */
    synchronized void add(KeyPair pair, String label, byte[] id, boolean alwaysAuthenticate) {
        MockObject object = new MockObject();
        object.privateKey = pair.getPrivate();
        boolean isRsa = pair.getPublic() instanceof RSAPublicKey;
        object.attributes.put(Cka.CKA_CLASS, ulongBytes(Cka.CKO_PRIVATE_KEY));
        object.attributes.put(Cka.CKA_KEY_TYPE, ulongBytes(isRsa ? Cka.CKK_RSA : Cka.CKK_EC));
        object.attributes.put(Cka.CKA_LABEL, label.getBytes(StandardCharsets.UTF_8));
        object.attributes.put(Cka.CKA_ID, id);
        object.attributes.put(
                Cka.CKA_ALWAYS_AUTHENTICATE, new byte[] {(byte) (alwaysAuthenticate ? 1 : 0)});
        if (pair.getPublic() instanceof RSAPublicKey rsa) {
            object.attributes.put(Cka.CKA_MODULUS, rsa.getModulus().toByteArray());
        } else {
            object.attributes.put(Cka.CKA_EC_PARAMS, Curve.P256.parameters);
        }
        objects.put(nextHandle++, object);
    }

    synchronized void removeTokenObjects() {
        objects.values().removeIf(object -> object.session == 0);
    }

    private static byte[] ulongBytes(long value) {
        byte[] bytes = new byte[Long.BYTES];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) (value >> (Byte.SIZE * i));
        }
        return bytes;
    }

    private static void text(long address, int length, String text) {
        byte[] padded = new byte[length];
        Arrays.fill(padded, (byte) ' ');
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        System.arraycopy(bytes, 0, padded, 0, bytes.length);
        Memory.put(address, padded);
    }

    private static void clear(long address, long length) {
        Memory.put(address, new byte[(int) length]);
    }

    private static byte[] bytes(long address, long length) {
        return length == 0 ? new byte[0] : Memory.get(address, (int) length);
    }

    @Override
    public synchronized long C_Initialize(long args) {
        if (initialized) {
            return CKR_CRYPTOKI_ALREADY_INITIALIZED;
        }
        initialized = true;
        return CKR_OK;
    }

    @Override
    public synchronized long C_Finalize(long reserved) {
        if (!initialized) {
            return CKR_CRYPTOKI_NOT_INITIALIZED;
        }
        C_CloseAllSessions(SLOT);
        initialized = false;
        nextHandle = 1 + objects.keySet().stream().reduce(0L, Math::max);
        return CKR_OK;
    }

    @Override
    public synchronized long C_GetInfo(long info) {
        clear(info, Layouts.INFO.byteSize());
        text(info + Layouts.offset(Layouts.INFO, "libraryDescription"), 32, "a mock");
        return initialized ? CKR_OK : CKR_CRYPTOKI_NOT_INITIALIZED;
    }

    @Override
    public synchronized long C_GetSlotList(long tokenPresent, long slotList, long count) {
        if (!initialized) {
            return CKR_CRYPTOKI_NOT_INITIALIZED;
        }
        for (int i = 0; slotList != 0 && i < labels.size(); i++) {
            Memory.ulong(slotList + 8L * i, SLOT + i);
        }
        Memory.ulong(count, labels.size());
        return CKR_OK;
    }

    @Override
    public synchronized long C_GetSlotInfo(long slot, long info) {
        clear(info, Layouts.SLOT_INFO.byteSize());
        text(info, 64, "a mock of a slot");
        return initialized ? CKR_OK : CKR_CRYPTOKI_NOT_INITIALIZED;
    }

    @Override
    public synchronized long C_GetTokenInfo(long slot, long info) {
        if (!initialized) {
            return CKR_CRYPTOKI_NOT_INITIALIZED;
        }
        String label = labels.get((int) (slot - SLOT));
        clear(info, Layouts.TOKEN_INFO.byteSize());
        text(info, 32, label);
        text(info + 80, 16, "serial" + slot);
        long flags = tokenFlags | (label.isEmpty() ? 0 : TokenInfo.CKF_TOKEN_INITIALIZED);
        flags |= loginRequired ? TokenInfo.CKF_LOGIN_REQUIRED : 0;
        flags |= wrongPins == MAX_WRONG_PINS - 1 ? TokenInfo.CKF_USER_PIN_FINAL_TRY : 0;
        flags |= wrongPins >= MAX_WRONG_PINS ? TokenInfo.CKF_USER_PIN_LOCKED : 0;
        Memory.ulong(info + 96, flags);
        Memory.ulong(info + 104, maxSessions);
        Memory.ulong(info + Layouts.offset(Layouts.TOKEN_INFO, "ulMinPinLen"), minPinLength);
        Memory.ulong(info + Layouts.offset(Layouts.TOKEN_INFO, "ulMaxPinLen"), maxPinLength);
        return CKR_OK;
    }

    @Override
    public synchronized long C_GetMechanismList(long slot, long mechanismList, long count) {
        if (mechanismList != 0) {
            Memory.ulong(mechanismList, Ckm.CKM_AES_GCM);
        }
        Memory.ulong(count, 1);
        return CKR_OK;
    }

    @Override
    public synchronized long C_GetMechanismInfo(long slot, long mechanism, long info) {
        clear(info, Layouts.MECHANISM_INFO.byteSize());
        return MECHANISMS.contains(mechanism) ? CKR_OK : CKR_MECHANISM_INVALID;
    }

    @Override
    public synchronized long C_InitToken(long slot, long pin, long pinLen, long label) {
        if (!isPin(SO_PIN, pin, pinLen)) {
            return CKR_PIN_INCORRECT;
        }
        byte[] name = Memory.get(label, 32);
        labels.set((int) (slot - SLOT), new String(name, StandardCharsets.UTF_8).stripTrailing());
        return CKR_OK;
    }

    @Override
    public synchronized long C_InitPIN(long session, long pin, long pinLen) {
        return sessions.containsKey(session) ? CKR_OK : CKR_SESSION_HANDLE_INVALID;
    }

    @Override
    public synchronized long C_OpenSession(
            long slot, long flags, long application, long notify, long session) {
        if (!initialized) {
            return CKR_CRYPTOKI_NOT_INITIALIZED;
        }
        if (maxSessions > 0 && sessions.size() >= maxSessions) {
            return CKR_SESSION_COUNT;
        }
        if (isWriteProtected && (flags & 2) != 0) {
            return CKR_TOKEN_WRITE_PROTECTED;
        }
        sessions.put(nextHandle, new MockSession());
        mostSessions = Math.max(mostSessions, sessions.size());
        Memory.ulong(session, nextHandle++);
        return CKR_OK;
    }

    @Override
    public synchronized long C_CloseSession(long session) {
        if (sessions.remove(session) == null) {
            return invalidSession();
        }
        objects.values().removeIf(object -> object.session == session);
        loggedIn &= !sessions.isEmpty();
        return CKR_OK;
    }

    private long invalidSession() {
        return initialized ? CKR_SESSION_HANDLE_INVALID : CKR_CRYPTOKI_NOT_INITIALIZED;
    }

    @Override
    public synchronized long C_CloseAllSessions(long slot) {
        List.copyOf(sessions.keySet()).forEach(this::C_CloseSession);
        return CKR_OK;
    }

    @Override
    public synchronized long C_GetSessionInfo(long session, long info) {
        clear(info, Layouts.SESSION_INFO.byteSize());
        Memory.ulong(info + Layouts.offset(Layouts.SESSION_INFO, "state"), loggedIn ? 3 : 2);
        return sessions.containsKey(session) ? CKR_OK : invalidSession();
    }

    private static boolean isPin(String pin, long address, long length) {
        return Arrays.equals(pin.getBytes(StandardCharsets.UTF_8), bytes(address, length));
    }

    @Override
    public synchronized long C_Login(long session, long userType, long pin, long pinLen) {
        MockSession in = sessions.get(session);
        if (in == null) {
            return invalidSession();
        }
        if (userType == 0) {
            return isPin(SO_PIN, pin, pinLen) ? CKR_OK : CKR_PIN_INCORRECT;
        }
        if (loggedIn && userType == 1) {
            return CKR_USER_ALREADY_LOGGED_IN;
        }
        if (wrongPins >= MAX_WRONG_PINS) {
            return CKR_PIN_LOCKED;
        }
        if (!isPin(userType == 2 ? keyPin : PIN, pin, pinLen)) {
            wrongPins++;
            return CKR_PIN_INCORRECT;
        }
        logins++;
        loggedIn = true;
        in.isAuthenticated = userType == 2;
        return CKR_OK;
    }

    @Override
    public synchronized long C_Logout(long session) {
        loggedIn = false;
        objects.values().removeIf(o -> o.session != 0 && o.is(Cka.CKA_PRIVATE));
        return sessions.containsKey(session) ? CKR_OK : invalidSession();
    }

    private static Map<Long, byte[]> attributes(long template, long count) {
        Map<Long, byte[]> attributes = new HashMap<>();
        for (int i = 0; i < count; i++) {
            long at = template + 24L * i;
            attributes.put(Memory.ulong(at), bytes(Memory.ulong(at + 8), Memory.ulong(at + 16)));
        }
        return attributes;
    }

    @Override
    public synchronized long C_GenerateRandom(long session, long random, long length) {
        return sessions.containsKey(session) ? CKR_OK : invalidSession();
    }

    @Override
    public synchronized long C_CreateObject(long session, long template, long count, long object) {
        if (!sessions.containsKey(session)) {
            return invalidSession();
        }
        MockObject made = new MockObject();
        made.attributes.putAll(attributes(template, count));
        made.session = made.is(Cka.CKA_TOKEN) ? 0 : session;
        if (made.is(Cka.CKA_PRIVATE) && loginRequired && !loggedIn) {
            return CKR_USER_NOT_LOGGED_IN;
        }
        if (made.is(Cka.CKA_SENSITIVE) && !takesSensitiveKeys) {
            return CKR_ATTRIBUTE_VALUE_INVALID;
        }
        boolean isGeneric =
                Arrays.equals(made.get(Cka.CKA_KEY_TYPE), ulongBytes(Cka.CKK_GENERIC_SECRET));
        if (isGeneric && !takesGenericHmacKeys) {
            return CKR_TEMPLATE_INCONSISTENT;
        }
        if (made.is(Cka.CKA_SENSITIVE) && made.is(Cka.CKA_SIGN) && !takesSensitiveHmacKeys) {
            return CKR_TEMPLATE_INCONSISTENT;
        }
        sensitiveKeys += made.is(Cka.CKA_SENSITIVE) ? 1 : 0;
        objects.put(nextHandle, made);
        Memory.ulong(object, nextHandle++);
        return CKR_OK;
    }

    @Override
    public synchronized long C_DestroyObject(long session, long object) {
        if (!sessions.containsKey(session)) {
            return invalidSession();
        }
        return objects.remove(object) == null ? CKR_OBJECT_HANDLE_INVALID : CKR_OK;
    }

    @Override
    public synchronized long C_GetAttributeValue(
            long session, long object, long template, long count) {
        MockObject asked = objects.get(object);
        if (!sessions.containsKey(session)) {
            return invalidSession();
        }
        if (asked == null) {
            return CKR_OBJECT_HANDLE_INVALID;
        }
        long rv = CKR_OK;
        for (long at = template; at < template + 24 * count; at += 24) {
            byte[] value = asked.get(Memory.ulong(at));
            if (value == null) {
                rv = CKR_ATTRIBUTE_TYPE_INVALID;
            } else if (Memory.ulong(at + 8) != 0) {
                Memory.put(Memory.ulong(at + 8), value);
            }
            Memory.ulong(at + 16, value == null ? -1 : value.length);
        }
        return rv;
    }

    @Override
    public synchronized long C_FindObjectsInit(long session, long template, long count) {
        MockSession in = sessions.get(session);
        if (in == null) {
            return invalidSession();
        }
        Map<Long, byte[]> wanted = attributes(template, count);
        in.found = new ArrayList<>();
        for (Map.Entry<Long, MockObject> object : objects.entrySet()) {
            boolean is =
                    wanted.entrySet().stream()
                            .allMatch(
                                    a ->
                                            Arrays.equals(
                                                    a.getValue(),
                                                    object.getValue().get(a.getKey())));
            if (is) {
                in.found.add(object.getKey());
            }
        }
        return CKR_OK;
    }

    @Override
    public synchronized long C_FindObjects(long session, long found, long maxCount, long count) {
        MockSession in = sessions.get(session);
        if (in == null || in.found == null) {
            return CKR_OPERATION_NOT_INITIALIZED;
        }
        int given = (int) Math.min(maxCount, in.found.size());
        for (int i = 0; i < given; i++) {
            Memory.ulong(found + 8L * i, in.found.removeFirst());
        }
        Memory.ulong(count, given);
        return CKR_OK;
    }

    @Override
    public synchronized long C_FindObjectsFinal(long session) {
        return sessions.containsKey(session) ? CKR_OK : invalidSession();
    }

    private long begin(long session, long mechanism, long key, byte[] iv, byte[] aad) {
        MockSession in = sessions.get(session);
        MockObject with = objects.get(key);
        if (in == null) {
            return invalidSession();
        }
        if (in.operation != null) {
            return CKR_OPERATION_ACTIVE;
        }
        if (with == null) {
            return CKR_KEY_HANDLE_INVALID;
        }
        in.operation = new Operation(Memory.ulong(mechanism), iv, aad, with);
        in.isAuthenticated = false;
        return CKR_OK;
    }

    @Override
    public synchronized long C_EncryptInit(long session, long mechanism, long key) {
        long parameter = Memory.ulong(mechanism + 8);
        long length = Memory.ulong(mechanism + 16);
        if (Memory.ulong(mechanism) == Ckm.CKM_AES_CBC) {
            return begin(session, mechanism, key, bytes(parameter, 16), new byte[0]);
        }
        if (Memory.ulong(mechanism) != Ckm.CKM_AES_GCM) {
            return CKR_MECHANISM_INVALID;
        }
        if (length != (withIvBits ? 48 : 40)) {
            return CKR_MECHANISM_PARAM_INVALID;
        }
        long aad = parameter + (withIvBits ? 24 : 16);
        byte[] iv = bytes(Memory.ulong(parameter), Memory.ulong(parameter + 8));
        byte[] aadBytes = bytes(Memory.ulong(aad), Memory.ulong(aad + 8));
        return begin(session, mechanism, key, iv, aadBytes);
    }

    @Override
    public synchronized long C_Encrypt(
            long session, long data, long dataLen, long encrypted, long encryptedLen) {
        Operation operation = end(session);
        if (operation == null) {
            return sessions.containsKey(session) ? CKR_OPERATION_NOT_INITIALIZED : invalidSession();
        }
        try {
            byte[] out = cipher(operation).doFinal(bytes(data, dataLen));
            Memory.put(encrypted, out);
            Memory.ulong(encryptedLen, out.length + extraBytes);
            return CKR_OK;
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    private @Nullable Operation end(long session) {
        MockSession in = sessions.get(session);
        if (in == null) {
            return null;
        }
        Operation operation = in.operation;
        in.operation = null;
        return operation;
    }

    private Cipher cipher(Operation operation) throws GeneralSecurityException {
        boolean isGcm = operation.mechanism == Ckm.CKM_AES_GCM;
        Cipher cipher = Cipher.getInstance(isGcm ? "AES/GCM/NoPadding" : "AES/CBC/NoPadding");
        byte[] iv = ownNonces && isGcm ? new byte[12] : operation.iv;
        SecretKeySpec key = new SecretKeySpec(operation.key.get(Cka.CKA_VALUE), "AES");
        cipher.init(
                Cipher.ENCRYPT_MODE,
                key,
                isGcm ? new GCMParameterSpec(128, iv) : new IvParameterSpec(iv));
        if (isGcm) {
            cipher.updateAAD(operation.aad);
        }
        return cipher;
    }

    @Override
    public synchronized long C_SignInit(long session, long mechanism, long key) {
        return begin(session, mechanism, key, new byte[0], new byte[0]);
    }

    @Override
    public synchronized long C_Sign(
            long session, long data, long dataLen, long signature, long signatureLen) {
        MockSession in = sessions.get(session);
        Operation operation = end(session);
        if (in == null || operation == null) {
            return in != null ? CKR_OPERATION_NOT_INITIALIZED : invalidSession();
        }
        if (operation.key.is(Cka.CKA_ALWAYS_AUTHENTICATE) && !in.isAuthenticated) {
            return CKR_USER_NOT_LOGGED_IN;
        }
        try {
            byte[] out = sign(operation, bytes(data, dataLen));
            Memory.put(signature, out);
            Memory.ulong(signatureLen, out.length + extraBytes);
            return CKR_OK;
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    private static byte[] sign(Operation operation, byte[] data) throws GeneralSecurityException {
        PrivateKey key = operation.key.privateKey;
        if (key != null) {
            boolean isRsa = operation.mechanism == Ckm.CKM_RSA_PKCS;
            Signature signature =
                    Signature.getInstance(isRsa ? "NONEwithRSA" : "NONEwithECDSAinP1363Format");
            signature.initSign(key);
            signature.update(data);
            return signature.sign();
        }
        String algorithm =
                switch (HmacKind.of(operation.mechanism)) {
                    case SHA1 -> "HmacSHA1";
                    case SHA256 -> "HmacSHA256";
                    case SHA384 -> "HmacSHA384";
                };
        Mac mac = Mac.getInstance(algorithm);
        mac.init(new SecretKeySpec(operation.key.get(Cka.CKA_VALUE), algorithm));
        return mac.doFinal(data);
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
