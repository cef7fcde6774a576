package org.sslwrite.record;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class RecordSizingTest {
    private static final long IDLE = 1_000_000_000;

    private long now = Long.MAX_VALUE - 10; // a clock that overflows soon

    @Test
    void connectionIsIdleAtFirstAndAfterASecond() {
        RecordSizing pace = new RecordSizing(IDLE, false, () -> now);
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
        RecordSizing pace = new RecordSizing(RecordSizing.NEVER, true, () -> now);
        assertFalse(pace.begin());
        now += Long.MAX_VALUE;
        assertFalse(pace.begin());
        assertEquals(16384, pace.limit(16384));
    }

    @Test
    void recordsAreSmallAfterIdlenessUntilTheyHaveProvenAStream() {
        RecordSizing pace = new RecordSizing(IDLE, true, () -> now);
        pace.begin();
        int small = 0;
        while (pace.limit(16384) == RecordSizing.SMALL_FRAGMENT) {
            pace.sealed(RecordSizing.SMALL_FRAGMENT);
            small++;
        }
        assertEquals(Math.ceilDiv(RecordSizing.SMALL_BYTES, RecordSizing.SMALL_FRAGMENT), small);
        assertEquals(16384, pace.limit(16384));
        pace.begin();
        assertEquals(16384, pace.limit(16384), "it was not idle");
        now += IDLE;
        pace.begin();
        assertEquals(RecordSizing.SMALL_FRAGMENT, pace.limit(16384));
        assertEquals(512, pace.limit(512), "never above what was negotiated");
    }
}
