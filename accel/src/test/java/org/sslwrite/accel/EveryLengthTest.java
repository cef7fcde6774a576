package org.sslwrite.accel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.sslwrite.accel.GuardedMemory.Region;
import org.sslwrite.protocol.TlsVersion;
import org.sslwrite.seal.RecordSealer;
import org.sslwrite.seal.RecordSealerContract;
import org.sslwrite.seal.ReferenceRecords;
import org.sslwrite.seal.SealingParameters;
import org.sslwrite.seal.TrafficKeys;

import java.nio.ByteBuffer;
import java.security.Security;
import java.util.List;
import java.util.Random;

/**
 * Our own code has its branches by length: all of them, under many keys and sequence numbers, and
 * with memory around content and record whose touch would be the end of this process.
 */
class EveryLengthTest {
    /** Five chunks of 512 bytes, less than which are the first two, and a vector more. */
    private static final int EVERY_LENGTH = 5 * 512 + 64;

    private static final int MAX_FRAGMENT = 16384;
    private static final int KEYS = 200;
    private static final int OVERHEAD = 8 + 1 + 16;

    static List<SealingParameters> parameters() {
        return NativeEngine.VAES.parameters();
    }

    @ParameterizedTest
    @MethodSource("parameters")
    void everyLengthBesideMemoryThatIsNone(SealingParameters parameters) throws Throwable {
        NativeEngine.VAES.assumeThere();
        Random random = new Random(7);
        try (TrafficKeys keys = RecordSealerContract.keys(parameters, 5);
                RecordSealer sealer = NativeEngine.VAES.factory().create(parameters, keys);
                GuardedMemory memory = new GuardedMemory(MAX_FRAGMENT + OVERHEAD)) {
            ReferenceRecords reference =
                    new ReferenceRecords(Security.getProvider("SunJCE"), parameters, keys);
            for (int length = 0; length <= MAX_FRAGMENT; length += step(length, random)) {
                byte[] content = new byte[length];
                random.nextBytes(content);
                long sequence = random.nextLong();
                int type = 20 + random.nextInt(4);
                byte[] expected = reference.seal(sequence, type, content, 0, new byte[0]);
                for (Region src : Region.values()) {
                    for (Region dst : Region.values()) {
                        ByteBuffer from = memory.source(src, length);
                        from.put(0, content);
                        ByteBuffer into = memory.destination(dst, expected.length);
                        sealer.seal(sequence, type, from, 0, length, 0, into, 0);
                        byte[] actual = new byte[expected.length];
                        into.get(0, actual);
                        int n = length;
                        assertArrayEquals(expected, actual, () -> n + " bytes, " + src + dst);
                    }
                }
                for (Region region : Region.values()) {
                    int padding =
                            isTls13(parameters) ? Math.min(length % 3, MAX_FRAGMENT - length) : 0;
                    byte[] padded = reference.seal(sequence, type, content, padding, new byte[0]);
                    ByteBuffer record = memory.destination(region, padded.length);
                    int at = sealer.plaintextOffset();
                    record.put(at, content);
                    sealer.seal(sequence, type, record, at, length, padding, record, 0);
                    byte[] actual = new byte[padded.length];
                    record.get(0, actual);
                    int n = length;
                    assertArrayEquals(padded, actual, () -> n + " bytes in place, " + region);
                }
            }
        }
    }

    private static boolean isTls13(SealingParameters parameters) {
        return parameters.version() == TlsVersion.TLSV1_3;
    }

    private static int step(int length, Random random) {
        return length < EVERY_LENGTH || length > MAX_FRAGMENT - 70 ? 1 : 1 + random.nextInt(60);
    }

    @ParameterizedTest
    @MethodSource("parameters")
    void manyKeys(SealingParameters parameters) throws Exception {
        NativeEngine.VAES.assumeThere();
        Random random = new Random(8);
        ByteBuffer dst = ByteBuffer.allocateDirect(MAX_FRAGMENT + OVERHEAD);
        for (int i = 0; i < KEYS; i++) {
            try (TrafficKeys keys = RecordSealerContract.keys(parameters, random.nextInt());
                    RecordSealer sealer = NativeEngine.VAES.factory().create(parameters, keys)) {
                ReferenceRecords reference =
                        new ReferenceRecords(Security.getProvider("SunJCE"), parameters, keys);
                byte[] content = new byte[random.nextInt(MAX_FRAGMENT + 1)];
                random.nextBytes(content);
                long sequence = random.nextLong();
                byte[] expected = reference.seal(sequence, 23, content, 0, new byte[0]);
                ByteBuffer src = ByteBuffer.wrap(content);
                sealer.seal(sequence, 23, src, 0, content.length, 0, dst, 0);
                byte[] actual = new byte[expected.length];
                dst.get(0, actual);
                assertArrayEquals(expected, actual, () -> content.length + " bytes");
            }
        }
    }
}
