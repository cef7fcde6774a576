package org.sslwrite.seal.nativelib;

import org.jspecify.annotations.Nullable;
import org.sslwrite.seal.BulkCipher;
import org.sslwrite.seal.SealingParameters;
import org.sslwrite.seal.TrafficKeys;
import org.sslwrite.seal.nativelib.vaes.Vaes;

import java.util.Objects;

/** Sealers over our own code for AES-GCM. */
public final class VaesSealerFactory extends NativeSealerFactory {
    /** Name of the engine. */
    public static final String ENGINE = "vaes";

    private static final class OfThisProcess {
        static final VaesSealerFactory FACTORY = new VaesSealerFactory(VaesSwitch.ofThisProcess());
    }

    private final Vaes.Result found;

    VaesSealerFactory(Vaes.Result found) {
        super(ENGINE, found.reason());
        this.found = found;
    }

    /**
     * The one of this process. The first call makes the code ready, unless the system property
     * {@code org.sslwrite.vaes} or the environment variable {@code SSLWRITE_VAES} is {@code off}.
     */
    public static VaesSealerFactory ofThisProcess() {
        return OfThisProcess.FACTORY;
    }

    @Override
    @Nullable String objectionTo(BulkCipher cipher) {
        boolean gcm = cipher == BulkCipher.AES_128_GCM || cipher == BulkCipher.AES_256_GCM;
        return gcm ? null : "is used for AES-GCM only";
    }

    @Override
    NativeAead aead(SealingParameters parameters, TrafficKeys keys, boolean fenced) {
        return VaesGcm.of(Objects.requireNonNull(found.code()), parameters, keys, fenced);
    }

    /** The engine, and why it cannot be used if it cannot. */
    @Override
    public String toString() {
        return found.code() == null ? ENGINE + " (" + found.reason() + ")" : ENGINE;
    }
}
