package org.sslwrite.softhsm.failure;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.sslwrite.kit.Data;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * A connection that sends data, with a token that breaks in between.
 *
 * @param result of the call in which the token was broken, or of the first after that
 * @param bytes what the caller wanted to be sent
 * @param intact how many of them were sealed before the token broke
 * @param mark where on the wire the application data begins
 */
record Delivery(Talk talk, Moment moment, long result, byte[] bytes, int intact, int mark) {
    private static final int WHOLE_RECORD = 16384;
    private static final int RECORDS_BEFORE = 3;
    private static final int LONG = 110_000;
    private static final int SHORT = 20_000;

    /** The first piece of a gathered write ends within the fourth record. */
    private static final int FIRST_PIECE = RECORDS_BEFORE * WHOLE_RECORD + 5000;

    /** Sends, and breaks the token at that moment. */
    static Delivery of(Talk talk, Moment moment, WatchedSealers sealers, Runnable breaking) {
        if (!moment.isAfterHandshake()) {
            return inHandshake(talk, moment, sealers, breaking);
        }
        talk.handshake();
        int mark = talk.transport().mark();
        byte[] data = Data.bytes(LONG);
        return switch (moment) {
            case FIRST_RECORD -> {
                breaking.run();
                long n = talk.ssl().write(ByteBuffer.wrap(data));
                yield new Delivery(talk, moment, n, data, 0, mark);
            }
            case MIDDLE_OF_WRITE, GATHERED_WRITE -> {
                sealers.before(RECORDS_BEFORE + 1, breaking);
                long n = talk.ssl().write(pieces(data, moment));
                yield new Delivery(talk, moment, n, data, RECORDS_BEFORE * WHOLE_RECORD, mark);
            }
            default -> afterAWrite(talk, moment, breaking, mark);
        };
    }

    private static ByteBuffer[] pieces(byte[] data, Moment moment) {
        return moment == Moment.MIDDLE_OF_WRITE
                ? new ByteBuffer[] {ByteBuffer.wrap(data)}
                : new ByteBuffer[] {
                    ByteBuffer.wrap(data, 0, FIRST_PIECE),
                    ByteBuffer.wrap(data, FIRST_PIECE, data.length - FIRST_PIECE)
                };
    }

    private static Delivery inHandshake(
            Talk talk, Moment moment, WatchedSealers sealers, Runnable breaking) {
        if (moment == Moment.IN_HANDSHAKE) {
            sealers.before(1, breaking);
        } else {
            breaking.run();
        }
        byte[] data = Data.bytes(SHORT);
        int shaken = talk.shakeHands();
        int mark = talk.transport().mark();
        long n = shaken == 1 ? talk.ssl().write(ByteBuffer.wrap(data)) : shaken;
        return new Delivery(talk, moment, n, data, 0, mark);
    }

    private static Delivery afterAWrite(Talk talk, Moment moment, Runnable breaking, int mark) {
        byte[] before = Data.bytes(SHORT);
        assertEquals(SHORT, talk.ssl().write(ByteBuffer.wrap(before)));
        if (moment == Moment.KEY_UPDATE) {
            assertEquals(1, talk.ssl().keyUpdate(false));
        }
        breaking.run();
        byte[] after = Data.bytes(LONG);
        long n = talk.ssl().write(ByteBuffer.wrap(after));
        return new Delivery(talk, moment, n, Data.join(before, after), SHORT, mark);
    }

    /** What of the data the peer must have received if nothing was sealed after the token broke. */
    byte[] intactBytes() {
        return Arrays.copyOf(bytes, intact);
    }

    /** What {@link #result} is if the call succeeded. */
    long whole() {
        return bytes.length - (intact == SHORT ? SHORT : 0);
    }
}
