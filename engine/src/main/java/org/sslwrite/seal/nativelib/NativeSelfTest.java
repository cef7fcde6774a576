package org.sslwrite.seal.nativelib;

import org.jspecify.annotations.Nullable;
import org.sslwrite.seal.AeadInputs;
import org.sslwrite.seal.BulkCipher;
import org.sslwrite.seal.CipherSuite;
import org.sslwrite.seal.SealingParameters;
import org.sslwrite.seal.TlsVersion;
import org.sslwrite.seal.TrafficKeys;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.spec.AlgorithmParameterSpec;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;

import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Records of one cipher and version, sealed by native code in every way that its sealer has, and by
 * SunJCE. A library may be built badly, be one for another CPU, or have larger structures.
 */
final class NativeSelfTest {
    private static final int BLOCK = 16;
    private static final int CHACHA_BLOCK = 64;

    /**
     * ipsec-mb has code for 48 blocks at a time and for each number below, our own for 32 with 30
     * in the first: here are those of three times 32.
     */
    private static final int BLOCKS_AT_A_TIME = 96;

    private static final int FIRST_IN_PIECES = 2049;
    private static final int[] LARGE = {1023, 1024, 2047, 2048, 4097, 8191, 16383, 16384};
    private static final int LARGEST = 16384;
    private static final int MUCH_PADDING_FROM = 4097;
    private static final int MUCH_PADDING = 300;

    private static final int APPLICATION_DATA = 23;
    private static final int ALIGNMENTS = 64;
    private static final int FENCE = 64;
    private static final byte FENCE_BYTE = 0x5A;
    private static final int ROOM = FENCE + ALIGNMENTS + LARGEST + 64 + FENCE;

    private enum Way {
        DIRECT_TO_DIRECT,
        ARRAY_TO_DIRECT,
        IN_PLACE,
        ARRAY_TO_ARRAY
    }

    /** Makes what is to be tested, with fences. */
    interface Maker {
        NativeAead make(SealingParameters parameters, TrafficKeys keys);
    }

    private final SealingParameters parameters;
    private final boolean tls13;
    private final boolean gcm;
    private final int tagLength;
    private final Random random = new Random(1);
    private final byte[] key;
    private final byte[] fixedIv;
    private final ByteBuffer directSource = ByteBuffer.allocateDirect(ROOM);
    private final ByteBuffer arraySource = ByteBuffer.allocate(ROOM);
    private final ByteBuffer direct = ByteBuffer.allocateDirect(ROOM);
    private final ByteBuffer array = ByteBuffer.allocate(ROOM);

    private NativeSelfTest(SealingParameters parameters) {
        BulkCipher cipher = parameters.suite().bulkCipher();
        this.parameters = parameters;
        this.tls13 = parameters.version() == TlsVersion.TLSV1_3;
        this.gcm = cipher != BulkCipher.CHACHA20_POLY1305;
        this.tagLength = cipher.tagLength();
        this.key = randomBytes(cipher.keyLength());
        this.fixedIv = randomBytes(cipher.fixedIvLength(parameters.version()));
    }

    /** Why it cannot be trusted with a cipher; null if it can. */
    static @Nullable String objection(BulkCipher cipher, Maker maker) {
        try {
            for (TlsVersion version : TlsVersion.values()) {
                String objection = new NativeSelfTest(anyOf(cipher, version)).run(maker);
                if (objection != null) {
                    return objection;
                }
            }
            return null;
        } catch (GeneralSecurityException | RuntimeException | OutOfMemoryError e) {
            // No memory for it is no memory to seal in.
            return "cannot be compared with SunJCE: " + e;
        }
    }

    private static SealingParameters anyOf(BulkCipher cipher, TlsVersion version) {
        for (CipherSuite suite : CipherSuite.values()) {
            if (suite.bulkCipher() == cipher && suite.version() == version) {
                return new SealingParameters(version, suite, false);
            }
        }
        throw new IllegalArgumentException("no suite of " + version + " has " + cipher);
    }

