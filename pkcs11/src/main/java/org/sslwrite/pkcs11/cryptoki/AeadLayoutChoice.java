package org.sslwrite.pkcs11.cryptoki;

import org.jspecify.annotations.Nullable;
import org.sslwrite.pkcs11.TokenException;
import org.sslwrite.pkcs11.cryptoki.ffi.AeadBlock;
import org.sslwrite.pkcs11.cryptoki.ffi.AeadLayout;
import org.sslwrite.pkcs11.cryptoki.ffi.Ckm;
import org.sslwrite.pkcs11.cryptoki.ffi.Ckr;
import org.sslwrite.pkcs11.cryptoki.ffi.CryptokiException;
import org.sslwrite.pkcs11.cryptoki.ffi.Memory;
import org.sslwrite.pkcs11.key.IncapableException;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.ref.Reference;
import java.util.Arrays;
import java.util.StringJoiner;

/**
 * Finds out by a known answer which {@link AeadLayout} a token understands, and whether it takes
 * our nonce and AAD at all: some tokens answer CKR_OK with a nonce of their own. Remembered for the
 * token, also when it is opened anew.
 */
final class AeadLayoutChoice {
    private static final int PLAINTEXT_BYTES = 32;

    private final CryptokiToken token;
    private final long mechanism;
    private final AeadKnownAnswer answer;
    private final StringJoiner failures = new StringJoiner("; ");

    private AeadLayoutChoice(CryptokiToken token, long mechanism, int keyLength)
            throws TokenException {
        this.token = token;
        this.mechanism = mechanism;
        byte[] key = AeadKnownAnswer.random(keyLength);
        this.answer = AeadKnownAnswer.of(mechanism, key, PLAINTEXT_BYTES);
    }

    /** The layout that works; finds it out if it isn't known. */
    static AeadLayout of(CryptokiToken token, long mechanism, int keyLength) throws TokenException {
        AeadLayout.Use use = new AeadLayout.Use(token.info().identity(), mechanism);
        AeadLayout known = token.module().aeadLayouts().get(use);
        if (known == null) {
            known = new AeadLayoutChoice(token, mechanism, keyLength).find();
            token.module().aeadLayouts().put(use, known);
        }
        return known;
    }

    private AeadLayout find() throws TokenException {
        long key = imported();
        try {
            for (AeadLayout layout : AeadLayout.of(mechanism)) {
                byte[] given = encrypt(layout, key);
                if (Arrays.equals(given, answer.sealed())) {
                    return layout;
                }
                if (given != null) {
                    failures.add(
                            layout
                                    + ": a ciphertext that is wrong for this nonce and AAD; does"
                                    + " the token make its own nonce?");
                }
            }
        } finally {
            token.objects().destroy(key);
        }
        throw useless(null);
    }

    private long imported() throws TokenException {
        try {
            return token.keys().aead(mechanism, answer.key());
        } catch (CryptokiException e) {
            if (!e.incapable()) {
                throw e;
            }
            failures.add("a key for it: " + e.function() + ": " + e.code());
            throw useless(e);
        }
    }

    private TokenException useless(@Nullable CryptokiException cause) {
        return new IncapableException(
                token.name()
                        + ": cannot seal TLS records with "
                        + Ckm.name(mechanism)
                        + " ("
                        + failures
                        + "); let it do other suites, or the handshake's key alone",
                cause);
    }

    /** Null if the token cannot; what may pass is thrown. */
    private byte @Nullable [] encrypt(AeadLayout layout, long key) throws CryptokiException {
        AeadBlock block = new AeadBlock(layout);
        try (Arena arena = Arena.ofConfined()) {
            block.set(answer.nonce(), answer.aad());
            int length = answer.plaintext().length;
            int due = answer.sealed().length;
            MemorySegment data = arena.allocate(due);
            Memory.put(data.address(), answer.plaintext());
            long at = data.address();
            token.sessions().encrypt(block.mechanism(), key, at, length, at, due, block.length());
            return data.toArray(ValueLayout.JAVA_BYTE);
        } catch (CryptokiException e) {
            if (!meansAnotherLayout(e)) {
                throw e;
            }
            failures.add(layout + ": " + e.function() + ": " + e.code());
            return null;
        } finally {
            Reference.reachabilityFence(block);
        }
    }

    /** A token with its own nonce may append it: then there is more than is due. */
    private static boolean meansAnotherLayout(CryptokiException e) {
        return e.incapable()
                || e.rv() == Ckr.CKR_ARGUMENTS_BAD
                || e.rv() == Ckr.CKR_BUFFER_TOO_SMALL
                || e.rv() == Ckr.CKR_OK;
    }
}
