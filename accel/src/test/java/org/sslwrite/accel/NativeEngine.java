package org.sslwrite.accel;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.sslwrite.accel.ipsecmb.InstalledLibrary;
import org.sslwrite.accel.ipsecmb.IpsecMbSealerFactory;
import org.sslwrite.accel.nativecode.NativeAead;
import org.sslwrite.accel.vaes.Vaes;
import org.sslwrite.accel.vaes.VaesGcm;
import org.sslwrite.accel.vaes.VaesSealerFactory;
import org.sslwrite.accel.vaes.VaesSwitch;
import org.sslwrite.protocol.BulkCipher;
import org.sslwrite.seal.RecordSealerContract;
import org.sslwrite.seal.SealerFactory;
import org.sslwrite.seal.SealingParameters;
import org.sslwrite.seal.TrafficKeys;

import java.util.List;

/** Both engines of this module, if this machine has them. */
public enum NativeEngine {
    VAES(new VaesSealerFactory()) {
        @Override
        NativeAead withCanaries(SealingParameters parameters, TrafficKeys keys) {
            return VaesGcm.of(CODE.code(), parameters, keys, true);
        }

        @Override
        public String reason() {
            return CODE.reason();
        }

        @Override
        boolean has(BulkCipher cipher) {
            return cipher == BulkCipher.AES_128_GCM || cipher == BulkCipher.AES_256_GCM;
        }
    },
    IPSEC_MB(new IpsecMbSealerFactory()) {
        @Override
        NativeAead withCanaries(SealingParameters parameters, TrafficKeys keys) {
            return InstalledLibrary.get().aead(parameters, keys, true);
        }

        @Override
        public String reason() {
            return InstalledLibrary.reason();
        }

        @Override
        boolean has(BulkCipher cipher) {
            return cipher.isAead();
        }
    };

    public static final Vaes.Result CODE = VaesSwitch.ofThisProcess();

    private final SealerFactory factory;

    NativeEngine(SealerFactory factory) {
        this.factory = factory;
    }

    SealerFactory factory() {
        return factory;
    }

    abstract NativeAead withCanaries(SealingParameters parameters, TrafficKeys keys);

    /** Why this machine does not have it; null if it does. */
    public abstract String reason();

    abstract boolean has(BulkCipher cipher);

    /** All that it seals. */
    List<SealingParameters> parameters() {
        return RecordSealerContract.parameters()
                .filter(parameters -> has(parameters.suite().bulkCipher()))
                .toList();
    }

    /** Skips what needs it, and prints why. */
    public void assumeThere() {
        if (reason() != null) {
            System.out.println("skipped, as " + factory.engine() + " " + reason());
        }
        assumeTrue(reason() == null, () -> factory.engine() + " " + reason());
    }
}
