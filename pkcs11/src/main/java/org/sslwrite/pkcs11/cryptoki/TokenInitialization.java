package org.sslwrite.pkcs11.cryptoki;

import org.sslwrite.pkcs11.TokenException;
import org.sslwrite.pkcs11.cryptoki.ffi.CryptokiFunctions;
import org.sslwrite.pkcs11.cryptoki.ffi.NativePin;
import org.sslwrite.pkcs11.cryptoki.ffi.TokenInfo;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Makes a token out of a slot: label, security officer's PIN, user's PIN. */
final class TokenInitialization {
    private static final int LABEL_BYTES = 32;
    private static final long CKU_SO = 0;
    private static final long CKF_RW_SESSION = 0x2;
    private static final long CKF_SERIAL_SESSION = 0x4;

    private final CryptokiModule module;
    private final CryptokiFunctions functions;
    private final String label;

    TokenInitialization(CryptokiModule module, String label) {
        this.module = module;
        this.functions = module.functions();
        this.label = label;
    }

    void run(char[] soPin, char[] userPin) throws TokenException {
        long slot = slot();
        try (Arena arena = Arena.ofConfined();
                NativePin so = new NativePin(arena, soPin);
                NativePin user = new NativePin(arena, userPin)) {
            long rv =
                    functions.C_InitToken(
                            slot, so.address(), so.length(), paddedLabel(arena).address());
            module.check("C_InitToken", rv);
            module.slotIds(); // while nobody else can: SoftHSM makes the next free slot in it
            setUserPin(arena, slot, so, user);
        }
    }

    /** The one with this label already, otherwise the first that isn't initialised. */
    private long slot() throws TokenException {
        Slot free = null;
        for (Slot slot : module.slots()) {
            TokenInfo token = slot.token();
            if (token != null && token.isInitialized() && token.label().equals(label)) {
                return slot.id();
            }
            if (token != null && !token.isInitialized() && free == null) {
                free = slot;
            }
        }
        if (free == null) {
            throw new TokenException(
                    module.name() + ": no slot is free for a token \"" + label + "\"");
        }
        return free.id();
    }

    private MemorySegment paddedLabel(Arena arena) throws TokenException {
        byte[] bytes = label.getBytes(StandardCharsets.UTF_8);
        if (bytes.length == 0 || bytes.length > LABEL_BYTES) {
            throw new TokenException("a token's label has 1 to 32 bytes, not " + bytes.length);
        }
        byte[] padded = Arrays.copyOf(bytes, LABEL_BYTES);
        Arrays.fill(padded, bytes.length, LABEL_BYTES, (byte) ' ');
        return arena.allocateFrom(ValueLayout.JAVA_BYTE, padded);
    }

    private void setUserPin(Arena arena, long slot, NativePin so, NativePin user)
            throws TokenException {
        MemorySegment handle = arena.allocate(ValueLayout.JAVA_LONG);
        module.check(
                "C_OpenSession",
                functions.C_OpenSession(
                        slot, CKF_SERIAL_SESSION | CKF_RW_SESSION, 0, 0, handle.address()));
        long session = handle.get(ValueLayout.JAVA_LONG, 0);
        try {
            module.check("C_Login", functions.C_Login(session, CKU_SO, so.address(), so.length()));
            module.check("C_InitPIN", functions.C_InitPIN(session, user.address(), user.length()));
        } finally {
            functions.C_Logout(session);
            functions.C_CloseSession(session);
        }
    }
}
