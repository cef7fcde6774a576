package org.sslwrite.accel.ipsecmb;

import org.junit.jupiter.api.BeforeAll;
import org.sslwrite.protocol.CipherSuite;
import org.sslwrite.seal.RecordSealerContract;
import org.sslwrite.seal.SealerFactory;

import java.security.Provider;
import java.security.Security;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;

class IpsecMbSealerTest extends RecordSealerContract {
    @BeforeAll
    static void theLibraryIsThere() {
        InstalledLibrary.assumeThere();
    }

    @Override
    protected SealerFactory factory() {
        return new IpsecMbSealerFactory();
    }

    @Override
    protected Provider reference() {
        return Security.getProvider("SunJCE");
    }

    @Override
    protected Set<CipherSuite> refused() {
        return Arrays.stream(CipherSuite.values())
                .filter(suite -> !suite.bulkCipher().isAead())
                .collect(Collectors.toSet());
    }
}
