package org.sslwrite.softhsm.seal;

import org.sslwrite.pkcs11.TokenEngine;
import org.sslwrite.softhsm.SoftwareToken.Kind;

class NssCryptokiSealerTest extends TokenSealerContract {
    NssCryptokiSealerTest() {
        super(Kind.NSS, TokenEngine.CRYPTOKI);
    }
}
