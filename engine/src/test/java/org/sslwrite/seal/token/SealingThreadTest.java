package org.sslwrite.seal.token;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.sslwrite.pkcs11.TokenException;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;

@Timeout(60)
class SealingThreadTest {
    private static final Duration SHORT = Duration.ofMillis(50);

    private static List<SealingThread> takeAll(SealingThread.Pool pool) throws TokenException {
        List<SealingThread> taken = new ArrayList<>();
        for (int i = 0; i < SealingThread.Pool.MOST; i++) {
            taken.add(pool.take());
        }
        return taken;
    }

    @Test
    void whoFindsNoneInTimeIsToldSo() throws Exception {
        SealingThread.Pool pool = new SealingThread.Pool("the token", SHORT);
        List<SealingThread> taken = takeAll(pool);
        TokenException e = assertThrows(TokenException.class, pool::take);
        assertEquals("the token: not tried, for 256 calls are under way already", e.getMessage());
        pool.give(taken.getFirst());
        assertSame(taken.getFirst(), pool.take());
    }

    @Test
    void whoFindsNoneWaitsForOne() throws Exception {
        SealingThread.Pool pool = new SealingThread.Pool("the token", Duration.ZERO);
        List<SealingThread> taken = takeAll(pool);
        FutureTask<SealingThread> waiting = new FutureTask<>(pool::take);
        Thread thread = Thread.ofPlatform().start(waiting);
        while (thread.getState() != Thread.State.TIMED_WAITING) {
            Thread.onSpinWait();
        }
        thread.interrupt(); // changes nothing
        pool.give(taken.getFirst());
        assertSame(taken.getFirst(), waiting.get());
    }
}
