package org.sslwrite.seal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.sslwrite.protocol.CipherSuite;
import org.sslwrite.protocol.TlsVersion;
import org.sslwrite.seal.Placement.Memory;
import org.sslwrite.seal.Placement.Region;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.Provider;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What every {@link RecordSealer} must do, whoever seals. An engine's test extends this class and
 * says which factory and which other implementation to compare with.
 *
 * <p>Suites that the engine is known not to have are named, and must be refused.
 */
@TestInstance(Lifecycle.PER_CLASS)
public abstract class RecordSealerContract {
    static final int[] SIZES = {0, 1, 15, 16, 17, 255, 256, 257, 16383, 16384};
    static final int[] CONTENT_TYPES = {21, 22, 23};
    static final int[] PADDINGS = {0, 1, 255};
    static final long[] SEQUENCES = {0, 1, 1L << 32, 1L << 63, -1L};

    /** From where the record's body begins to where overlapping plaintext begins. */
    static final int[] OVERLAPS = {-63, -16, -9, -8, -1, 0, 1, 7, 8, 9, 15, 16, 17, 31, 64, 100};

    private static final int ALIGNMENTS = 64;

    /** Engines may treat short and long records differently. */
    private static final int[] SHORT_AND_LONG = {100, 2500};

    private static final int MAX_FRAGMENT = 16384;
    private static final int APPLICATION_DATA = 23;

    /** Makes the sealers under test. */
    protected abstract SealerFactory factory();

    /** Computes what is expected; must not be what the engine under test uses itself. */
    protected abstract Provider reference();

    /** Suites that this engine cannot do; it must say why. */
    protected Set<CipherSuite> refused() {
        return Set.of();
    }

    /** Every suite, CBC once with MAC-then-encrypt and once with encrypt-then-MAC. */
    public static Stream<SealingParameters> parameters() {
        return Stream.of(CipherSuite.values())
                .flatMap(
                        suite ->
                                Stream.of(false, true)
                                        .filter(etm -> !etm || !suite.bulkCipher().isAead())
                                        .map(etm -> of(suite, etm)));
    }

    private static SealingParameters of(CipherSuite suite, boolean encryptThenMac) {
        return new SealingParameters(suite.version(), suite, encryptThenMac);
    }

    Stream<SealingParameters> claimed() {
        return parameters().filter(parameters -> !refused().contains(parameters.suite()));
    }

    Stream<SealingParameters> claimedCbc() {
        return claimed().filter(parameters -> !parameters.suite().bulkCipher().isAead());
    }

    Stream<Arguments> claimedAndSizes() {
        return claimed().flatMap(p -> Arrays.stream(SIZES).mapToObj(size -> Arguments.of(p, size)));
    }

    Stream<Arguments> claimedTls13AndSizes() {
        return claimedAndSizes().filter(row -> isTls13((SealingParameters) row.get()[0]));
    }

    private static boolean isTls13(SealingParameters parameters) {
        return parameters.version() == TlsVersion.TLSV1_3;
    }

    @ParameterizedTest
    @MethodSource("parameters")
    void saysWhatItCannotDo(SealingParameters parameters) {
        String reason = factory().reasonAgainst(parameters);
        boolean refuses = refused().contains(parameters.suite());
        assertEquals(refuses, reason != null && !reason.isBlank(), () -> "reason: " + reason);
    }

