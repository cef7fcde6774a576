package org.sslwrite.softhsm.cryptoki;

import org.sslwrite.softhsm.SoftwareToken;
import org.sslwrite.softhsm.junit.WithToken;

@WithToken(SoftwareToken.Kind.SOFTHSM)
class SofthsmTokenKeysTest extends TokenKeysContract {
    SofthsmTokenKeysTest(SoftwareToken software) {
        super(software);
    }
}
