package org.sslwrite.softhsm.seal;

import org.sslwrite.pkcs11.TokenRoute;
import org.sslwrite.softhsm.SoftwareToken.Kind;

/** AES-GCM by C_EncryptMessage, all else as ever. */
class NssMessageSealerTest extends TokenSealerContract {
    NssMessageSealerTest() {
        super(Kind.NSS, TokenRoute.CRYPTOKI, true);
    }
}
