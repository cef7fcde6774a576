package org.sslwrite.softhsm.cryptoki;

import org.sslwrite.pkcs11.cryptoki.CryptokiToken;
import org.sslwrite.pkcs11.cryptoki.ffi.CryptokiFunctions;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Counts what a token really holds, by C_FindObjects in a session of its own. */
final class LeftOvers {
    private static final long CKF_SERIAL_SESSION = 0x4;
    private static final int MOST = 1000;

    private final CryptokiFunctions functions;
    private final long slot;

    LeftOvers(CryptokiToken token) {
        this.functions = token.module().functions();
        this.slot = token.slot();
    }

    /** Objects of every kind that the login shows. */
    int objects() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment handles = arena.allocate(ValueLayout.JAVA_LONG, MOST);
            MemorySegment cell = arena.allocate(ValueLayout.JAVA_LONG);
            ok(functions.C_OpenSession(slot, CKF_SERIAL_SESSION, 0, 0, cell.address()));
            long session = cell.get(ValueLayout.JAVA_LONG, 0);
            ok(functions.C_FindObjectsInit(session, 0, 0));
            ok(functions.C_FindObjects(session, handles.address(), MOST, cell.address()));
            ok(functions.C_FindObjectsFinal(session));
            ok(functions.C_CloseSession(session));
            return (int) cell.get(ValueLayout.JAVA_LONG, 0);
        }
    }

    private static void ok(long rv) {
        if (rv != 0) {
            throw new AssertionError("CK_RV " + rv);
        }
    }
}
