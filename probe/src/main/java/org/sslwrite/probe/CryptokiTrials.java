package org.sslwrite.probe;

import org.jspecify.annotations.Nullable;
import org.sslwrite.pkcs11.TokenException;
import org.sslwrite.pkcs11.TokenRoute;
import org.sslwrite.pkcs11.cryptoki.MessageAeadOperation;
import org.sslwrite.pkcs11.cryptoki.TokenConnection;
import org.sslwrite.probe.Finding.Verdict;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** What only the C API has, tried by known answers. */
final class CryptokiTrials {
    private static final int NONCE = 12;
    private static final int AAD = 5;
    private static final long TAG = 16;
    private static final int LENGTH = 1000;

    /** RFC 8446, section 7.3: HKDF-Expand-Label(Secret, "key", "", key_length), of 16 bytes. */
    private static final byte[] KEY_LABEL =
            "\0\u0010\u0009tls13 key\0".getBytes(StandardCharsets.US_ASCII);

    private final TokenConnection connection;
    private final CryptokiRoute route;

    CryptokiTrials(TokenConnection connection, CryptokiRoute route) {
        this.connection = connection;
        this.route = route;
    }

    @FunctionalInterface
    private interface Sealing {
        byte[] seal(byte[] secret, byte[] nonce, byte[] aad, byte[] plaintext) throws TrialFailure;
    }

    /** PKCS#11 3.0's message functions, with the tag right behind the ciphertext. */
    Finding messageApi() {
        Feature feature = Feature.MESSAGE_API;
        if (!route.lists(feature)) {
            return finding(feature, Verdict.ABSENT, "the module has no interface of PKCS#11 3.0");
        }
        String fault =
                fault(
                        16,
                        this::message,
                        (key, nonce, aad, plaintext) ->
                                ReferenceCrypto.aead(
                                        Feature.AES_128_GCM, key, nonce, aad, plaintext));
        return judged(feature, fault);
    }

    private byte[] message(byte[] key, byte[] nonce, byte[] aad, byte[] plaintext)
            throws TrialFailure {
        try (Arena arena = Arena.ofConfined();
                MessageAeadOperation operation = connection.token().messageAead(key)) {
            MemorySegment text = arena.allocate(plaintext.length + TAG);
            long address = text.address();
            MemorySegment.copy(plaintext, 0, text, ValueLayout.JAVA_BYTE, 0, plaintext.length);
            operation.encrypt(nonce, aad, address, plaintext.length, address);
            return text.toArray(ValueLayout.JAVA_BYTE);
        } catch (TokenException e) {
            throw new TrialFailure(String.valueOf(e.getMessage()), e);
        }
    }

    /** A traffic key of TLS 1.3, derived in the token and used there. */
    Finding hkdf(Feature feature) {
        String fault =
                fault(
                        ReferenceCrypto.keyLength(feature),
                        (secret, nonce, aad, plaintext) ->
                                route.gcmWithDerivedKey(
                                        feature, secret, KEY_LABEL, nonce, aad, plaintext),
                        (secret, nonce, aad, plaintext) ->
                                ReferenceCrypto.aead(
                                        Feature.AES_128_GCM,
                                        ReferenceCrypto.hkdfExpand(feature, secret, KEY_LABEL, 16),
                                        nonce,
                                        aad,
                                        plaintext));
        return judged(feature, fault);
    }

    private static @Nullable String fault(int secretLength, Sealing token, Sealing jdk) {
        byte[] secret = RecordTrials.random(secretLength);
        byte[] nonce = RecordTrials.random(NONCE);
        byte[] aad = RecordTrials.random(AAD);
        byte[] plaintext = RecordTrials.random(LENGTH);
        try {
            byte[] sealed = token.seal(secret, nonce.clone(), aad, plaintext.clone());
            return RecordTrials.difference(jdk.seal(secret, nonce, aad, plaintext), sealed, nonce);
        } catch (TrialFailure e) {
            return e.reason();
        } finally {
            Arrays.fill(secret, (byte) 0);
        }
    }

    private Finding judged(Feature feature, @Nullable String fault) {
        return fault == null
                ? finding(feature, Verdict.WORKS, "")
                : Finding.failed(feature, TokenRoute.CRYPTOKI, route.lists(feature), fault);
    }

    private static Finding finding(Feature feature, Verdict verdict, String detail) {
        return new Finding(feature, TokenRoute.CRYPTOKI, verdict, detail, 0);
    }
}
