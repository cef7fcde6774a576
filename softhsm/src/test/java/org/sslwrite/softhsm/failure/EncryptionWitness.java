package org.sslwrite.softhsm.failure;

import org.sslwrite.pkcs11.cryptoki.ffi.Ckm;
import org.sslwrite.pkcs11.cryptoki.ffi.Ckr;
import org.sslwrite.softhsm.failure.FailingFunctions.Witness;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Enters into a ledger what the C API is asked to encrypt: learns keys from C_CreateObject, nonces
 * from C_EncryptInit, plaintexts from C_Encrypt. Knows every key that was brought into the token.
 */
final class EncryptionWitness implements Witness {
    private static final long CKA_VALUE = 0x11;
    private static final long ATTRIBUTE_BYTES = 24;
    private static final long GCM_PARAMS_WITH_IV_BITS = 48;

    /** What an operation was begun with. */
    private record Begun(byte[] key, byte[] nonce, byte[] aad) {}

    private final NonceLedger ledger;
    private final Map<Long, byte[]> keys = new ConcurrentHashMap<>();
    private final Map<Long, Begun> begun = new ConcurrentHashMap<>();
    private final Map<Long, byte[]> messageKeys = new ConcurrentHashMap<>();

    EncryptionWitness(NonceLedger ledger) {
        this.ledger = ledger;
    }

    @Override
    public void before(Call call) {
        switch (call.function()) {
            case "C_EncryptInit" -> begin(call);
            case "C_Encrypt" -> {
                Begun operation = begun.remove(call.argument(0));
                if (operation != null) {
                    byte[] plaintext = NativeMemory.bytes(call.argument(1), call.argument(2));
                    ledger.add(operation.key, operation.nonce, operation.aad, plaintext);
                }
            }
            case "C_MessageEncryptInit" -> messageKeys.put(call.argument(0), key(call.argument(2)));
            case "C_EncryptMessage" -> addMessage(call);
            default -> {}
        }
    }

    @Override
    public void after(Call call, long rv) {
        if (call.function().equals("C_CreateObject") && rv == Ckr.CKR_OK) {
            long handle = NativeMemory.ulong(call.argument(3));
            byte[] value = attribute(CKA_VALUE, call.argument(1), call.argument(2));
            keys.put(handle, value);
        }
    }

    private static byte[] attribute(long type, long template, long count) {
        for (long i = 0; i < count; i++) {
            long at = template + i * ATTRIBUTE_BYTES;
            if (NativeMemory.ulong(at) == type) {
                return NativeMemory.bytes(NativeMemory.ulong(at + 8), NativeMemory.ulong(at + 16));
            }
        }
        return new byte[0];
    }

    private byte[] key(long handle) {
        byte[] key = keys.get(handle);
        if (key == null) {
            throw new AssertionError("encryption under a key that nobody created");
        }
        return key;
    }

    private void begin(Call call) {
        long mechanism = call.argument(1);
        long parameter = NativeMemory.ulong(mechanism + 8);
        long parameterBytes = NativeMemory.ulong(mechanism + 16);
        byte[] key = key(call.argument(2));
        long type = NativeMemory.ulong(mechanism);
        if (type == Ckm.CKM_AES_CBC) {
            byte[] iv = NativeMemory.bytes(parameter, parameterBytes);
            begun.put(call.argument(0), new Begun(key, iv, NonceLedger.UNKNOWN_AAD));
            return;
        }
        byte[] nonce =
                NativeMemory.bytes(
                        NativeMemory.ulong(parameter), NativeMemory.ulong(parameter + 8));
        boolean hasIvBits = parameterBytes == GCM_PARAMS_WITH_IV_BITS;
        long aad = parameter + (hasIvBits ? 24 : 16);
        begun.put(
                call.argument(0),
                new Begun(
                        key,
                        nonce,
                        NativeMemory.bytes(NativeMemory.ulong(aad), NativeMemory.ulong(aad + 8))));
    }

    private void addMessage(Call call) {
        byte[] key = messageKeys.get(call.argument(0));
        if (key == null) {
            throw new AssertionError("a message without a key");
        }
        long parameter = call.argument(1);
        byte[] nonce =
                NativeMemory.bytes(
                        NativeMemory.ulong(parameter), NativeMemory.ulong(parameter + 8));
        byte[] aad = NativeMemory.bytes(call.argument(3), call.argument(4));
        byte[] plaintext = NativeMemory.bytes(call.argument(5), call.argument(6));
        ledger.add(key, nonce, aad, plaintext);
    }

    /** Every key that was brought into the token. */
    Iterable<byte[]> keys() {
        return keys.values();
    }
}
