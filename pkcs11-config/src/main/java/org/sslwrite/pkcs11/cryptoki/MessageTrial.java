package org.sslwrite.pkcs11.cryptoki;

import org.sslwrite.pkcs11.TokenException;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.Map;

/**
 * Finds out by known answers whether a token's message interface does AES-GCM with our nonces, more
 * than once under a key. Tried once for the module's slot: whatever fails then costs speed, and
 * nothing else, for the other way is still there.
 */
final class MessageTrial {
    private static final int MESSAGES = 3;
    private static final int KEY_BYTES = 16;

    private final CryptokiToken token;

    private MessageTrial(CryptokiToken token) {
        this.token = token;
    }

    /** Whether messages can be trusted; finds it out if it isn't known. */
    static boolean passed(CryptokiToken token) throws TokenException {
        if (!token.module().hasMessageInterface()) {
            return false;
        }
        Map<Long, Boolean> known = token.module().messageTrials();
        if (known.putIfAbsent(token.slot(), false) == null) {
            boolean passed =
                    token.call(
                            "trying its message interface",
                            new MessageTrial(token)::pass,
                            late -> {});
            known.put(token.slot(), passed);
        }
        return known.getOrDefault(token.slot(), false);
    }

    private boolean pass() throws TokenException {
        byte[] value = AeadKnownAnswer.random(KEY_BYTES);
        try {
            return pass(value, token.keys().aes(value));
        } catch (CryptokiException e) {
            return false;
        }
    }

    private boolean pass(byte[] value, long key) throws TokenException {
        try (MessageCall call = new MessageCall(token.sessions(), key)) {
            for (int i = 0; i < MESSAGES; i++) {
                if (!isRight(call, AeadKnownAnswer.of(Ckm.CKM_AES_GCM, value))) {
                    return false;
                }
            }
            return true;
        } finally {
            token.objects().destroy(key);
        }
    }

    private static boolean isRight(MessageCall call, AeadKnownAnswer answer)
            throws CryptokiException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment data = arena.allocate(answer.sealed().length);
            long at = data.address();
            Memory.put(at, answer.plaintext());
            call.encrypt(answer.nonce(), answer.aad(), at, answer.plaintext().length, at);
            return Arrays.equals(answer.sealed(), data.toArray(ValueLayout.JAVA_BYTE));
        }
    }
}
