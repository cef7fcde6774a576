package org.sslwrite.softhsm.failure;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.sslwrite.pkcs11.TokenException;
import org.sslwrite.pkcs11.config.TokenConfig;
import org.sslwrite.pkcs11.cryptoki.CryptokiModule;
import org.sslwrite.pkcs11.cryptoki.ffi.Ckr;
import org.sslwrite.pkcs11.cryptoki.ffi.CryptokiFunctions;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.HashSet;
import java.util.Set;

/** Counts what this process has in a token, by asking the token. */
record Census(CryptokiModule module, TokenConfig config) {
    private static final long CKF_SERIAL_SESSION = 4;
    private static final long CKA_TOKEN = 1;
    private static final int AT_A_TIME = 256;

    static Census of(TokenConfig config) throws TokenException {
        return new Census(CryptokiModule.load(config.module(), config.libraryParameters()), config);
    }

    /** Something that is asked in a session of the census's own. */
    private interface Question<T> {
        T answer(long session, Arena arena);
    }

    private <T> T ask(Question<T> question) throws TokenException {
        CryptokiFunctions functions = module.functions();
        long slot = module.slotOf(config.token());
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment session = arena.allocate(ValueLayout.JAVA_LONG);
            ok(functions.C_OpenSession(slot, CKF_SERIAL_SESSION, 0, 0, session.address()));
            long handle = session.get(ValueLayout.JAVA_LONG, 0);
            try {
                return question.answer(handle, arena);
            } finally {
                ok(functions.C_CloseSession(handle));
            }
        }
    }

    /** The handles of session objects, by C_FindObjects. */
    Set<Long> sessionObjects() throws TokenException {
        return ask(
                (session, arena) -> {
                    CryptokiFunctions functions = module.functions();
                    MemorySegment no = arena.allocate(1);
                    MemorySegment template =
                            arena.allocateFrom(
                                    ValueLayout.JAVA_LONG, CKA_TOKEN, no.address(), no.byteSize());
                    MemorySegment found = arena.allocate(ValueLayout.JAVA_LONG, AT_A_TIME);
                    MemorySegment count = arena.allocate(ValueLayout.JAVA_LONG);
                    ok(functions.C_FindObjectsInit(session, template.address(), 1));
                    Set<Long> handles = new HashSet<>();
                    long n;
                    do {
                        ok(
                                functions.C_FindObjects(
                                        session, found.address(), AT_A_TIME, count.address()));
                        n = count.get(ValueLayout.JAVA_LONG, 0);
                        for (long i = 0; i < n; i++) {
                            handles.add(found.getAtIndex(ValueLayout.JAVA_LONG, i));
                        }
                    } while (n > 0);
                    ok(functions.C_FindObjectsFinal(session));
                    return handles;
                });
    }

    /**
     * Sessions, without the census's own. SoftHSM does not tell their number; but it gives out
     * handles in ascending order, so every one that ever was can be asked whether it still is.
     */
    int sessions() throws TokenException {
        int told = module.tokenInfo(module.slotOf(config.token())).sessions();
        return told >= 0 ? told : ask(this::sessionsBefore);
    }

    private int sessionsBefore(long newest, Arena arena) {
        MemorySegment info = arena.allocate(64);
        int alive = 0;
        for (long handle = 1; handle < newest; handle++) {
            if (module.functions().C_GetSessionInfo(handle, info.address()) == Ckr.CKR_OK) {
                alive++;
            }
        }
        return alive;
    }

    private static void ok(long rv) {
        assertEquals("CKR_OK", Ckr.name(rv));
    }
}
