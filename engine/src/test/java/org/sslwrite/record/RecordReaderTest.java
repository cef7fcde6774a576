package org.sslwrite.record;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.sslwrite.kit.Data;
import org.sslwrite.record.RecordReader.Found;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;

/** Whole records out of bytes that come as they please; headers that are none are found at once. */
@Timeout(30)
class RecordReaderTest {
    private final RecordReader reader = new RecordReader();

    private void feed(String hex) {
        reader.room().put(HexFormat.of().parseHex(hex.replace(" ", "")));
    }

    @ParameterizedTest(name = "{0}: {1} in the handshake, {2} after it")
    @CsvSource({
        "'', NOTHING, NOTHING",
        "'16', NOTHING, NOTHING",
        "'16 03 01 00', NOTHING, NOTHING",
        "'16 03 01 00 02 01', NOTHING, WRONG_VERSION",
        "'16 03 01 00 02 01 02', RECORD, WRONG_VERSION",
        "'16 03 03 00 02 01', NOTHING, NOTHING",
        "'16 03 03 00 02 01 02', RECORD, RECORD",
        "'16 03 03 00 02 01 02 17 03', RECORD, RECORD",
        "'17 03 03 00 00', RECORD, RECORD",
        "'14 03 03 00 01 01', RECORD, RECORD",
        "'15 03 00 00 02 02 28', RECORD, WRONG_VERSION",
        "'13 03 03 00 00', UNKNOWN_TYPE, UNKNOWN_TYPE",
        "'18 03 03 00 00', UNKNOWN_TYPE, UNKNOWN_TYPE",
        "'80 03 03 00 00', UNKNOWN_TYPE, UNKNOWN_TYPE",
        "'ff 03 03 00 00', UNKNOWN_TYPE, UNKNOWN_TYPE",
        "'47 45 54 20 2f', WRONG_VERSION, WRONG_VERSION",
        "'16 02 03 00 00', WRONG_VERSION, WRONG_VERSION",
        "'16 04 03 00 00', WRONG_VERSION, WRONG_VERSION",
        "'17 03 03 48 00', NOTHING, NOTHING",
        "'17 03 03 48 01', TOO_LONG, TOO_LONG",
        "'17 03 03 ff ff', TOO_LONG, TOO_LONG",
    })
    void found(String hex, Found inHandshake, Found after) {
        feed(hex);
        assertEquals(inHandshake, reader.next(false));
        assertEquals(after, reader.next(true));
        assertEquals(hex.replace(" ", "").length() / 2, reader.available());
    }

    @Test
    void lengthCountsTheHeader() {
        feed("17 03 03 01 02");
        assertEquals(5 + 0x102, reader.length());
    }

    @Test
    void largestRecordFitsAndOneByteOfTheNextDoesNot() {
        byte[] record = new byte[5 + 16384 + 2048];
        System.arraycopy(new byte[] {23, 3, 3, 0x48, 0}, 0, record, 0, 5);
        ByteBuffer room = reader.room();
        assertEquals(record.length, room.remaining());
        room.put(record);
        assertEquals(Found.RECORD, reader.next(true));
        reader.consume(record.length);
        assertEquals(record.length, reader.room().remaining());
    }

    @Test
    void roomIsNeverGoneWhileARecordIsMissing() {
        byte[] small = {23, 3, 3, 0, 1, 9};
        for (int i = 0; i < 10_000; i++) {
            ByteBuffer room = reader.room();
            assertTrue(room.remaining() >= 5 + 16384 + 2048 - 5, "round " + i);
            room.put(small);
            room = reader.room();
            room.put(small, 0, 3);
            assertEquals(Found.RECORD, reader.next(true));
            reader.consume(6);
            assertEquals(Found.NOTHING, reader.next(true));
            reader.room().put(small, 3, 3);
            assertEquals(Found.RECORD, reader.next(true));
            reader.consume(6);
            assertEquals(0, reader.available());
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void everyCutOfAStream(long seed) {
        Random random = new Random(seed);
        ByteArrayOutputStream stream = new ByteArrayOutputStream();
        for (int i = 0; i < 200; i++) {
            int length = random.nextInt(10) == 0 ? random.nextInt(18_433) : random.nextInt(50);
            stream.writeBytes(
                    new byte[] {
                        (byte) (20 + random.nextInt(4)), 3, 3, (byte) (length >> 8), (byte) length
                    });
            stream.writeBytes(Data.bytes(length));
        }
        byte[] all = stream.toByteArray();
        ByteArrayOutputStream found = new ByteArrayOutputStream();
        int records = 0;
        for (int at = 0; at < all.length; ) {
            ByteBuffer room = reader.room();
            int n =
                    Math.min(
                            Math.min(all.length - at, room.remaining()),
                            1 + random.nextInt(random.nextBoolean() ? 7 : 9000));
            assertTrue(n > 0, "seed " + seed);
            room.put(all, at, n);
            at += n;
            while (reader.next(true) == Found.RECORD) {
                records++;
                found.writeBytes(
                        Arrays.copyOfRange(
                                reader.array(),
                                reader.offset(),
                                reader.offset() + reader.length()));
                reader.consume(reader.length());
            }
        }
        assertEquals(200, records, "seed " + seed);
        Data.assertSame(all, found.toByteArray(), "seed " + seed);
    }
}
