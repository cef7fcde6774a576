package org.sslwrite.accel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.sslwrite.accel.ipsecmb.InstalledLibrary;
import org.sslwrite.accel.ipsecmb.IpsecMb;
import org.sslwrite.accel.ipsecmb.IpsecMbSealerFactory;
import org.sslwrite.accel.nativecode.NativeAead;
import org.sslwrite.accel.nativecode.NativeSealer;
import org.sslwrite.accel.vaes.VaesSealerFactory;
import org.sslwrite.protocol.CipherSuite;
import org.sslwrite.protocol.TlsVersion;
import org.sslwrite.seal.RecordSealer;
import org.sslwrite.seal.RecordSealerContract;
import org.sslwrite.seal.ReferenceRecords;
import org.sslwrite.seal.SealException;
import org.sslwrite.seal.SealingParameters;
import org.sslwrite.seal.TrafficKeys;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.Security;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** What the contract does not ask of every sealer: memory that C must not touch, and no garbage. */
class NativeSealerTest {
    private static final int LARGE = 9000;

    @TempDir private Path folder;

    static Stream<Arguments> parameters() {
        return Arrays.stream(NativeEngine.values())
                .flatMap(
                        engine ->
                                engine.parameters().stream()
                                        .map(parameters -> Arguments.of(engine, parameters)));
    }

    @ParameterizedTest
    @MethodSource("parameters")
    void sealsFromAndIntoMappedFiles(NativeEngine engine, SealingParameters parameters)
            throws Exception {
        byte[] content = content(LARGE);
        try (Record record = new Record(engine, parameters);
                FileChannel file = open("mapped", 3 * LARGE)) {
            ByteBuffer mapped = file.map(FileChannel.MapMode.READ_WRITE, 0, 3 * LARGE);
            mapped.put(7, content);
            byte[] expected = record.expected(content);
            ByteBuffer direct = ByteBuffer.allocateDirect(2 * LARGE);
            record.seal(mapped, 7, LARGE, direct, 3);
            assertArrayEquals(expected, bytes(direct, 3, expected.length), "from");
            record.seal(mapped.slice(5, 2 * LARGE), 2, LARGE, direct, 3);
            assertArrayEquals(expected, bytes(direct, 3, expected.length), "from a slice");
            record.seal(mapped, 7, LARGE, mapped, LARGE + 50);
            assertArrayEquals(expected, bytes(mapped, LARGE + 50, expected.length), "into");
            record.seal(mapped, 7, LARGE, mapped, 20);
            assertArrayEquals(expected, bytes(mapped, 20, expected.length), "overlapping");
        }
    }

    /** In C that would be the end of the process. */
    @ParameterizedTest
    @EnumSource
    void mappedFileThatWasCutIsAnError(NativeEngine engine) throws Exception {
        SealingParameters parameters = tls13();
        byte[] content = content(LARGE);
        try (Record record = new Record(engine, parameters);
                FileChannel file = open("cut", LARGE)) {
            file.write(ByteBuffer.wrap(content), 0);
            ByteBuffer mapped = file.map(FileChannel.MapMode.READ_ONLY, 0, LARGE);
            ByteBuffer dst = ByteBuffer.allocateDirect(2 * LARGE);
            file.truncate(4096);
            assertThrows(InternalError.class, () -> record.seal(mapped, 0, LARGE, dst, 0));
            assertArrayEquals(new byte[LARGE], bytes(dst, 0, LARGE), "no plaintext is left");
            record.seal(ByteBuffer.wrap(content), 0, LARGE, dst, 0);
            byte[] expected = record.expected(content);
            assertArrayEquals(expected, bytes(dst, 0, expected.length), "the sealer goes on");
        }
    }

