package org.sslwrite.pkcs11.cryptoki;

import org.sslwrite.pkcs11.cryptoki.ffi.Ckm;
import org.sslwrite.pkcs11.cryptoki.ffi.CryptokiException;
import org.sslwrite.pkcs11.cryptoki.ffi.Layouts;
import org.sslwrite.pkcs11.cryptoki.ffi.Memory;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * AES-CBC encryption under one key, a session object in the token that {@link #close} destroys.
 * Allocates nothing in steady state. Not safe for use by several threads at once, except that it
 * may be closed by another one.
 */
public final class CbcOperation extends TokenOperation {
    private static final int BLOCK_BYTES = 16;

    private final MemorySegment memory;
    private final long mechanism;
    private final long iv;
    private final long length;

    CbcOperation(CryptokiToken token, long key) {
        super(token, key);
        long size = Layouts.MECHANISM.byteSize();
        memory = Arena.ofAuto().allocate(size + Long.BYTES, 8);
        mechanism = memory.address();
        iv = mechanism + Layouts.offset(Layouts.MECHANISM, "pParameter");
        length = mechanism + size;
        Memory.ulong(mechanism, Ckm.CKM_AES_CBC);
        Memory.ulong(mechanism + Layouts.offset(Layouts.MECHANISM, "ulParameterLen"), BLOCK_BYTES);
    }

    /**
     * Encrypts whole blocks; {@code out} may be {@code in}. The memory behind the addresses must
     * stay valid until this returns. If it throws, what lies at {@code out} is undefined.
     *
     * @param iv address of 16 bytes
     * @throws CryptokiException if the token failed, or gave another length
     * @throws IllegalStateException if this is closed
     */
    public void encrypt(long iv, long in, int length, long out) throws CryptokiException {
        if (length % BLOCK_BYTES != 0) {
            throw new IllegalArgumentException(length + " bytes are no whole blocks");
        }
        enter();
        try {
            Memory.ulong(this.iv, iv);
            sessions.encrypt(mechanism, key, in, length, out, length, this.length);
        } catch (CryptokiException e) {
            throw failed(e);
        } finally {
            leave();
        }
    }
}
