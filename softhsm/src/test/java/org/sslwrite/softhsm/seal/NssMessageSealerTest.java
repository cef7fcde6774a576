package org.sslwrite.softhsm.seal;

import org.sslwrite.pkcs11.TokenEngine;
import org.sslwrite.softhsm.SoftwareToken.Kind;

/** AES-GCM by C_EncryptMessage, all else as ever. */
class NssMessageSealerTest extends TokenSealerContract {
    NssMessageSealerTest() {
        super(Kind.NSS, TokenEngine.CRYPTOKI, true);
    }
}
