package org.sslwrite.accel.vaes;

import org.junit.jupiter.api.BeforeAll;
import org.sslwrite.accel.NativeEngine;
import org.sslwrite.protocol.BulkCipher;
import org.sslwrite.protocol.CipherSuite;
import org.sslwrite.seal.RecordSealerContract;
import org.sslwrite.seal.SealerFactory;

import java.security.Provider;
import java.security.Security;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;
import java.util.stream.Collectors;

class VaesSealerTest extends RecordSealerContract {
    private static final Set<BulkCipher> GCM =
            EnumSet.of(BulkCipher.AES_128_GCM, BulkCipher.AES_256_GCM);

    @BeforeAll
    static void theCodeRunsHere() {
        NativeEngine.VAES.assumeThere();
    }

    @Override
    protected SealerFactory factory() {
        return new VaesSealerFactory();
    }

    @Override
    protected Provider reference() {
        return Security.getProvider("SunJCE");
    }

    @Override
    protected Set<CipherSuite> refused() {
        return Arrays.stream(CipherSuite.values())
                .filter(suite -> !GCM.contains(suite.bulkCipher()))
                .collect(Collectors.toSet());
    }
}
