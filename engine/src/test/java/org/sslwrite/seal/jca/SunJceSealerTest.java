package org.sslwrite.seal.jca;

import static org.junit.jupiter.api.Assertions.assertNull;

import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.sslwrite.seal.RecordSealerContract;
import org.sslwrite.seal.SealerFactory;
import org.sslwrite.seal.SealingParameters;

import java.security.Provider;
import java.security.Security;

class SunJceSealerTest extends RecordSealerContract {
    private final SealerFactory factory = new JcaSealerFactory(Security.getProvider("SunJCE"));
    private final Provider reference = new BouncyCastleProvider();

    @Override
    protected SealerFactory factory() {
        return factory;
    }

    @Override
    protected Provider reference() {
        return reference;
    }

    @ParameterizedTest
    @MethodSource("parameters")
    void claimsEverySuite(SealingParameters parameters) {
        assertNull(factory.reasonAgainst(parameters));
    }
}