    @ParameterizedTest
    @MethodSource("parameters")
    void memoryOfAClosedArenaIsNotTouched(NativeEngine engine, SealingParameters parameters)
            throws Exception {
        byte[] content = content(LARGE);
        try (Record record = new Record(engine, parameters)) {
            ByteBuffer gone;
            ByteBuffer dst = ByteBuffer.allocateDirect(2 * LARGE);
            try (Arena arena = Arena.ofShared()) {
                gone = arena.allocate(2 * LARGE).asByteBuffer();
                gone.put(0, content);
                record.seal(gone, 0, LARGE, dst, 0);
                byte[] expected = record.expected(content);
                assertArrayEquals(expected, bytes(dst, 0, expected.length));
            }
            assertThrows(IllegalStateException.class, () -> record.seal(gone, 0, LARGE, dst, 0));
            assertThrows(
                    IllegalStateException.class,
                    () -> record.seal(ByteBuffer.wrap(content), 0, LARGE, gone, 0));
        }
    }

    /** In C the memory would be somebody else's by then, or the end of the process. */
    @ParameterizedTest
    @EnumSource
    void anArenaThatAnotherThreadClosesIsClosedBetweenTwoCalls(NativeEngine engine)
            throws Exception {
        byte[] content = content(LARGE);
        ByteBuffer dst = ByteBuffer.allocateDirect(2 * LARGE);
        ExecutorService other = Executors.newSingleThreadExecutor();
        try (Record record = new Record(engine, tls13())) {
            for (int round = 0; round < 100; round++) {
                Arena arena = Arena.ofShared();
                ByteBuffer src = arena.allocate(LARGE).asByteBuffer();
                src.put(0, content);
                record.seal(src, 0, LARGE, dst, 0);
                Future<?> closing = other.submit(() -> close(arena));
                try {
                    while (true) {
                        record.seal(src, 0, LARGE, dst, 0);
                        byte[] expected = record.expected(content);
                        assertArrayEquals(expected, bytes(dst, 0, expected.length));
                    }
                } catch (IllegalStateException e) {
                    // HotSpot stops a thread that reads the memory as Thread.stop once did, and
                    // marks it as interrupted on the way.
                    Thread.interrupted();
                    closing.get(30, TimeUnit.SECONDS);
                }
            }
        } finally {
            other.shutdownNow();
        }
    }

    /** Refused while a call is under way. */
    private static void close(Arena arena) {
        while (arena.scope().isAlive()) {
            try {
                arena.close();
            } catch (IllegalStateException e) {
                Thread.onSpinWait();
            }
        }
    }

    /** Each row for each engine. */
    private static Stream<Arguments> forEngines(int[]... rows) {
        return Arrays.stream(NativeEngine.values())
                .flatMap(engine -> Arrays.stream(rows).map(row -> Arguments.of(engine, row)));
    }

    static Stream<Arguments> sizes() {
        int max = Integer.MAX_VALUE;
        return forEngines(new int[][] {{16385, 0}, {16384, 1}, {0, 16385}, {1, -1}, {max, max}});
    }

    /** Lengths of content and of padding. */
    @ParameterizedTest
    @MethodSource("sizes")
    void refusesWhatNoRecordHolds(NativeEngine engine, int[] row) throws Exception {
        try (Record record = new Record(engine, tls13())) {
            ByteBuffer memory = ByteBuffer.allocateDirect(100_000);
            assertThrows(
                    IllegalArgumentException.class,
                    () -> record.sealer.seal(0, 23, memory, 0, row[0], row[1], memory, 50_000));
        }
    }

    static Stream<Arguments> indices() {
        return forEngines(
                new int[][] {
                    {-1, 5, 0},
                    {0, -1, 0},
                    {100, 1, 0},
                    {0, 1, -1},
                    {0, 1, 100},
                    {0, 1, Integer.MAX_VALUE}
                });
    }

    /** Index of the source, length, index of the destination. */
    @ParameterizedTest
    @MethodSource("indices")
    void refusesIndicesOutOfBounds(NativeEngine engine, int[] row) throws Exception {
        try (Record record = new Record(engine, tls13())) {
            ByteBuffer src = ByteBuffer.allocateDirect(100);
            ByteBuffer dst = ByteBuffer.allocateDirect(100);
            assertThrows(
                    IndexOutOfBoundsException.class,
                    () -> record.seal(src, row[0], row[1], dst, row[2]));
            assertArrayEquals(new byte[100], bytes(dst, 0, 100), "nothing is written");
        }
    }

