package org.sslwrite.record;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.sslwrite.kit.Data;
import org.sslwrite.kit.WireTap;
import org.sslwrite.kit.WireTap.TlsRecord;
import org.sslwrite.seal.SealException;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Fragmenting, the order on the wire, and what is visible of it. */
@Timeout(30)
class RecordWriterTest {
    private final MockSealer sealer = new MockSealer();
    private final BufferPool pool = RecordWriter.poolForBatchesOf(64 * 1024);
    private final Plaintext source = new Plaintext();

    private RecordWriter writer(int fragment) {
        RecordWriter writer =
                new RecordWriter(
                        pool, fragment, RecordSizing.NEVER, false, new ContextSealingStatistics());
        writer.activate(sealer.tls13());
        return writer;
    }

    private static byte[] output(RecordWriter writer) {
        if (!writer.hasOutput()) {
            return new byte[0];
        }
        ByteBuffer waiting = writer.output();
        byte[] bytes = new byte[waiting.remaining()];
        waiting.get(bytes);
        writer.outputTaken();
        return bytes;
    }

    /** The content of the mock's records. */
    private static byte[] content(byte[] wire) {
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        for (TlsRecord record : WireTap.records(wire)) {
            content.write(wire, record.start() + 13, record.length() - MockSealer.OVERHEAD);
        }
        return content.toByteArray();
    }

    @Tag("F4")
    @ParameterizedTest(name = "{0} bytes, fragments of {1}: {2} records, the last of {3}")
    @CsvSource({
        "1, 512, 1, 1",
        "511, 512, 1, 511",
        "512, 512, 1, 512",
        "513, 512, 2, 1",
        "1536, 512, 3, 512",
        "16384, 16384, 1, 16384",
        "16385, 16384, 2, 1",
        "200000, 16384, 13, 3392",
    })
    void everyRecordButTheLastIsFull(int size, int fragment, int records, int last)
            throws SealException {
        RecordWriter writer = writer(fragment);
        source.set(ByteBuffer.wrap(Data.bytes(size)));
        List<Integer> lengths = new ArrayList<>();
        long sealed = 0;
        while (sealed < size) {
            int n = writer.sealNext(source, sealed);
            lengths.add(n);
            sealed += n;
        }
        assertEquals(records, lengths.size());
        assertTrue(lengths.subList(0, records - 1).stream().allMatch(n -> n == fragment));
        assertEquals(last, lengths.getLast());
        assertEquals(records, writer.account().records());
        assertEquals(size, writer.account().bytes());
        Data.assertSame(Data.bytes(size), content(output(writer)), "content");
        assertFalse(writer.hasOutput());
    }

    @Test
    void batchEndsWhereTheBufferDoes() throws SealException {
        RecordWriter writer = writer(16384);
        source.set(ByteBuffer.allocate(1_000_000));
        int records = 0;
        do {
            writer.sealNext(source, records * 16384L);
            records++;
        } while (writer.hasRoomFor(1_000_000 - records * 16384L));
        assertEquals(4, records, "64 kB and their overhead");
        assertTrue(writer.hasRoomFor(1), "a small record still fits");
        assertTrue(writer.pendingOutput() <= pool.size());
    }

    @Test
    void controlRecordsStandWhereTheyWereMade() throws SealException {
        RecordWriter writer = writer(512);
        source.set(ByteBuffer.wrap(Data.bytes(600)));
        byte[] alert = {21, 3, 3, 0, 2, 1, 0};
        writer.sealNext(source, 0);
        writer.claimControl(alert.length).put(alert);
        assertEquals(5 + 9 + 512, writer.pendingOutput(), "not visible before it is whole");
        writer.commitControl(alert.length);
        writer.sealNext(source, 512);
        byte[] wire = output(writer);
        List<TlsRecord> records = WireTap.records(wire);
        assertEquals(List.of(23, 21, 23), records.stream().map(TlsRecord::type).toList());
        TlsRecord second = records.get(1);
        Data.assertSame(alert, Arrays.copyOfRange(wire, second.start(), second.end()), "the alert");
    }

    @Test
    void controlRecordsMayOutgrowTheBuffer() throws SealException {
        RecordWriter writer = writer(16384);
        source.set(ByteBuffer.wrap(Data.bytes(65536)));
        for (int i = 0; i < 4; i++) {
            writer.sealNext(source, i * 16384L);
        }
        byte[] head = new byte[1000];
        writer.output().get(head);
        writer.outputTaken();
        byte[] large = Data.bytes(20_000);
        writer.claimControl(large.length).put(large);
        writer.commitControl(large.length);
        byte[] rest = output(writer);
        int records = 4 * (5 + 9 + 16384);
        byte[] all = Data.join(head, rest);
        Data.assertSame(Data.bytes(65536), content(Arrays.copyOf(all, records)), "the records");
        Data.assertSame(
                large, Arrays.copyOfRange(all, records, all.length), "what came behind them");
    }

