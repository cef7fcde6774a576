package org.sslwrite.softhsm.seal;

import org.sslwrite.pkcs11.TokenRoute;
import org.sslwrite.protocol.CipherSuite;
import org.sslwrite.softhsm.SoftwareToken.Kind;

import java.util.Set;

class SofthsmCryptokiSealerTest extends TokenSealerContract {
    SofthsmCryptokiSealerTest() {
        super(Kind.SOFTHSM, TokenRoute.CRYPTOKI);
    }

    /** SoftHSM 2.6 has no CKM_CHACHA20_POLY1305. */
    @Override
    protected Set<CipherSuite> refused() {
        return Set.of(
                CipherSuite.TLS_CHACHA20_POLY1305_SHA256,
                CipherSuite.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
                CipherSuite.TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256);
    }
}
