package org.sslwrite.pkcs11.cryptoki;

import org.sslwrite.pkcs11.cryptoki.ffi.CryptokiException;
import org.sslwrite.pkcs11.cryptoki.ffi.Layouts;
import org.sslwrite.pkcs11.cryptoki.ffi.Memory;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * HMAC under one key, a session object in the token that {@link #close} destroys. Allocates nothing
 * in steady state. Not safe for use by several threads at once, except that it may be closed by
 * another one.
 */
public final class HmacOperation extends TokenOperation {
    private final MemorySegment memory;
    private final int macLength;

    HmacOperation(CryptokiToken token, long key, HmacKind kind) {
        super(token, key);
        memory = Arena.ofAuto().allocate(Layouts.MECHANISM.byteSize() + Long.BYTES, 8);
        macLength = kind.macLength;
        Memory.ulong(memory.address(), kind.mechanism);
    }

    /** Bytes of a MAC. */
    public int macLength() {
        return macLength;
    }

    /**
     * Computes the whole MAC of {@code length} bytes at {@code in}, to {@code out}. The memory
     * behind the addresses must stay valid until this returns.
     *
     * @throws CryptokiException if the token failed, or gave another length
     * @throws IllegalStateException if this is closed
     */
    public void sign(long in, int length, long out) throws CryptokiException {
        enter();
        try {
            long mechanism = memory.address();
            long cell = mechanism + Layouts.MECHANISM.byteSize();
            sessions.sign(mechanism, key, in, length, out, macLength, cell);
        } catch (CryptokiException e) {
            throw failed(e);
        } finally {
            leave();
        }
    }
}
