package org.sslwrite.softhsm.cryptoki;

import org.sslwrite.softhsm.SoftwareToken;
import org.sslwrite.softhsm.junit.WithToken;

@WithToken(SoftwareToken.Kind.NSS)
class NssTokenKeysTest extends TokenKeysContract {
    NssTokenKeysTest(SoftwareToken software) {
        super(software);
    }
}
