package org.sslwrite.softhsm.seal;

import org.sslwrite.pkcs11.TokenRoute;
import org.sslwrite.softhsm.SoftwareToken.Kind;

class NssSunPkcs11SealerTest extends TokenSealerContract {
    NssSunPkcs11SealerTest() {
        super(Kind.NSS, TokenRoute.SUNPKCS11);
    }
}