    @ParameterizedTest(name = "{0}, {1} bytes")
    @MethodSource("claimedAndSizes")
    void sealsFromAnyMemoryToAnyMemory(SealingParameters parameters, int size) throws Exception {
        try (Epoch epoch = new Epoch(parameters)) {
            long sequence = 7;
            for (Placement placement : Placement.all()) {
                epoch.check(sequence++, APPLICATION_DATA, size, 0, placement);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("claimed")
    void sealsAtAnyAlignment(SealingParameters parameters) throws Exception {
        try (Epoch epoch = new Epoch(parameters)) {
            long sequence = 0;
            for (int size : SHORT_AND_LONG) {
                for (int at = 0; at <= ALIGNMENTS; at++) {
                    int opposite = ALIGNMENTS - at;
                    for (Memory source : List.of(Memory.DIRECT, Memory.HEAP)) {
                        Placement apart = new Placement(source, false, Memory.DIRECT, false);
                        epoch.check(sequence++, 23, size, 0, apart, at, 5);
                        epoch.check(sequence++, 23, size, 0, apart, opposite, at);
                    }
                    Placement inPlace = new Placement(Memory.DIRECT, false, Memory.DIRECT, true);
                    int srcIndex = at + epoch.sealer.plaintextOffset();
                    epoch.check(sequence++, 23, size, 0, inPlace, srcIndex, at);
                }
            }
        }
    }

    /** Plaintext is read before the record covers it. */
    @ParameterizedTest
    @MethodSource("claimed")
    void sealsWhatOverlapsItsRecord(SealingParameters parameters) throws Exception {
        try (Epoch epoch = new Epoch(parameters)) {
            long sequence = 0;
            int dstIndex = 70;
            for (int size : SHORT_AND_LONG) {
                int behind = epoch.sealer.bodyLength(size, 0) - 1;
                for (Memory memory : Memory.values()) {
                    Placement overlapping = new Placement(memory, false, memory, true);
                    for (int overlap : OVERLAPS) {
                        epoch.check(
                                sequence++, 23, size, 0, overlapping, dstIndex + overlap, dstIndex);
                    }
                    epoch.check(sequence++, 23, size, 0, overlapping, dstIndex + behind, dstIndex);
                }
            }
        }
    }

    /** A piece of a gathering write may be empty, and have no memory at all. */
    @ParameterizedTest
    @MethodSource("claimed")
    void sealsNothingFromNoMemory(SealingParameters parameters) throws Exception {
        ByteBuffer[] empty = {
            ByteBuffer.allocate(0),
            ByteBuffer.allocateDirect(0),
            ByteBuffer.allocate(0).asReadOnlyBuffer(),
            ByteBuffer.allocate(9).slice(9, 0),
            ByteBuffer.allocateDirect(9).slice(9, 0)
        };
        try (Epoch epoch = new Epoch(parameters)) {
            for (Memory memory : Memory.values()) {
                for (int sequence = 0; sequence < empty.length; sequence++) {
                    ByteBuffer dst = memory.region(epoch.sealer.bodyLength(0, 0)).view();
                    epoch.sealer.seal(sequence, 23, empty[sequence], 0, 0, 0, dst, 0);
                    byte[] body = new byte[dst.capacity()];
                    dst.get(0, body);
                    byte[] wanted = epoch.reference.seal(sequence, 23, new byte[0], 0, body);
                    assertArrayEquals(wanted, body, empty[sequence] + " to " + memory);
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("claimed")
    void writesNothingToReadOnlyMemory(SealingParameters parameters) throws Exception {
        try (Epoch epoch = new Epoch(parameters)) {
            byte[] content = epoch.content(0, 100);
            for (Memory memory : Memory.values()) {
                Region region = memory.region(epoch.sealer.bodyLength(content.length, 0));
                byte[] before = region.bytes();
                ByteBuffer readOnly = region.view().asReadOnlyBuffer();
                assertThrows(Exception.class, () -> epoch.seal(0, content, readOnly, 0));
                assertArrayEquals(before, region.bytes(), memory.toString());
            }
            epoch.check(0, APPLICATION_DATA, content.length, 0, Placement.SIMPLE);
        }
    }

    @ParameterizedTest
    @MethodSource("claimed")
    void sealsUnderAnySequenceNumberAndContentType(SealingParameters parameters) throws Exception {
        for (int contentType : CONTENT_TYPES) {
            for (int padding : isTls13(parameters) ? PADDINGS : new int[] {0}) {
                try (Epoch epoch = new Epoch(parameters)) {
                    for (long sequence : SEQUENCES) {
                        epoch.check(sequence, contentType, 50, padding, Placement.SIMPLE);
                    }
                }
            }
        }
    }

    @ParameterizedTest(name = "{0}, {1} bytes")
    @MethodSource("claimedTls13AndSizes")
    void padsRecordsOfTls13(SealingParameters parameters, int size) throws Exception {
        try (Epoch epoch = new Epoch(parameters)) {
            long sequence = 0;
            for (int padding : PADDINGS) {
                if (size + padding <= MAX_FRAGMENT) {
                    Placement inPlace = new Placement(Memory.DIRECT, false, Memory.DIRECT, true);
                    epoch.check(sequence++, 22, size, padding, Placement.SIMPLE);
                    epoch.check(sequence++, 22, size, padding, inPlace);
                }
            }
        }
    }

    /** Sizes in one epoch that grow and shrink: nothing of a longer record may be left over. */
    @ParameterizedTest
    @MethodSource("claimed")
    void sealsRecordsOfChangingSize(SealingParameters parameters) throws Exception {
        try (Epoch epoch = new Epoch(parameters)) {
            Random sizes = new Random(epoch.seed);
            for (long sequence = 0; sequence < 40; sequence++) {
                int size = sizes.nextInt(sequence % 4 == 0 ? MAX_FRAGMENT + 1 : 100);
                epoch.check(sequence, APPLICATION_DATA, size, 0, Placement.SIMPLE);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("claimed")
    void declaresItsShape(SealingParameters parameters) throws Exception {
        try (Epoch epoch = new Epoch(parameters)) {
            assertFalse(epoch.sealer.engine().isBlank());
            assertEquals(epoch.reference.explicitIvLength(), epoch.sealer.plaintextOffset());
            for (int length = 0; length <= MAX_FRAGMENT; length += length < 600 ? 1 : 263) {
                for (int padding : isTls13(parameters) ? PADDINGS : new int[] {0}) {
                    assertEquals(
                            epoch.reference.bodyLength(length, padding),
                            epoch.sealer.bodyLength(length, padding),
                            length + " bytes, padding " + padding);
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("claimed")
    void oneFlippedBitFailsAtThePeer(SealingParameters parameters) throws Exception {
        try (Epoch epoch = new Epoch(parameters)) {
            long sequence = 0;
            for (int size : new int[] {0, 17, 1000}) {
                byte[] content = epoch.content(sequence, size);
                byte[] body = epoch.seal(sequence, 22, content, 0);
                ReferenceRecords.Opened opened =
                        epoch.reference.open(sequence, isTls13(parameters) ? 23 : 22, body);
                assertEquals(22, opened.contentType());
                assertArrayEquals(content, opened.content());
                for (int position = 0; position < body.length; position++) {
                    boolean sampled = position < 50 || position >= body.length - 90;
                    if (sampled || position % 31 == 0) {
                        assertRefused(epoch, sequence, body, position, size);
                    }
                }
                sequence++;
            }
        }
    }

    private static void assertRefused(
            Epoch epoch, long sequence, byte[] body, int position, int size) {
        byte[] forged = body.clone();
        forged[position] ^= (byte) (1 << position % 8);
        int headerType = isTls13(epoch.parameters) ? 23 : 22;
        assertThrows(
                GeneralSecurityException.class,
                () -> epoch.reference.open(sequence, headerType, forged),
                () -> "bit flipped in byte %d of a record of %d".formatted(position, size));
    }

    @ParameterizedTest(allowZeroInvocations = true)
    @MethodSource("claimedCbc")
    void ivsOfCbcNeverRepeat(SealingParameters parameters) throws Exception {
        Set<String> ivs = new HashSet<>();
        int records = 0;
        for (int sealers = 0; sealers < 2; sealers++) {
            try (Epoch epoch = new Epoch(parameters)) {
                for (int sequence = 0; sequence < 100; sequence++, records++) {
                    byte[] body = epoch.seal(sequence, APPLICATION_DATA, new byte[3], 0);
                    ivs.add(HexFormat.of().formatHex(body, 0, 16));
                }
            }
        }
        assertEquals(records, ivs.size(), "distinct IVs");
    }

    /** A failure that every engine can be made to have: no room for the last byte. */
    @ParameterizedTest
    @MethodSource("claimed")
    void sealsTheSameRecordAgainAfterFailing(SealingParameters parameters) throws Exception {
        try (Epoch epoch = new Epoch(parameters)) {
            for (int sequence = 0; sequence < 3; sequence++) {
                byte[] content = epoch.content(sequence, 300);
                int bodyLength = epoch.sealer.bodyLength(content.length, 0);
                for (Memory memory : Memory.values()) {
                    Region tooShort = memory.region(bodyLength + 20);
                    tooShort.view().limit(5 + bodyLength - 1);
                    byte[] before = tooShort.bytes();
                    int number = sequence;
                    assertThrows(
                            Exception.class,
                            () -> epoch.seal(number, content, tooShort.view(), 5),
                            () -> "record " + number + " to " + memory + " short of a byte");
                    assertNothingWrittenBehind(before, tooShort, 5 + bodyLength - 1);
                }
                ByteBuffer source = ByteBuffer.wrap(content).limit(content.length - 1);
                int number = sequence;
                assertThrows(
                        Exception.class,
                        () ->
                                epoch.sealer.seal(
                                        number,
                                        APPLICATION_DATA,
                                        source,
                                        0,
                                        content.length,
                                        0,
                                        ByteBuffer.allocate(bodyLength),
                                        0),
                        "source short of a byte");
                epoch.check(sequence, APPLICATION_DATA, 300, 0, Placement.SIMPLE);
            }
        }
    }

    private static void assertNothingWrittenBehind(byte[] before, Region region, int limit) {
        int from = region.offset() + limit;
        byte[] after = region.bytes();
        assertArrayEquals(
                Arrays.copyOfRange(before, from, before.length),
                Arrays.copyOfRange(after, from, after.length),
                "bytes behind the destination's limit");
    }

    @ParameterizedTest
    @MethodSource("claimed")
    void sealsNothingOnceClosed(SealingParameters parameters) throws Exception {
        for (boolean used : new boolean[] {false, true}) {
            Epoch epoch = new Epoch(parameters);
            if (used) {
                epoch.check(0, APPLICATION_DATA, 20, 0, Placement.SIMPLE);
            }
            epoch.close();
            epoch.close();
            for (int attempt = 0; attempt < 2; attempt++) {
                assertThrows(
                        IllegalStateException.class,
                        () -> epoch.seal(1, APPLICATION_DATA, new byte[20], 0),
                        used ? "used and closed" : "closed unused");
            }
        }
    }

    /** The caller wipes its keys as soon as it has the sealer, and no sooner. */
    @ParameterizedTest
    @MethodSource("claimed")
    void leavesTheCallersKeysAlone(SealingParameters parameters) throws Exception {
        TrafficKeys keys = keys(parameters, 1);
        TrafficKeys same = keys(parameters, 1);
        RecordSealer sealer = factory().create(parameters, keys);
        assertSameKeys(same, keys);
        sealer.close();
        assertSameKeys(same, keys);
    }

    private static void assertSameKeys(TrafficKeys expected, TrafficKeys actual) {
        assertArrayEquals(expected.cipherKey(), actual.cipherKey(), "cipher key");
        assertArrayEquals(expected.fixedIv(), actual.fixedIv(), "fixed IV");
        assertArrayEquals(expected.macKey(), actual.macKey(), "MAC key");
    }

    @ParameterizedTest
    @MethodSource("claimed")
    void refusesKeysOfAnotherLength(SealingParameters parameters) {
        for (int which = 0; which < 3; which++) {
            for (int change : new int[] {-16, -1, 1, 16}) {
                TrafficKeys right = keys(parameters, 1);
                byte[][] parts = {right.cipherKey(), right.fixedIv(), right.macKey()};
                if (parts[which].length + change < 0) {
                    continue;
                }
                parts[which] = Arrays.copyOf(parts[which], parts[which].length + change);
                TrafficKeys wrong = new TrafficKeys(parts[0], parts[1], parts[2]);
                Exception refused =
                        assertThrows(
                                Exception.class,
                                () -> factory().create(parameters, wrong).close(),
                                "part " + which + " longer by " + change);
                assertTrue(
                        refused instanceof IllegalArgumentException
                                || refused instanceof SealException,
                        refused.toString());
            }
        }
    }

    @ParameterizedTest
    @MethodSource("claimed")
    void printsNoKeys(SealingParameters parameters) throws Exception {
        TrafficKeys keys = keys(parameters, 1);
        List<Object> printed = new ArrayList<>(List.of(factory(), keys, parameters));
        RecordSealer sealer = factory().create(parameters, keys);
        printed.add(sealer);
        sealer.close();
        ByteBuffer nine = ByteBuffer.allocate(9);
        ByteBuffer dst = ByteBuffer.allocate(200);
        Throwable refused =
                assertThrows(Exception.class, () -> sealer.seal(0, 23, nine, 0, 9, 0, dst, 0));
        for (Throwable t = refused; t != null; t = t.getCause()) {
            printed.add(t);
        }
        for (byte[] key : new byte[][] {keys.cipherKey(), keys.fixedIv(), keys.macKey()}) {
            for (Object object : printed) {
                if (key.length > 0) {
                    assertNotIn(String.valueOf(object), key);
                }
            }
        }
    }

    private static void assertNotIn(String text, byte[] key) {
        String hex = HexFormat.of().formatHex(key);
        String plain = text.toLowerCase(Locale.ROOT).replaceAll("[^0-9a-f]", "");
        assertFalse(plain.contains(hex), text);
        String listed = Arrays.toString(key);
        assertFalse(text.contains(listed.substring(1, listed.length() - 1)), text);
        assertFalse(text.contains(Base64.getEncoder().withoutPadding().encodeToString(key)), text);
        assertFalse(text.contains(new String(key, StandardCharsets.ISO_8859_1)), text);
    }

    static final List<Rfc8448.Published> PUBLISHED = Rfc8448.RECORDS;

    @ParameterizedTest
    @FieldSource("PUBLISHED")
    void sealsTheRecordsOfRfc8448(Rfc8448.Published published) throws Exception {
        byte[] payload = published.payloadBytes();
        ByteBuffer record = ByteBuffer.allocate(published.recordBytes().length);
        try (TrafficKeys keys = published.keys();
                RecordSealer sealer = factory().create(Rfc8448.PARAMETERS, keys)) {
            record.put((byte) 23)
                    .putShort((short) 0x0303)
                    .putShort((short) sealer.bodyLength(payload.length, 0));
            sealer.seal(
                    published.sequence(),
                    published.contentType(),
                    ByteBuffer.wrap(payload),
                    0,
                    payload.length,
                    0,
                    record,
                    record.position());
        }
        assertEquals(
                HexFormat.of().formatHex(published.recordBytes()),
                HexFormat.of().formatHex(record.array()));
    }

    /** The same keys for the same seed, with the lengths that the suite's name tells. */
    public static TrafficKeys keys(SealingParameters parameters, long seed) {
        Random random = new Random(seed);
        byte[] cipherKey = new byte[ReferenceRecords.cipherKeyLength(parameters.suite())];
        byte[] fixedIv = new byte[ReferenceRecords.fixedIvLength(parameters)];
        byte[] macKey = new byte[ReferenceRecords.macKeyLength(parameters.suite())];
        random.nextBytes(cipherKey);
        random.nextBytes(fixedIv);
        random.nextBytes(macKey);
        return new TrafficKeys(cipherKey, fixedIv, macKey);
    }

    /** A sealer with the reference that has the same keys. The sealer's factory never sees more. */
    private final class Epoch implements AutoCloseable {
        private final SealingParameters parameters;
        private final long seed;
        private final RecordSealer sealer;
        private final ReferenceRecords reference;

        Epoch(SealingParameters parameters) throws SealException {
            this.parameters = parameters;
            this.seed = parameters.toString().hashCode();
            try (TrafficKeys keys = keys(parameters, seed)) {
                this.reference = new ReferenceRecords(reference(), parameters, keys);
                this.sealer = factory().create(parameters, keys);
            }
        }

        byte[] content(long sequence, int size) {
            byte[] content = new byte[size];
            new Random(seed + sequence).nextBytes(content);
            return content;
        }

        byte[] seal(long sequence, int contentType, byte[] content, int padding)
                throws SealException {
            ByteBuffer dst = ByteBuffer.allocate(sealer.bodyLength(content.length, padding));
            ByteBuffer src = ByteBuffer.wrap(content);
            sealer.seal(sequence, contentType, src, 0, content.length, padding, dst, 0);
            return dst.array();
        }

        void seal(long sequence, byte[] content, ByteBuffer dst, int dstIndex)
                throws SealException {
            sealer.seal(
                    sequence,
                    APPLICATION_DATA,
                    ByteBuffer.wrap(content),
                    0,
                    content.length,
                    0,
                    dst,
                    dstIndex);
        }

        /** Seals one record and compares every byte around and in it. */
        void check(long sequence, int contentType, int size, int padding, Placement placement)
                throws GeneralSecurityException {
            int dstIndex = 5;
            int srcIndex = placement.inPlace() ? dstIndex + sealer.plaintextOffset() : 11;
            check(sequence, contentType, size, padding, placement, srcIndex, dstIndex);
        }

        void check(
                long sequence,
                int contentType,
                int size,
                int padding,
                Placement placement,
                int srcIndex,
                int dstIndex)
                throws GeneralSecurityException {
            String row =
                    "%s, record %s, type %d, %d bytes, padding %d, %s, from %d to %d, seed %d"
                            .formatted(
                                    parameters,
                                    Long.toUnsignedString(sequence),
                                    contentType,
                                    size,
                                    padding,
                                    placement,
                                    srcIndex,
                                    dstIndex,
                                    seed);
            byte[] content = content(sequence, size);
            int bodyLength = reference.bodyLength(size, padding);
            assertEquals(bodyLength, sealer.bodyLength(size, padding), row);

            int dstEnd = dstIndex + bodyLength;
            int dstLimit = placement.inPlace() ? Math.max(dstEnd, srcIndex + size) : dstEnd;
            Region dst = placement.destination().region(dstLimit + 9);
            Region src = placement.inPlace() ? dst : placement.source().region(srcIndex + size + 7);
            src.view().put(srcIndex, content);
            dst.view().limit(dstLimit).position(2);
            ByteBuffer srcView = src.view();
            if (!placement.inPlace()) {
                srcView.limit(srcIndex + size).position(1);
            }
            if (placement.readOnly()) {
                srcView = srcView.asReadOnlyBuffer();
            }
            byte[] srcBefore = src.bytes();
            byte[] expected = dst.bytes();
            String srcState = state(srcView);
            String dstState = state(dst.view());

            ByteBuffer from = srcView;
            int written =
                    assertDoesNotThrow(
                            () ->
                                    sealer.seal(
                                            sequence,
                                            contentType,
                                            from,
                                            srcIndex,
                                            size,
                                            padding,
                                            dst.view(),
                                            dstIndex),
                            row);

            assertEquals(bodyLength, written, row);
            byte[] actual = dst.bytes();
            int at = dst.offset() + dstIndex;
            byte[] body = Arrays.copyOfRange(actual, at, at + bodyLength);
            byte[] wanted = reference.seal(sequence, contentType, content, padding, body);
            System.arraycopy(wanted, 0, expected, at, bodyLength);
            assertArrayEquals(expected, actual, () -> row + ": body from byte " + at);
            assertEquals(srcState, state(from), row + ": source");
            assertEquals(dstState, state(dst.view()), row + ": destination");
            if (!placement.inPlace()) {
                assertArrayEquals(srcBefore, src.bytes(), row + ": source");
            }
        }

        private static String state(ByteBuffer buffer) {
            ByteOrder order = buffer.order();
            return buffer + " " + order;
        }

        @Override
        public void close() {
            sealer.close();
        }
    }
}
