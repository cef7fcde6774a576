package org.sslwrite.record;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sslwrite.kit.Data;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** The bytes of a write, across pieces of every size and kind, against a plain array. */
@Timeout(30)
class PlaintextTest {
    private static final ByteBuffer NONE = ByteBuffer.allocate(0);

    private final Plaintext plaintext = new Plaintext();

    private static byte[] gathered(Plaintext plaintext, long start, int length) {
        ByteBuffer dst = ByteBuffer.allocate(length + 4);
        plaintext.gather(start, length, dst, 2);
        assertEquals(0, dst.position(), "positions are absolute");
        return Arrays.copyOfRange(dst.array(), 2, 2 + length);
    }

    @Test
    void oneBuffer() {
        ByteBuffer src = ByteBuffer.wrap(Data.bytes(20), 5, 10);
        plaintext.set(src);
        assertEquals(10, plaintext.total());
        assertEquals(1, plaintext.count());
        assertSame(src, plaintext.piece(0));
        assertSame(src, plaintext.pieceWith(3, 7));
        assertEquals(8, plaintext.indexInPiece(3));
        assertArrayEquals(Arrays.copyOfRange(Data.bytes(20), 8, 12), gathered(plaintext, 3, 4));
        assertEquals(5, src.position());
        plaintext.advance(4);
        assertEquals(9, src.position());
        assertEquals(15, src.limit());
        plaintext.clear();
        assertEquals(0, plaintext.total());
    }

    @Test
    void aRangeOfSeveral() {
        ByteBuffer[] srcs = {
            ByteBuffer.wrap(new byte[] {1}),
            ByteBuffer.wrap(new byte[] {2, 3}),
            NONE,
            ByteBuffer.wrap(new byte[] {4})
        };
        plaintext.set(srcs, 1, 3);
        assertEquals(3, plaintext.total());
        assertEquals(3, plaintext.count());
        assertSame(srcs[1], plaintext.piece(0));
        assertSame(srcs[1], plaintext.pieceWith(0, 2));
        assertNull(plaintext.pieceWith(1, 2));
        assertSame(srcs[3], plaintext.pieceWith(2, 1));
        assertEquals(0, plaintext.indexInPiece(2));
        assertArrayEquals(new byte[] {2, 3, 4}, gathered(plaintext, 0, 3));
        plaintext.advance(2);
        assertEquals(List.of(0, 2, 0, 0), Arrays.stream(srcs).map(ByteBuffer::position).toList());
    }

    @Test
    void nothingAtAll() {
        plaintext.set(new ByteBuffer[0], 0, 0);
        assertEquals(0, plaintext.total());
        assertEquals(0, plaintext.count());
        plaintext.advance(0);
        plaintext.set(new ByteBuffer[] {NONE, NONE}, 0, 2);
        assertEquals(0, plaintext.total());
    }

    @Test
    void moreThanAnIntCanCount() {
        // Two views of one large buffer, so that the heap need not hold what they add up to.
        ByteBuffer large = ByteBuffer.allocate(1 << 20);
        ByteBuffer[] srcs = new ByteBuffer[3000];
        Arrays.setAll(srcs, i -> large.duplicate());
        plaintext.set(srcs, 0, srcs.length);
        long total = 3000L << 20;
        assertEquals(total, plaintext.total());
        assertSame(srcs[2999], plaintext.pieceWith(total - 1, 1));
        assertEquals((1 << 20) - 1, plaintext.indexInPiece(total - 1));
        plaintext.advance(total);
        assertEquals(0, srcs[2999].remaining());
    }

    @Test
    void sameBufferTwiceIsItsBytesTwice() {
        // As the JDK's gathering channels have it.
        ByteBuffer src = ByteBuffer.wrap(new byte[] {1, 2});
        plaintext.set(new ByteBuffer[] {src, src}, 0, 2);
        assertEquals(4, plaintext.total());
        assertArrayEquals(new byte[] {1, 2, 1, 2}, gathered(plaintext, 0, 4));
        plaintext.advance(4);
        assertEquals(2, src.position());
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void againstAModel(long seed) {
        Random random = new Random(seed);
        for (int round = 0; round < 200; round++) {
            String where = "seed " + seed + ", round " + round;
            byte[] model = new byte[random.nextInt(400)];
            random.nextBytes(model);
            ByteBuffer[] srcs = cut(model, random);
            int[] positions = Arrays.stream(srcs).mapToInt(ByteBuffer::position).toArray();
            plaintext.set(srcs, 1, srcs.length - 2);
            assertEquals(model.length, plaintext.total(), where);
            for (int i = 0; i < 20 && model.length > 0; i++) {
                int start = random.nextInt(model.length);
                int length = 1 + random.nextInt(model.length - start);
                byte[] wanted = Arrays.copyOfRange(model, start, start + length);
                assertArrayEquals(wanted, gathered(plaintext, start, length), where);
                ByteBuffer one = plaintext.pieceWith(start, length);
                if (one != null) {
                    byte[] found = new byte[length];
                    one.get(plaintext.indexInPiece(start), found);
                    assertArrayEquals(wanted, found, where);
                }
            }
            assertArrayEquals(
                    positions,
                    Arrays.stream(srcs).mapToInt(ByteBuffer::position).toArray(),
                    where + ": moved");
            int moved = model.length == 0 ? 0 : random.nextInt(model.length + 1);
            plaintext.advance(moved);
            assertArrayEquals(Arrays.copyOfRange(model, moved, model.length), rest(srcs), where);
        }
    }

    /** The model in pieces, some empty, of several kinds, with a stranger before and behind. */
    private static ByteBuffer[] cut(byte[] model, Random random) {
        List<ByteBuffer> pieces = new ArrayList<>(List.of(ByteBuffer.wrap(new byte[] {99})));
        int at = 0;
        while (at < model.length || random.nextInt(3) > 0) {
            int n = Math.min(model.length - at, random.nextInt(60));
            int lead = random.nextInt(5);
            ByteBuffer piece =
                    random.nextBoolean()
                            ? ByteBuffer.allocate(lead + n + 3)
                            : ByteBuffer.allocateDirect(lead + n + 3);
            piece.put(lead, model, at, n).position(lead).limit(lead + n);
            pieces.add(
                    switch (random.nextInt(3)) {
                        case 0 -> piece.slice();
                        case 1 -> piece.asReadOnlyBuffer();
                        default -> piece;
                    });
            at += n;
        }
        pieces.add(ByteBuffer.wrap(new byte[] {98}));
        return pieces.toArray(ByteBuffer[]::new);
    }

    private static byte[] rest(ByteBuffer[] srcs) {
        byte[] all = new byte[0];
        for (int i = 1; i < srcs.length - 1; i++) {
            byte[] left = new byte[srcs[i].remaining()];
            srcs[i].get(srcs[i].position(), left);
            all = Data.join(all, left);
        }
        return all;
    }
}
