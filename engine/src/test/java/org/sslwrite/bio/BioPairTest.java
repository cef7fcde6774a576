package org.sslwrite.bio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Random;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.FutureTask;
import java.util.stream.LongStream;

class BioPairTest {
    @Test
    void oneByteAtATime() throws IOException {
        BioPair pair = new BioPair(1, 1);
        Numbered written = new Numbered();
        Numbered read = new Numbered();
        for (int i = 0; i < 300; i++) {
            assertEquals(Bio.RETRY, pair.second().read(ByteBuffer.allocate(10)));
            assertEquals(1, pair.first().write(written.peek(10, false)));
            written.advance(1);
            assertEquals(Bio.RETRY, pair.first().write(written.peek(10, false)));
            ByteBuffer dst = ByteBuffer.allocate(10);
            assertEquals(1, pair.second().read(dst));
            read.verify(dst);
        }
    }

    @Test
    void eachSideHasItsOwnCapacity() throws IOException {
        BioPair pair = new BioPair(3, 5);
        assertEquals(3, pair.first().write(ByteBuffer.allocate(10)));
        assertEquals(5, pair.second().write(ByteBuffer.allocate(10)));
        assertEquals(5, pair.first().read(ByteBuffer.allocate(10)));
        assertEquals(3, pair.second().read(ByteBuffer.allocate(10)));

        BioPair usual = new BioPair();
        ByteBuffer large = ByteBuffer.allocate(100_000);
        assertEquals(BioPair.DEFAULT_CAPACITY, usual.first().write(large));
        assertEquals(BioPair.DEFAULT_CAPACITY, large.position());
        assertEquals(BioPair.DEFAULT_CAPACITY, usual.second().write(large));
    }

    @ParameterizedTest
    @CsvSource({"0, 1", "1, 0", "-1, 1", "1, -1"})
    void aCapacityOfNothingIsRefused(int first, int second) {
        assertThrows(IllegalArgumentException.class, () -> new BioPair(first, second));
    }

    /** Every start in a ring, with every length that fits. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 7, 16})
    void wrapsAroundAnywhere(int capacity) throws IOException {
        for (int start = 0; start < capacity; start++) {
            for (int length = 1; length <= capacity; length++) {
                BioPair pair = new BioPair(capacity, 1);
                if (start > 0) {
                    assertEquals(start, pair.first().write(ByteBuffer.allocate(start)));
                    assertEquals(start, pair.second().read(ByteBuffer.allocate(start)));
                }
                String row = "start " + start + ", length " + length;
                ByteBuffer src = new Numbered().peek(length, true);
                assertEquals(length, pair.first().write(src), row);
                ByteBuffer dst = ByteBuffer.allocate(length);
                assertEquals(length, pair.second().read(dst), row);
                new Numbered().verify(dst);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void closingASideEndsBothDirections(boolean closeFirst) throws IOException {
        BioPair pair = new BioPair();
        Bio closing = closeFirst ? pair.first() : pair.second();
        Bio other = closeFirst ? pair.second() : pair.first();
        assertEquals(2, closing.write(ByteBuffer.allocate(2)));
        assertEquals(3, other.write(ByteBuffer.allocate(3)));
        closing.close();
        closing.close();

        assertEquals(Bio.CLOSED, closing.write(ByteBuffer.allocate(1)));
        assertEquals(Bio.CLOSED, other.write(ByteBuffer.allocate(1)));
        assertEquals(Bio.RETRY, other.read(ByteBuffer.allocate(0)), "no room, but not the end");
        assertEquals(1, other.read(ByteBuffer.allocate(1)), "what is left");
        assertEquals(1, other.read(ByteBuffer.allocate(9)), "what is left");
        assertEquals(Bio.CLOSED, other.read(ByteBuffer.allocate(1)));
        assertEquals(3, closing.read(ByteBuffer.allocate(9)), "what was sent before");
        assertEquals(Bio.CLOSED, closing.read(ByteBuffer.allocate(1)));
        other.close();
    }

    private static LongStream seeds() {
        return LongStream.range(0, 30);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void anyInterleavingKeepsTheOrderBothWays(long seed) throws IOException {
        Random random = new Random(seed);
        int[] capacities = {1 + random.nextInt(40), 1 + random.nextInt(5000)};
        BioPair pair = new BioPair(capacities[0], capacities[1]);
        Bio[] sides = {pair.first(), pair.second()};
        Numbered[] written = {new Numbered(), new Numbered()};
        Numbered[] read = {new Numbered(), new Numbered()};
        int closedAt = 2500 + random.nextInt(1000);
        for (int step = 0; step < 4000; step++) {
            boolean closed = step > closedAt;
            if (step == closedAt) {
                sides[random.nextInt(2)].close();
                closed = true;
            }
            int side = random.nextInt(2);
            int from = 1 - side;
            int length = 1 + random.nextInt(2 * capacities[random.nextBoolean() ? side : from]);
            if (random.nextBoolean()) {
                int held = (int) (written[side].count() - read[side].count());
                int n = sides[side].write(written[side].peek(length, random.nextBoolean()));
                assertEquals(closed ? Bio.CLOSED : Math.min(length, capacities[side] - held), n);
                written[side].advance(Math.max(0, n));
            } else {
                int held = (int) (written[from].count() - read[from].count());
                ByteBuffer dst = ByteBuffer.allocate(length);
                int n = sides[side].read(dst);
                assertEquals(closed && held == 0 ? Bio.CLOSED : Math.min(length, held), n);
                read[from].verify(dst);
            }
        }
    }

    /** The ring has room for all, so the writer never waits, and neither spins for long. */
    @RepeatedTest(20)
    @Timeout(30)
    void oneThreadWritesWhileAnotherReads() throws Exception {
        int total = 100_000;
        BioPair pair = new BioPair(total, 1);
        CyclicBarrier start = new CyclicBarrier(2);
        FutureTask<Long> reader =
                new FutureTask<>(
                        () -> {
                            start.await();
                            return readToTheEnd(pair.second());
                        });
        Thread.ofPlatform().start(reader);
        start.await();
        Numbered written = new Numbered();
        while (written.count() < total) {
            int length = (int) Math.min(64, total - written.count());
            assertEquals(length, pair.first().write(written.peek(length, false)));
            written.advance(length);
        }
        pair.first().close();
        assertEquals(total, reader.get());
    }

    private static long readToTheEnd(Bio bio) throws IOException {
        Numbered read = new Numbered();
        ByteBuffer dst = ByteBuffer.allocate(64);
        for (int n = bio.read(dst); n != Bio.CLOSED; n = bio.read(dst.clear())) {
            if (n == Bio.RETRY) {
                Thread.yield();
            }
            read.verify(dst);
        }
        return read.count();
    }
}
