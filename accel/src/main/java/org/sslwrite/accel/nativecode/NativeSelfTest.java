package org.sslwrite.accel.nativecode;

import org.jspecify.annotations.Nullable;
import org.sslwrite.protocol.BulkCipher;
import org.sslwrite.protocol.CipherSuite;
import org.sslwrite.protocol.TlsVersion;
import org.sslwrite.seal.SealingParameters;
import org.sslwrite.seal.TrafficKeys;
import org.sslwrite.seal.cipher.AeadInputs;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.spec.AlgorithmParameterSpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
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

    /** ipsec-mb has code for so many blocks at a time, and for each number below. */
    private static final int BLOCKS_AT_A_TIME = 48;

    private static final int FIRST_IN_PIECES = 2049;

    /** Our own code takes 480 bytes at first, and 512 or twice as many then. */
    private static final int[] LARGE = {
        991, 992, 1023, 1024, 1503, 1504, 2015, 2016, 2047, 2048, 4097, 8191, 16383, 16384
    };

    private static final int LARGEST = 16384;
    private static final int PADDED = 5;
    private static final int MUCH_PADDING = 300;

    private static final int FIRST_TYPE = 20;
    private static final int TYPES = 4;
    private static final int ALIGNMENTS = 64;
    private static final int CANARY = 64;
    private static final byte CANARY_BYTE = 0x5A;
    private static final int ROOM = CANARY + ALIGNMENTS + LARGEST + 64 + CANARY;

    private enum Way {
        DIRECT_TO_DIRECT,
        ARRAY_TO_DIRECT,
        IN_PLACE,
        ARRAY_TO_ARRAY
    }

    private record Row(int length, int contentType, int padding) {
        @Override
        public String toString() {
            return "record of " + length + " bytes";
        }
    }

    /** Makes what is to be tested, with canaries. */
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

    private NativeSelfTest(SealingParameters parameters) throws GeneralSecurityException {
        BulkCipher cipher = parameters.suite().bulkCipher();
        this.parameters = parameters;
        this.tls13 = parameters.version() == TlsVersion.TLSV1_3;
        this.gcm = cipher.isGcm();
        this.tagLength = cipher.tagLength();
        this.key = randomKey(cipher.keyLength());
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

    /**
     * Multiplying a hash key by x carries a bit or does not: of the keys for both versions one
     * does.
     */
    private byte[] randomKey(int length) throws GeneralSecurityException {
        while (true) {
            byte[] key = randomBytes(length);
            if (!gcm || carries(key) == tls13) {
                return key;
            }
        }
    }

    /** NIST SP 800-38D section 6.3: the first bit is the coefficient of x to the power of 0. */
    private static boolean carries(byte[] key) throws GeneralSecurityException {
        Cipher block = Cipher.getInstance("AES/ECB/NoPadding", "SunJCE");
        block.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(key, "AES"));
        return block.doFinal(new byte[BLOCK])[0] < 0;
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
        try (NativeSealer sealer = NativeSealer.over(aead, parameters);
                AeadInputs inputs = new AeadInputs(parameters, fixedIv)) {
            long sequence = random.nextLong();
            for (Row row : rows()) {
                byte[] content = randomBytes(row.length);
                byte[] expected = expected(cipher, inputs, ++sequence, row, content);
                for (Way way : Way.values()) {
                    if (!seals(sealer, way, sequence, row, content, expected)) {
                        return "computes %s wrongly: not SunJCE's %s for %s, %s"
                                .formatted(cipher.getAlgorithm(), row, parameters.version(), way);
                    }
                }
            }
            return aead.isOverrun() ? "writes behind its structures" : null;
        }
    }

    /** Each length without padding, and for TLS 1.3 some with it; all types in turn. */
    private List<Row> rows() {
        List<Row> rows = new ArrayList<>();
        for (int length : lengths()) {
            int type = FIRST_TYPE + rows.size() % TYPES;
            rows.add(new Row(length, type, 0));
            if (tls13 && rows.size() % PADDED == 0) {
                int padding = Math.min(length % 3 == 0 ? MUCH_PADDING : 1, LARGEST - length);
                rows.add(new Row(length, type, padding));
            }
        }
        return rows;
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
            Cipher cipher, AeadInputs inputs, long sequence, Row row, byte[] content)
            throws GeneralSecurityException {
        byte[] inner = Arrays.copyOf(content, content.length + (tls13 ? 1 + row.padding : 0));
        if (tls13) {
            inner[content.length] = (byte) row.contentType;
        }
        inputs.prepare(sequence, row.contentType, inner.length);
        AlgorithmParameterSpec nonce =
                gcm
                        ? new GCMParameterSpec(8 * tagLength, inputs.nonce())
                        : new IvParameterSpec(inputs.nonce());
        cipher.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(key, gcm ? "AES" : "ChaCha20"), nonce);
        cipher.updateAAD(inputs.aad());
        byte[] sealed = cipher.doFinal(inner);
        int recordIv = parameters.suite().bulkCipher().recordIvLength(parameters.version());
        return ByteBuffer.allocate(CANARY + recordIv + sealed.length + CANARY)
                .put(0, filled(CANARY))
                .put(CANARY, inputs.nonce(), inputs.nonce().length - recordIv, recordIv)
                .put(CANARY + recordIv, sealed)
                .put(CANARY + recordIv + sealed.length, filled(CANARY))
                .array();
    }

    private static byte[] filled(int length) {
        byte[] bytes = new byte[length];
        Arrays.fill(bytes, CANARY_BYTE);
        return bytes;
    }

    /** Whether the record and the bytes around it are as expected. */
    private boolean seals(
            NativeSealer sealer, Way way, long sequence, Row row, byte[] content, byte[] expected) {
        ByteBuffer dst = way == Way.ARRAY_TO_ARRAY ? array : direct;
        int start = content.length % ALIGNMENTS;
        int record = start + CANARY;
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
        sealer.seal(sequence, row.contentType, src, from, content.length, row.padding, dst, record);
        byte[] actual = new byte[expected.length];
        dst.get(start, actual);
        return Arrays.equals(expected, actual);
    }
}
