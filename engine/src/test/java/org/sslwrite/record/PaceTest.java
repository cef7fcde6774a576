package org.sslwrite.record;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class PaceTest {
    private static final long IDLE = 1_000_000_000;

    private long now = Long.MAX_VALUE - 10; // a clock that overflows soon

    @Test
    void connectionIsIdleAtFirstAndAfterASecond() {
        Pace pace = new Pace(IDLE, false, () -> now);
        assertTrue(pace.begin());
        assertFalse(pace.begin());
        now += IDLE - 1;
        assertFalse(pace.begin());
        now += IDLE;
        assertTrue(pace.begin());
        assertEquals(16384, pace.limit(16384), "sizes stay as they are");
    }

    @Test
    void noConnectionIsEverIdleIfThatIsAskedFor() {
        Pace pace = new Pace(Pace.NEVER, true, () -> now);
        assertFalse(pace.begin());
        now += Long.MAX_VALUE;
        assertFalse(pace.begin());
        assertEquals(16384, pace.limit(16384));
    }

    @Test
    void recordsAreSmallAfterIdlenessUntilTheyHaveProvenAStream() {
        Pace pace = new Pace(IDLE, true, () -> now);
        pace.begin();
        int small = 0;
        while (pace.limit(16384) == Pace.SMALL_FRAGMENT) {
            pace.sealed(Pace.SMALL_FRAGMENT);
            small++;
        }
        assertEquals(Math.ceilDiv(Pace.SMALL_BYTES, Pace.SMALL_FRAGMENT), small);
        assertEquals(16384, pace.limit(16384));
        pace.begin();
        assertEquals(16384, pace.limit(16384), "it was not idle");
        now += IDLE;
        pace.begin();
        assertEquals(Pace.SMALL_FRAGMENT, pace.limit(16384));
        assertEquals(512, pace.limit(512), "never above what was negotiated");
    }
}
