package org.sslwrite.record;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sslwrite.kit.Data;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/** Sealed bytes in the order of sealing, and the buffers that hold them. */
@Timeout(30)
class OutputBufferTest {
    private static final int SIZE = 100;

    private final BufferPool pool = new BufferPool(SIZE);
    private final OutputBuffer output = new OutputBuffer(pool);

    private void add(byte[] bytes) {
        output.claim(bytes.length).put(output.tail(), bytes);
        output.commit(bytes.length);
    }

    private byte[] take(int n) {
        ByteBuffer waiting = output.waiting();
        byte[] taken = new byte[Math.min(n, waiting.remaining())];
        waiting.get(taken);
        output.taken();
        return taken;
    }

    @Test
    void whatIsClaimedIsNotVisibleBeforeItIsCommitted() {
        output.claim(10).put(output.tail(), new byte[10]);
        assertTrue(output.isEmpty());
        assertEquals(0, output.pending());
        assertEquals(0, output.waiting().remaining());
        output.commit(10);
        assertFalse(output.isEmpty());
        assertEquals(10, output.waiting().remaining());
    }

    @Test
    void emptyOneHasNothingToTake() {
        assertTrue(output.isEmpty());
        assertThrows(IllegalStateException.class, output::waiting);
        output.taken();
        output.release();
        assertTrue(output.isEmpty());
    }

    @Test
    void roomIsTheBuffersUntilItIsAllTaken() {
        assertTrue(output.hasRoom(SIZE));
        assertFalse(output.hasRoom(SIZE + 1));
        add(Data.bytes(60));
        assertTrue(output.hasRoom(40));
        assertFalse(output.hasRoom(41));
        take(59);
        assertFalse(output.hasRoom(41), "what waits stays where it is");
        take(1);
        assertTrue(output.hasRoom(SIZE));
    }

    @Test
    void growsWhereItMustAndShrinksAgain() {
        byte[] first = Data.bytes(90);
        byte[] second = Data.bytes(150);
        add(first);
        byte[] head = take(30);
        ByteBuffer before = output.claim(1);
        add(second);
        assertNotSame(before, output.claim(1));
        assertEquals(60 + 150, output.pending());
        byte[] all = Data.join(head, take(1000));
        assertArrayEquals(Data.join(first, second), all);
        assertTrue(output.isEmpty());
        assertEquals(SIZE, output.claim(1).capacity(), "a grown buffer is not kept");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 5, 13, 64, 69})
    void contentOfTheFirstRecordIsAligned(int contentOffset) {
        output.alignContentAt(contentOffset);
        for (int i = 0; i < 3; i++) {
            ByteBuffer buffer = output.claim(1);
            assertEquals(0, buffer.alignmentOffset(output.tail() + contentOffset, 64));
            add(Data.bytes(10));
            assertEquals(10, output.pending());
            assertEquals(10, output.waiting().remaining());
            if (i == 0) {
                output.waiting().position(output.waiting().limit());
                output.taken();
            } else {
                output.release();
            }
            assertTrue(output.isEmpty());
        }
    }

    @Test
    void whatWaitsStaysWhereItIs() {
        byte[] bytes = Data.bytes(10);
        add(bytes);
        output.alignContentAt(5);
        byte[] waiting = new byte[10];
        output.waiting().get(waiting);
        assertArrayEquals(bytes, waiting);
    }

    @Test
    void pooledBufferIsUsedAgain() {
        add(Data.bytes(10));
        ByteBuffer used = output.claim(1);
        assertTrue(used.isDirect());
        output.release();
        assertTrue(output.isEmpty());
        OutputBuffer other = new OutputBuffer(pool);
        assertSame(used, other.claim(1));
        assertEquals(0, other.tail());
        assertEquals(0, other.pending(), "nothing of the connection before");
    }

    @Test
    void poolKeepsOnlyItsOwnSizeAndNotTooMany() {
        BufferPool small = new BufferPool(10);
        ByteBuffer stranger = ByteBuffer.allocateDirect(11);
        small.give(stranger);
        assertNotSame(stranger, small.take());
        List<ByteBuffer> given = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            ByteBuffer buffer = ByteBuffer.allocateDirect(10);
            given.add(buffer);
            small.give(buffer);
        }
        int kept = 0;
        for (int i = 0; i < 200; i++) {
            ByteBuffer buffer = small.take();
            if (given.stream().anyMatch(g -> g == buffer)) {
                kept++;
            }
        }
        assertTrue(kept >= 1 && kept <= 64, () -> "an idle pool is bounded");
    }

    @Test
    void poolNeverGivesABufferToTwo() throws Exception {
        BufferPool shared = new BufferPool(10);
        Set<Integer> held = ConcurrentHashMap.newKeySet();
        List<Future<?>> users = new ArrayList<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
            for (int t = 0; t < 4; t++) {
                users.add(
                        threads.submit(
                                () -> {
                                    for (int i = 0; i < 2000; i++) {
                                        ByteBuffer buffer = shared.take();
                                        // The identity, not the content, which is equal for all.
                                        if (!held.add(System.identityHashCode(buffer))) {
                                            throw new AssertionError("given twice");
                                        }
                                        held.remove(System.identityHashCode(buffer));
                                        shared.give(buffer);
                                    }
                                }));
            }
            for (Future<?> user : users) {
                user.get(20, TimeUnit.SECONDS);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void againstAModel(long seed) {
        Random random = new Random(seed);
        ByteArrayOutputStream in = new ByteArrayOutputStream();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int i = 0; i < 2000; i++) {
            if (random.nextBoolean()) {
                byte[] bytes = Data.bytes(random.nextInt(70));
                add(bytes);
                in.writeBytes(bytes);
            } else if (!output.isEmpty()) {
                out.writeBytes(take(random.nextInt(120)));
            }
            assertEquals(in.size() - out.size(), output.pending(), "seed " + seed + ", step " + i);
        }
        while (!output.isEmpty()) {
            out.writeBytes(take(13));
        }
        Data.assertSame(in.toByteArray(), out.toByteArray(), "seed " + seed);
    }
}
