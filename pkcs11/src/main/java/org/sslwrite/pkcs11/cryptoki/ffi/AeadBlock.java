package org.sslwrite.pkcs11.cryptoki.ffi;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;

/**
 * What a token is told for each record of an AEAD mechanism, in one piece of native memory:
 *
 * <pre>
 *   CK_MECHANISM | parameters | nonce (12) | AAD (64) | CK_ULONG length
 * </pre>
 *
 * <p>The memory lives as long as this object, which an operation under way keeps reachable.
 */
public final class AeadBlock {
    public static final int MAX_AAD = 64;

    private static final long PARAMETERS = Layouts.MECHANISM.byteSize();

    private final MemorySegment memory;
    private final long parameters;
    private final long nonce;
    private final long aad;
    private final long aadLength;
    private final long length;

    public AeadBlock(AeadLayout layout) {
        this(layout.parameters);
        layout.write(parameters, nonce, aad);
        Memory.ulong(memory.address(), layout.mechanism);
    }

    private AeadBlock(StructLayout structure) {
        long size = structure.byteSize();
        memory = Arena.ofAuto().allocate(PARAMETERS + size + 16 + MAX_AAD + Long.BYTES, 8);
        parameters = memory.address() + PARAMETERS;
        nonce = parameters + size;
        aad = nonce + 16;
        length = aad + MAX_AAD;
        aadLength = parameters + Layouts.offset(structure, "ulAADLen");
        Memory.ulong(
                memory.address() + Layouts.offset(Layouts.MECHANISM, "pParameter"), parameters);
        Memory.ulong(memory.address() + Layouts.offset(Layouts.MECHANISM, "ulParameterLen"), size);
    }

    /** Sets the nonce anew for each record, for some tokens write to it. */
    public void set(byte[] nonce, byte[] aad) {
        requireLengths(nonce, aad);
        Memory.put(this.nonce, nonce);
        Memory.put(this.aad, aad);
        Memory.ulong(aadLength, aad.length);
    }

    public static void requireLengths(byte[] nonce, byte[] aad) {
        if (nonce.length != AeadLayout.NONCE_BYTES || aad.length > MAX_AAD) {
            throw new IllegalArgumentException(
                    "nonce of " + nonce.length + " bytes, AAD of " + aad.length);
        }
    }

    /** The CK_MECHANISM. */
    public long mechanism() {
        return memory.address();
    }

    /** Room for a length that goes in and comes out. */
    public long length() {
        return length;
    }
}