    @Tag("W19")
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void nothingOfAFailedRecordIsVisible(boolean gathered) throws SealException {
        RecordWriter writer = writer(512);
        byte[] data = Data.bytes(2000);
        if (gathered) {
            source.set(
                    new ByteBuffer[] {
                        ByteBuffer.wrap(data, 0, 700), ByteBuffer.wrap(data, 700, 1300)
                    },
                    0,
                    2);
        } else {
            source.set(ByteBuffer.wrap(data));
        }
        writer.sealNext(source, 0);
        int visible = writer.pendingOutput();
        SealException failure = new SealException("told to fail", null);
        sealer.failWith(failure);
        assertSame(failure, assertThrows(SealException.class, () -> writer.sealNext(source, 512)));
        sealer.failWith(null);
        assertThrows(SealException.class, () -> writer.sealNext(source, 512));
        assertEquals(visible, writer.pendingOutput());
        assertEquals(1, writer.account().records());
        assertEquals(512, writer.account().bytes());
        byte[] wire = output(writer);
        assertEquals(1, WireTap.records(wire).size());
        Data.assertSame(Arrays.copyOf(data, 512), content(wire), "the first record");
    }

    @Test
    void plaintextThatWasGatheredForAFailedRecordIsWiped() throws SealException {
        RecordWriter writer = writer(512);
        byte[] data = Data.bytes(400);
        source.set(
                new ByteBuffer[] {ByteBuffer.wrap(data, 0, 100), ByteBuffer.wrap(data, 100, 300)},
                0,
                2);
        sealer.failWith(new SealException("told to fail", null));
        assertThrows(SealException.class, () -> writer.sealNext(source, 0));
        ByteBuffer buffer = writer.claimControl(1000).position(0);
        byte[] left = new byte[1000];
        buffer.get(left);
        for (int at = 0; at + 8 < 1000; at++) {
            assertFalse(
                    Arrays.equals(left, at, at + 8, data, 100, 108),
                    "plaintext in the output buffer");
        }
    }

    @Test
    void withoutKeysNothingIsSealed() {
        RecordWriter writer =
                new RecordWriter(
                        pool, 512, RecordSizing.NEVER, false, new ContextSealingStatistics());
        source.set(ByteBuffer.allocate(10));
        assertNull(writer.epoch());
        assertNull(writer.choice());
        assertThrows(IllegalStateException.class, () -> writer.sealNext(source, 0));
        assertThrows(IllegalStateException.class, () -> writer.hasRoomFor(1));
    }

    @Test
    void newKeysCountFromZero() throws SealException {
        RecordWriter writer = writer(512);
        source.set(ByteBuffer.allocate(2000));
        writer.sealNext(source, 0);
        writer.sealNext(source, 512);
        MockSealer next = new MockSealer();
        writer.activate(next.tls13());
        writer.sealNext(source, 1024);
        assertEquals(
                List.of(0L, 1L), sealer.asked().stream().map(MockSealer.Asked::sequence).toList());
        assertEquals(List.of(0L), next.asked().stream().map(MockSealer.Asked::sequence).toList());
        assertEquals(3, writer.account().records());
    }

    @Test
    void limitCanOnlyBeLowered() {
        RecordWriter writer = writer(4096);
        writer.limitFragment(16384);
        assertEquals(4096, writer.fragmentLimit());
        writer.limitFragment(512);
        assertEquals(512, writer.fragmentLimit());
        writer.limitFragment(1024);
        assertEquals(512, writer.fragmentLimit());
    }

    @Test
    void droppedAndClosedOutputIsGone() throws SealException {
        RecordWriter writer = writer(512);
        source.set(ByteBuffer.allocate(100));
        writer.sealNext(source, 0);
        writer.dropOutput();
        assertFalse(writer.hasOutput());
        assertEquals(0, writer.pendingOutput());
        writer.sealNext(source, 0);
        assertEquals(
                1, sealer.asked().getLast().sequence(), "a dropped record's number is used up");
        writer.close();
        writer.close();
        assertFalse(writer.hasOutput());
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void randomPiecesThroughRandomTakes(long seed) throws SealException {
        Random random = new Random(seed);
        RecordWriter writer = writer(512 + random.nextInt(15_000));
        byte[] data = Data.bytes(100_000 + random.nextInt(50_000));
        List<ByteBuffer> pieces = new ArrayList<>();
        for (int at = 0; at < data.length; ) {
            int n = Math.min(data.length - at, random.nextInt(30_000));
            pieces.add(ByteBuffer.wrap(data, at, n));
            at += n;
        }
        source.set(pieces.toArray(ByteBuffer[]::new), 0, pieces.size());
        ByteArrayOutputStream wire = new ByteArrayOutputStream();
        long sealed = 0;
        while (sealed < data.length || writer.hasOutput()) {
            if (sealed < data.length && random.nextBoolean()) {
                sealed += writer.sealNext(source, sealed);
            } else if (writer.hasOutput()) {
                ByteBuffer waiting = writer.output();
                byte[] part = new byte[Math.min(waiting.remaining(), 1 + random.nextInt(20_000))];
                waiting.get(part);
                writer.outputTaken();
                wire.writeBytes(part);
            }
        }
        Data.assertSame(data, content(wire.toByteArray()), "seed " + seed);
    }
}