    private byte[] randomBytes(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    private @Nullable String run(Maker maker) throws GeneralSecurityException {
        Cipher cipher =
                Cipher.getInstance(gcm ? "AES/GCM/NoPadding" : "ChaCha20-Poly1305", "SunJCE");
        NativeAead aead = maker.make(parameters, new TrafficKeys(key, fixedIv, new byte[0]));
        try (NativeSealer sealer = new NativeSealer(aead, parameters);
                AeadInputs inputs = new AeadInputs(parameters, fixedIv)) {
            long sequence = random.nextLong();
            for (int length : lengths()) {
                byte[] content = randomBytes(length);
                int wanted = length < MUCH_PADDING_FROM ? length % 3 : MUCH_PADDING;
                int padding = tls13 ? Math.min(wanted, LARGEST - length) : 0;
                byte[] expected = expected(cipher, inputs, ++sequence, content, padding);
                for (Way way : Way.values()) {
                    if (!seals(sealer, way, sequence, content, padding, expected)) {
                        return "computes %s wrongly: not SunJCE's record of %d bytes for %s, %s"
                                .formatted(
                                        cipher.getAlgorithm(), length, parameters.version(), way);
                    }
                }
            }
            return aead.isOverrun() ? "its structures are larger than its version's" : null;
        }
    }

    private static int[] lengths() {
        IntStream ofBlocks =
                IntStream.rangeClosed(0, BLOCKS_AT_A_TIME)
                        .map(blocks -> BLOCK * blocks)
                        .flatMap(n -> IntStream.of(n, n + 1, n + BLOCK - 1));
        IntStream inPieces = IntStream.range(FIRST_IN_PIECES, FIRST_IN_PIECES + CHACHA_BLOCK);
        return IntStream.concat(IntStream.concat(ofBlocks, inPieces), Arrays.stream(LARGE))
                .toArray();
    }

    private byte[] expected(
            Cipher cipher, AeadInputs inputs, long sequence, byte[] content, int padding)
            throws GeneralSecurityException {
        byte[] inner = Arrays.copyOf(content, content.length + (tls13 ? 1 + padding : 0));
        if (tls13) {
            inner[content.length] = APPLICATION_DATA;
        }
        inputs.prepare(sequence, APPLICATION_DATA, inner.length);
        AlgorithmParameterSpec nonce =
                gcm
                        ? new GCMParameterSpec(8 * tagLength, inputs.nonce())
                        : new IvParameterSpec(inputs.nonce());
        cipher.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(key, gcm ? "AES" : "ChaCha20"), nonce);
        cipher.updateAAD(inputs.aad());
        byte[] sealed = cipher.doFinal(inner);
        int recordIv = parameters.suite().bulkCipher().recordIvLength(parameters.version());
        return ByteBuffer.allocate(FENCE + recordIv + sealed.length + FENCE)
                .put(0, filled(FENCE))
                .put(FENCE, inputs.nonce(), inputs.nonce().length - recordIv, recordIv)
                .put(FENCE + recordIv, sealed)
                .put(FENCE + recordIv + sealed.length, filled(FENCE))
                .array();
    }

    private static byte[] filled(int length) {
        byte[] bytes = new byte[length];
        Arrays.fill(bytes, FENCE_BYTE);
        return bytes;
    }

    /** Whether the record and the bytes around it are as expected. */
    private boolean seals(
            NativeSealer sealer,
            Way way,
            long sequence,
            byte[] content,
            int padding,
            byte[] expected) {
        ByteBuffer dst = way == Way.ARRAY_TO_ARRAY ? array : direct;
        int start = content.length % ALIGNMENTS;
        int record = start + FENCE;
        dst.put(start, filled(expected.length));
        ByteBuffer src =
                switch (way) {
                    case DIRECT_TO_DIRECT -> directSource;
                    case ARRAY_TO_DIRECT, ARRAY_TO_ARRAY -> arraySource;
                    case IN_PLACE -> dst;
                };
        int from =
                way == Way.IN_PLACE
                        ? record + sealer.plaintextOffset()
                        : 7 * content.length % ALIGNMENTS;
        src.put(from, content);
        sealer.seal(sequence, APPLICATION_DATA, src, from, content.length, padding, dst, record);
        byte[] actual = new byte[expected.length];
        dst.get(start, actual);
        return Arrays.equals(expected, actual);
    }
}
