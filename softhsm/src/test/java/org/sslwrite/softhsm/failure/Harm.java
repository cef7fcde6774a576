package org.sslwrite.softhsm.failure;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.sslwrite.pkcs11.TokenException;
import org.sslwrite.pkcs11.cryptoki.ffi.Ckr;
import org.sslwrite.softhsm.SunCleaner;

/** What other code in the process, or a device, does to a token behind our back. */
enum Harm {
    SESSIONS_CLOSED {
        @Override
        long call(Rig rig) throws TokenException {
            long slot = rig.module().slotOf(rig.config().token());
            return rig.module().functions().C_CloseAllSessions(slot);
        }
    },
    MODULE_FINALIZED {
        @Override
        long call(Rig rig) {
            return rig.module().functions().C_Finalize(0);
        }
    };

    abstract long call(Rig rig) throws TokenException;

    /** Does it, past everything that keeps account of sessions. */
    void strike(Rig rig) {
        SunCleaner.awaitAsleep();
        try {
            assertEquals("CKR_OK", Ckr.name(call(rig)));
        } catch (TokenException e) {
            throw new AssertionError(e);
        }
    }
}