    @ParameterizedTest
    @MethodSource("parameters")
    void keysAreWipedAtClose(NativeEngine engine, SealingParameters parameters) {
        try (TrafficKeys keys = RecordSealerContract.keys(parameters, 1)) {
            engine.assumeThere();
            NativeAead aead = engine.withCanaries(parameters, keys);
            NativeSealer sealer = NativeSealer.over(aead, parameters);
            ByteBuffer dst = ByteBuffer.allocateDirect(200);
            sealer.seal(0, 23, ByteBuffer.allocate(10), 0, 10, 0, dst, 0);
            assertFalse(aead.isOverrun());
            assertFalse(aead.isWiped());
            sealer.close();
            assertTrue(aead.isWiped());
        }
    }

    /** Whatever the compiler makes of it; collections may cost a little. */
    @ParameterizedTest(name = "{0}: {1} bytes, direct: {2}")
    @CsvSource({
        "VAES, 64, true",
        "VAES, 64, false",
        "VAES, 16384, true",
        "VAES, 16384, false",
        "IPSEC_MB, 64, true",
        "IPSEC_MB, 64, false",
        "IPSEC_MB, 16384, true",
        "IPSEC_MB, 16384, false"
    })
    void allocatesNothing(NativeEngine engine, int length, boolean direct) throws Exception {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        ByteBuffer src = direct ? ByteBuffer.allocateDirect(length) : ByteBuffer.allocate(length);
        ByteBuffer dst = ByteBuffer.allocateDirect(length + 100);
        long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        int records = 2000;
        long allocated;
        try (Record record = new Record(engine, tls13())) {
            do {
                long before = threads.getCurrentThreadAllocatedBytes();
                for (int i = 0; i < records; i++) {
                    record.seal(src, 0, length, dst, 0);
                }
                allocated = threads.getCurrentThreadAllocatedBytes() - before;
            } while (allocated >= records && System.nanoTime() < deadline);
        }
        assertTrue(allocated < records, () -> "bytes for each of " + records + " records");
    }

    @Test
    void saysItsName() {
        NativeEngine.VAES.assumeThere();
        assertEquals("vaes", new VaesSealerFactory().toString());
    }

    @Test
    void saysWhatItStandsOn() {
        IpsecMbSealerFactory factory = new IpsecMbSealerFactory();
        IpsecMb library = InstalledLibrary.get();
        assertEquals("ipsec-mb (" + library + ")", factory.toString());
    }

    private static SealingParameters tls13() {
        return new SealingParameters(TlsVersion.TLSV1_3, CipherSuite.TLS_AES_128_GCM_SHA256, false);
    }

    private static byte[] content(int length) {
        byte[] content = new byte[length];
        new Random(length).nextBytes(content);
        return content;
    }

    private static byte[] bytes(ByteBuffer buffer, int index, int length) {
        byte[] bytes = new byte[length];
        buffer.get(index, bytes);
        return bytes;
    }

    private FileChannel open(String name, int length) throws IOException {
        FileChannel file =
                FileChannel.open(
                        folder.resolve(name),
                        StandardOpenOption.CREATE,
                        StandardOpenOption.READ,
                        StandardOpenOption.WRITE);
        file.write(ByteBuffer.allocate(length));
        return file;
    }

    /** A sealer and its reference, for the same record over and over. */
    private static final class Record implements AutoCloseable {
        private final RecordSealer sealer;
        private final ReferenceRecords reference;

        Record(NativeEngine engine, SealingParameters parameters) throws SealException {
            engine.assumeThere();
            try (TrafficKeys keys = RecordSealerContract.keys(parameters, 1)) {
                sealer = engine.factory().create(parameters, keys);
                reference = new ReferenceRecords(Security.getProvider("SunJCE"), parameters, keys);
            }
        }

        void seal(ByteBuffer src, int srcIndex, int length, ByteBuffer dst, int dstIndex)
                throws SealException {
            sealer.seal(3, 23, src, srcIndex, length, 0, dst, dstIndex);
        }

        byte[] expected(byte[] content) throws Exception {
            return reference.seal(3, 23, content, 0, new byte[0]);
        }

        @Override
        public void close() {
            sealer.close();
        }
    }
}
