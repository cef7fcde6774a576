package org.sslwrite.pkcs11.cryptoki;

import org.jspecify.annotations.Nullable;
import org.sslwrite.pkcs11.TokenException;
import org.sslwrite.pkcs11.cryptoki.ffi.Ckm;
import org.sslwrite.pkcs11.cryptoki.ffi.Ckr;
import org.sslwrite.pkcs11.cryptoki.ffi.CryptokiException;
import org.sslwrite.pkcs11.cryptoki.ffi.Memory;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;

/**
 * Finds out by known answers whether a token's message interface does AES-GCM with our nonces, more
 * than once under a key, and for a whole record. Tried once for each token of a module, also if it
 * is opened anew: whatever fails then costs speed, and nothing else, for the other way is still
 * there.
 */
final class MessageTrial {
    private static final int KEY_BYTES = 32;

    /** They say nothing of the interface, and so it is tried again. */
    private static final Set<Long> PASSING =
            Set.of(
                    Ckr.CKR_SESSION_COUNT,
                    Ckr.CKR_SESSION_CLOSED,
                    Ckr.CKR_SESSION_HANDLE_INVALID,
                    Ckr.CKR_USER_NOT_LOGGED_IN);

    /** Who is disturbed as often as this does not work. */
    private static final int MAX_DISTURBED = 3;

    /**
     * What is known of a token.
     *
     * @param disturbed trials in a row that showed nothing
     */
    record State(boolean passed, boolean isKnown, int disturbed) {
        /** Others do not wait for a trial that is under way. */
        private static final State UNDER_WAY = new State(false, true, 0);

        private State disturbedAgain() {
            return new State(false, disturbed + 1 >= MAX_DISTURBED, disturbed + 1);
        }
    }

    private final CryptokiToken token;

    private MessageTrial(CryptokiToken token) {
        this.token = token;
    }

    /** Whether messages can be trusted; finds it out if it isn't known. */
    static boolean passed(CryptokiToken token) throws TokenException {
        if (!token.module().hasMessageInterface()) {
            return false;
        }
        Map<String, State> all = token.module().messageTrials();
        String identity = token.info().identity();
        State before = all.get(identity);
        if (before != null && before.isKnown()) {
            return before.passed();
        }
        boolean mine =
                before == null
                        ? all.putIfAbsent(identity, State.UNDER_WAY) == null
                        : all.replace(identity, before, State.UNDER_WAY);
        if (!mine) {
            return false;
        }
        State after = new State(false, true, 0);
        try {
            Boolean passed =
                    token.<@Nullable Boolean>call(
                            "trying its message interface",
                            new MessageTrial(token)::pass,
                            late -> {});
            after =
                    passed == null
                            ? (before == null ? State.UNDER_WAY : before).disturbedAgain()
                            : new State(passed, true, 0);
        } finally {
            all.put(identity, after);
        }
        return after.passed();
    }

    /** Null if it cannot be told now. */
    private @Nullable Boolean pass() throws TokenException {
        byte[] value = AeadKnownAnswer.random(KEY_BYTES);
        try {
            return pass(value, token.keys().aes(value));
        } catch (CryptokiException e) {
            return PASSING.contains(e.rv()) || isFinalized(e) ? null : false;
        }
    }

    /** p11-kit's client says so of the message functions alone: it does not have them. */
    private boolean isFinalized(CryptokiException e) {
        if (e.rv() != Ckr.CKR_CRYPTOKI_NOT_INITIALIZED) {
            return false;
        }
        try {
            token.module().info();
            return false;
        } catch (TokenException failed) {
            return true;
        }
    }

    private boolean pass(byte[] value, long key) throws TokenException {
        int record = token.config().maxFragment() + 1;
        try (MessageCall call = new MessageCall(token.sessions(), key)) {
            for (int length : new int[] {32, record, 1}) {
                if (!isRight(call, AeadKnownAnswer.of(Ckm.CKM_AES_GCM, value, length))) {
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
