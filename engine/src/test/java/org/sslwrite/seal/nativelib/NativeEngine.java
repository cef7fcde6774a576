package org.sslwrite.seal.nativelib;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.sslwrite.seal.BulkCipher;
import org.sslwrite.seal.RecordSealerContract;
import org.sslwrite.seal.SealerFactory;
import org.sslwrite.seal.SealingParameters;
import org.sslwrite.seal.TrafficKeys;
import org.sslwrite.seal.nativelib.vaes.Vaes;

import java.util.List;

/** Both engines of this room, if this machine has them. */
enum NativeEngine {
    VAES(VaesSealerFactory.ofThisProcess()) {
        @Override
        NativeAead fenced(SealingParameters parameters, TrafficKeys keys) {
            return VaesGcm.of(CODE.code(), parameters, keys, true);
        }

        @Override
        String reason() {
            return CODE.reason();
        }

        @Override
        boolean has(BulkCipher cipher) {
            return cipher == BulkCipher.AES_128_GCM || cipher == BulkCipher.AES_256_GCM;
        }
    },
    IPSEC_MB(IpsecMbSealerFactory.ofThisProcess()) {
        @Override
        NativeAead fenced(SealingParameters parameters, TrafficKeys keys) {
            return InstalledLibrary.get().aead(parameters, keys, true);
        }

        @Override
        String reason() {
            return InstalledLibrary.reason();
        }

        @Override
        boolean has(BulkCipher cipher) {
            return cipher.isAead();
        }
    };

    static final Vaes.Result CODE = VaesSwitch.ofThisProcess();

    private final SealerFactory factory;

    NativeEngine(SealerFactory factory) {
        this.factory = factory;
    }

    SealerFactory factory() {
        return factory;
    }

    abstract NativeAead fenced(SealingParameters parameters, TrafficKeys keys);

    /** Why this machine does not have it; null if it does. */
    abstract String reason();

    abstract boolean has(BulkCipher cipher);

    /** All that it seals. */
    List<SealingParameters> parameters() {
        return RecordSealerContract.parameters()
                .filter(parameters -> has(parameters.suite().bulkCipher()))
                .toList();
    }

    /** Skips what needs it, and prints why. */
    void assumeThere() {
        if (reason() != null) {
            System.out.println("skipped, as " + factory.engine() + " " + reason());
        }
        assumeTrue(reason() == null, () -> factory.engine() + " " + reason());
    }
}
