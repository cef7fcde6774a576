package org.sslwrite.softhsm.seal;

import org.sslwrite.pkcs11.TokenRoute;
import org.sslwrite.softhsm.SoftwareToken.Kind;

class NssCryptokiSealerTest extends TokenSealerContract {
    NssCryptokiSealerTest() {
        super(Kind.NSS, TokenRoute.CRYPTOKI);
    }
}
