package org.sslwrite.bio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.ByteBuffer;
import java.util.Random;
import java.util.stream.LongStream;

class MemoryBioTest {
    @Test
    void anEmptyOneSaysRetryAndAClosedOneClosed() {
        MemoryBio bio = new MemoryBio();
        assertEquals(Bio.RETRY, bio.read(ByteBuffer.allocate(1)));
        bio.close();
        assertEquals(Bio.CLOSED, bio.read(ByteBuffer.allocate(1)));
        bio.close();
    }

    @Test
    void whatIsHeldCanBeReadAfterClosing() {
        MemoryBio bio = new MemoryBio();
        assertEquals(3, bio.write(ByteBuffer.wrap(new byte[] {1, 2, 3})));
        bio.close();
        assertEquals(Bio.CLOSED, bio.write(ByteBuffer.allocate(1)));
        assertEquals(3, bio.pending());

        ByteBuffer full = ByteBuffer.allocate(0);
        assertEquals(Bio.RETRY, bio.read(full), "no room to read into, but not the end either");

        ByteBuffer dst = ByteBuffer.allocate(2);
        assertEquals(2, bio.read(dst));
        assertEquals(1, bio.read(dst.clear()));
        assertEquals(3, dst.get(0));
        assertEquals(Bio.CLOSED, bio.read(dst.clear()));
        assertEquals(0, bio.pending());
    }

    @ParameterizedTest
    @CsvSource(
            useHeadersInDisplayName = true,
            textBlock =
                    """
                    limit, held, offered, taken
                    1,     0,    1,       1
                    1,     0,    2,       1
                    1,     1,    1,       0
                    100,   0,    100,     100
                    100,   0,    101,     100
                    100,   99,   5,       1
                    100,   100,  5,       0
                    5000,  4096, 5000,    904
                    """)
    void takesUpToItsLimit(int limit, int held, int offered, int taken) {
        MemoryBio bio = new MemoryBio(limit);
        if (held > 0) {
            assertEquals(held, bio.write(ByteBuffer.allocate(held)));
        }
        ByteBuffer src = ByteBuffer.allocate(offered);
        assertEquals(taken, bio.write(src));
        assertEquals(taken, src.position());
        assertEquals(held + taken, bio.pending());
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, Integer.MIN_VALUE})
    void aLimitOfNothingIsRefused(int limit) {
        assertThrows(IllegalArgumentException.class, () -> new MemoryBio(limit));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4095, 4096, 4097, 1_000_000, 5_000_000})
    void growsAsFarAsNeeded(int total) {
        MemoryBio bio = new MemoryBio();
        Numbered written = new Numbered();
        while (written.count() < total) {
            int piece = (int) Math.min(16389, total - written.count());
            assertEquals(piece, bio.write(written.peek(piece, false)));
            written.advance(piece);
        }
        assertEquals(total, bio.pending());
        ByteBuffer all = ByteBuffer.allocate(total + 1);
        assertEquals(total, bio.read(all));
        new Numbered().verify(all);
        assertEquals(Bio.RETRY, bio.read(all));
    }

    @Test
    void movesOnlyThePositions() {
        MemoryBio bio = new MemoryBio();
        ByteBuffer src = ByteBuffer.wrap(new byte[] {9, 1, 2, 9}).position(1).limit(3);
        assertEquals(2, bio.write(src));
        assertEquals(3, src.position());
        assertEquals(3, src.limit());
        ByteBuffer dst = ByteBuffer.allocate(8).position(3).limit(5);
        assertEquals(2, bio.read(dst));
        assertEquals(5, dst.position());
        assertEquals(ByteBuffer.wrap(new byte[] {0, 0, 0, 1, 2, 0, 0, 0}), dst.clear());
    }

    private static LongStream seeds() {
        return LongStream.range(0, 30);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void anyInterleavingKeepsTheOrder(long seed) {
        Random random = new Random(seed);
        int limit = seed % 3 == 0 ? 1 + random.nextInt(100) : 1 + random.nextInt(50_000);
        MemoryBio bio = new MemoryBio(limit);
        Numbered written = new Numbered();
        Numbered read = new Numbered();
        for (int step = 0; step < 3000; step++) {
            int length = 1 + random.nextInt(step % 50 == 0 ? 2 * limit : 1 + limit / 10);
            int held = (int) (written.count() - read.count());
            if (random.nextBoolean()) {
                int n = bio.write(written.peek(length, random.nextBoolean()));
                assertEquals(Math.min(length, limit - held), n);
                written.advance(n);
            } else {
                ByteBuffer dst = ByteBuffer.allocate(length);
                assertEquals(Math.min(length, held), bio.read(dst));
                read.verify(dst);
            }
            assertEquals(written.count() - read.count(), bio.pending());
        }
    }
}
