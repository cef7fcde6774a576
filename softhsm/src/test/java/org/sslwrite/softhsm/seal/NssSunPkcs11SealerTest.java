package org.sslwrite.softhsm.seal;

import org.sslwrite.pkcs11.TokenEngine;
import org.sslwrite.softhsm.SoftwareToken.Kind;

class NssSunPkcs11SealerTest extends TokenSealerContract {
    NssSunPkcs11SealerTest() {
        super(Kind.NSS, TokenEngine.SUNPKCS11);
    }
}
