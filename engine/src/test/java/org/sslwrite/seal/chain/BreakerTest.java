package org.sslwrite.seal.chain;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.sslwrite.seal.BreakerState;

import java.time.Duration;

class BreakerTest {
    private static final Duration PAUSE = Duration.ofSeconds(30);

    private long now = Long.MAX_VALUE - 5; // a clock that overflows soon
    private final Breaker breaker = new Breaker(3, PAUSE, () -> now);

    @Test
    void opensAfterFailuresInARow() {
        assertFalse(breaker.failed("first"));
        assertFalse(breaker.failed("second"));
        assertTrue(breaker.admits());
        assertFalse(breaker.succeeded(), "it was not open");
        assertFalse(breaker.failed("first"));
        assertFalse(breaker.failed("second"));
        assertEquals(BreakerState.CLOSED, breaker.state());
        assertTrue(breaker.failed("CKR_DEVICE_ERROR"));
        assertEquals(BreakerState.OPEN, breaker.state());
        assertFalse(breaker.admits());
        assertTrue(breaker.isWaiting());
        assertEquals(
                "it failed 3 times, last: CKR_DEVICE_ERROR; tried again in 30 s",
                breaker.explanation());
    }

    @Test
    void admitsOneTrialAfterThePause() {
        open();
        now += PAUSE.toNanos() - 1;
        assertFalse(breaker.admits());
        now++;
        assertFalse(breaker.isWaiting());
        assertTrue(breaker.admits(), "the trial");
        assertEquals(BreakerState.HALF_OPEN, breaker.state());
        assertFalse(breaker.admits(), "one at a time");
    }

    @Test
    void trialThatSealsClosesIt() {
        open();
        now += PAUSE.toNanos();
        assertTrue(breaker.admits());
        assertTrue(breaker.succeeded());
        assertEquals(BreakerState.CLOSED, breaker.state());
        assertTrue(breaker.admits());
        assertFalse(breaker.failed("one failure is no row"));
    }

    @Test
    void trialThatFailsOpensItAnew() {
        open();
        now += PAUSE.toNanos();
        assertTrue(breaker.admits());
        now += 7;
        assertTrue(breaker.failed("still gone"));
        now += PAUSE.toNanos() - 1;
        assertFalse(breaker.admits());
        now++;
        assertTrue(breaker.admits());
    }

    @Test
    void trialThatNeverEndsIsFollowedByAnother() {
        open();
        now += PAUSE.toNanos();
        assertTrue(breaker.admits());
        now += PAUSE.toNanos();
        assertTrue(breaker.admits());
        assertFalse(breaker.admits());
    }

    @Test
    void lateFailuresOfOlderEpochsDoNotProlongThePause() {
        open();
        now += PAUSE.toNanos() - 1;
        assertFalse(breaker.failed("an epoch from before"));
        now++;
        assertTrue(breaker.admits());
    }

    @Test
    void refusesSettingsThatMakeNoSense() {
        assertThrows(IllegalArgumentException.class, () -> new Breaker(0, PAUSE));
        assertThrows(IllegalArgumentException.class, () -> new Breaker(1, Duration.ZERO));
        assertThrows(IllegalArgumentException.class, () -> new Breaker(1, Duration.ofSeconds(-1)));
    }

    private void open() {
        for (int i = 0; i < 3; i++) {
            breaker.failed("gone");
        }
        assertEquals(BreakerState.OPEN, breaker.state());
    }
}
