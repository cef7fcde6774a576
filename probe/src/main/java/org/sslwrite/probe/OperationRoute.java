package org.sslwrite.probe;

import org.sslwrite.pkcs11.TokenException;
import org.sslwrite.pkcs11.TokenRoute;
import org.sslwrite.pkcs11.cryptoki.AeadOperation;
import org.sslwrite.pkcs11.cryptoki.CbcOperation;
import org.sslwrite.pkcs11.cryptoki.HmacOperation;
import org.sslwrite.pkcs11.cryptoki.TokenConnection;
import org.sslwrite.pkcs11.cryptoki.ffi.Ckm;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** A token by the operations that seal this project's records. */
final class OperationRoute implements Route {
    private static final int TAG = 16;

    private final TokenConnection connection;
    private final Route plain;

    /**
     * @param plain knows what the token lists
     */
    OperationRoute(TokenConnection connection, Route plain) {
        this.connection = connection;
        this.plain = plain;
    }

    @Override
    public TokenRoute engine() {
        return TokenRoute.CRYPTOKI;
    }

    @Override
    public boolean lists(Feature feature) {
        return plain.lists(feature);
    }

    static long aeadMechanism(Feature feature) {
        return feature == Feature.CHACHA20_POLY1305 ? Ckm.CKM_CHACHA20_POLY1305 : Ckm.CKM_AES_GCM;
    }

    static long hmacMechanism(Feature feature) {
        return switch (feature) {
            case HMAC_SHA1 -> Ckm.CKM_SHA_1_HMAC;
            case HMAC_SHA256 -> Ckm.CKM_SHA256_HMAC;
            case HMAC_SHA384 -> Ckm.CKM_SHA384_HMAC;
            default -> throw new IllegalArgumentException(feature + " is no MAC");
        };
    }

    @Override
    public Sealed aead(
            Feature feature,
            byte[] key,
            byte[] nonce,
            byte[] aad,
            byte[] plaintext,
            boolean inPlace)
            throws TrialFailure {
        try (Arena arena = Arena.ofConfined();
                AeadOperation operation = connection.token().aead(aeadMechanism(feature), key)) {
            int length = plaintext.length;
            MemorySegment in = room(arena, plaintext, TAG);
            MemorySegment out = inPlace ? in : arena.allocate(length + TAG);
            operation.encrypt(nonce, aad, in.address(), length, out.address());
            return new Sealed(out.toArray(ValueLayout.JAVA_BYTE), nonce);
        } catch (TokenException e) {
            throw new TrialFailure(String.valueOf(e.getMessage()), e);
        }
    }

    @Override
    public byte[] cbc(Feature feature, byte[] key, byte[] iv, byte[] plaintext, boolean inPlace)
            throws TrialFailure {
        try (Arena arena = Arena.ofConfined();
                CbcOperation operation = connection.token().cbc(key)) {
            MemorySegment in = room(arena, plaintext, 0);
            MemorySegment out = inPlace ? in : arena.allocate(plaintext.length);
            long ivAddress = room(arena, iv, 0).address();
            operation.encrypt(ivAddress, in.address(), plaintext.length, out.address());
            return out.toArray(ValueLayout.JAVA_BYTE);
        } catch (TokenException e) {
            throw new TrialFailure(String.valueOf(e.getMessage()), e);
        }
    }

    @Override
    public byte[] hmac(Feature feature, byte[] key, byte[] message) throws TrialFailure {
        try (Arena arena = Arena.ofConfined();
                HmacOperation operation = connection.token().hmac(hmacMechanism(feature), key)) {
            MemorySegment out = arena.allocate(operation.macLength());
            operation.sign(room(arena, message, 0).address(), message.length, out.address());
            return out.toArray(ValueLayout.JAVA_BYTE);
        } catch (TokenException e) {
            throw new TrialFailure(String.valueOf(e.getMessage()), e);
        }
    }

    private static MemorySegment room(Arena arena, byte[] content, int more) {
        MemorySegment memory = arena.allocate(content.length + more);
        MemorySegment.copy(content, 0, memory, ValueLayout.JAVA_BYTE, 0, content.length);
        return memory;
    }
}
