package org.sslwrite.accel.vaes;

import org.sslwrite.accel.nativecode.Canary;
import org.sslwrite.accel.nativecode.Downcalls;
import org.sslwrite.accel.nativecode.NativeAead;
import org.sslwrite.protocol.TlsVersion;
import org.sslwrite.seal.SealingParameters;
import org.sslwrite.seal.TrafficKeys;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.foreign.ValueLayout.OfByte;

/**
 * AES-GCM by our own code. One call seals a record, wherever its content lies.
 *
 * <p>Keys lie in native memory that is allocated once and wiped at the end. The collector frees it,
 * not the wiping: a connection that is closed by another thread in the middle of a record would
 * otherwise have native code read memory that is gone.
 */
public final class VaesGcm extends NativeAead {
    private static final OfByte BYTE = ValueLayout.JAVA_BYTE;
    private static final int NEVER = -1;

    /** For the code: the content type is in the input, if it is to be there. */
    private static final long NO_TYPE = -1;

    private final MemorySegment seal;
    private final boolean tls13;
    private final MemorySegment memory;
    private final long layout;
    private long sequence;
    private int contentType;

    private VaesGcm(MemorySegment seal, boolean tls13, int canary) {
        this.seal = seal;
        this.tls13 = tls13;
        this.memory = Arena.ofAuto().allocate(GcmLayout.SIZE + canary, GcmLayout.ALIGNMENT);
        this.layout = memory.address();
        Canary.build(memory.asSlice(GcmLayout.SIZE));
    }

    /**
     * Under keys that have the lengths that suite and version ask for.
     *
     * @param canaries whether something lies behind the layout that must stay as it is
     */
    public static VaesGcm of(
            Vaes code, SealingParameters parameters, TrafficKeys keys, boolean canaries) {
        keys.requireLengthsFor(parameters);
        GcmFunctions functions =
                switch (parameters.suite().bulkCipher()) {
                    case AES_128_GCM -> code.aes128();
                    case AES_256_GCM -> code.aes256();
                    case CHACHA20_POLY1305, AES_128_CBC, AES_256_CBC ->
                            throw new IllegalArgumentException(
                                    parameters.suite() + " has no AES-GCM");
                };
        boolean tls13 = parameters.version() == TlsVersion.TLSV1_3;
        VaesGcm aead =
                new VaesGcm(
                        tls13 ? functions.sealTls13() : functions.sealTls12(),
                        tls13,
                        canaries ? Canary.LENGTH : 0);
        boolean expanded = false;
        try {
            aead.expand(functions.expand(), keys.cipherKey(), keys.fixedIv());
            expanded = true;
            return aead;
        } finally {
            if (!expanded) {
                aead.wipe();
            }
        }
    }

    private void expand(MemorySegment function, byte[] key, byte[] fixedIv) {
        MemorySegment.copy(key, 0, memory, BYTE, GcmLayout.key(), key.length);
        for (int i = 0; i < fixedIv.length; i++) {
            memory.set(BYTE, GcmLayout.fixedIv(i), fixedIv[i]);
        }
        Downcalls.call(function, layout);
    }

    @Override
    protected String engine() {
        return VaesSealerFactory.ENGINE;
    }

    @Override
    protected int gatheredAtMost() {
        return NEVER;
    }

    @Override
    protected void prepare(long sequence, int contentType, int innerLength) {
        this.sequence = sequence;
        this.contentType = contentType;
    }

    @Override
    protected void seal(MemorySegment record, long out, long in, int length, MemorySegment holder) {
        Downcalls.record(seal, layout, out, in, length, sequence, contentType, holder);
    }

    @Override
    protected void sealFromArray(MemorySegment record, long out, MemorySegment in, int length) {
        Downcalls.recordFromArray(seal, layout, out, in, length, sequence, contentType);
    }

    @Override
    protected void sealGathered(long text, int innerLength, MemorySegment holder) {
        Downcalls.record(seal, layout, text, text, innerLength, sequence, typeOfGathered(), holder);
    }

    @Override
    protected void sealGathered(MemorySegment text, int innerLength) {
        Downcalls.recordInArray(seal, layout, text, innerLength, sequence, typeOfGathered());
    }

    /** In TLS 1.2 it is additional data, and always needed. */
    private long typeOfGathered() {
        return tls13 ? NO_TYPE : contentType;
    }

    @Override
    public boolean isOverrun() {
        return !Canary.isWhole(memory.asSlice(GcmLayout.SIZE));
    }

    @Override
    public boolean isWiped() {
        return Canary.isZero(memory);
    }

    @Override
    protected void wipe() {
        memory.fill((byte) 0);
    }
}
