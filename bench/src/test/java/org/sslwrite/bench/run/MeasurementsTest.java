package org.sslwrite.bench.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;
import org.sslwrite.bench.engine.EngineName;
import org.sslwrite.bench.fork.Cell;
import org.sslwrite.bench.fork.Histograms;
import org.sslwrite.bench.fork.Measure;
import org.sslwrite.bench.result.Absent;
import org.sslwrite.bench.result.Latency;

import java.util.List;

/** What is kept, what is dropped, and what is not tried again. */
class MeasurementsTest {
    private static final Cell SMALL = new Cell(Measure.WRITE, Plan.MAIN, 64, true, 1);
    private static final Cell LARGE = new Cell(Measure.WRITE, Plan.MAIN, 16384, true, 1);
    private static final Cell LATENCY = new Cell(Measure.LATENCY, Plan.MAIN, 64, true, 1);
    private static final Job JOB = new Job(EngineName.JSSE, null, List.of(SMALL, LARGE));

    private final Measurements measurements = new Measurements();

    @Test
    void figuresOfWrongBytesAreDropped() {
        measurements.add(JOB, SMALL, List.of(1.0), 0);
        measurements.add(JOB, LARGE, List.of(2.0), 0);
        measurements.addWrong(JOB, SMALL, "other bytes");
        assertEquals(1, measurements.rows().size());
        assertEquals(16384, measurements.rows().getFirst().size());
        assertEquals(
                List.of("JSSE sealed wrong bytes (TLS_AES_128_GCM_SHA256, 64 bytes): other bytes"),
                measurements.wrong());
    }

    @Test
    void latenciesOfWrongBytesAreDropped() {
        measurements.add(JOB, LATENCY, histogram(500));
        measurements.addWrong(JOB, LATENCY, "other bytes");
        assertEquals(List.of(), measurements.latencies());
    }

    /** Those of a later round may lie beyond all that the first one's histogram had room for. */
    @Test
    void latenciesOfAllRoundsAreTogether() {
        measurements.add(JOB, LATENCY, histogram(500));
        measurements.add(JOB, LATENCY, histogram(3_000_000_000L));
        Latency both = measurements.latencies().getFirst();
        assertEquals(2, both.count());
        assertEquals(500, both.p50());
        assertEquals(3e9, both.max(), 3e6);
        assertEquals("TLS_AES_128_GCM_SHA256", both.suite());
    }

    /** As it comes from a JVM that measures. */
    private static Histogram histogram(long value) {
        Histogram histogram = new Histogram(3);
        histogram.recordValue(value);
        return Histograms.fromText(Histograms.toText(histogram));
    }

    @Test
    void cellThatFailedIsNotTriedAgain() {
        measurements.addAbsent(JOB, SMALL, "why");
        Job remaining = measurements.remaining(JOB);
        assertNotNull(remaining);
        assertEquals(List.of(LARGE), remaining.cells());
        measurements.addAbsent(JOB, LARGE, "why");
        assertNull(measurements.remaining(JOB));
        assertEquals(List.of(new Absent("JSSE, write", "why")), measurements.absent());
    }

    @Test
    void oneReasonStandsForSeveralCells() {
        measurements.addAbsent(JOB, SMALL, "refused; [server #1 @66944355] found no suite");
        measurements.addAbsent(JOB, LARGE, "refused; [server #1 @5c6f34ec] found no suite");
        assertEquals(
                List.of(new Absent("JSSE, write", "refused; found no suite")),
                measurements.absent());
    }

    @Test
    void engineThatIsAbsentIsNotTriedAgain() {
        measurements.addAbsent(JOB, "no library");
        assertNull(measurements.remaining(JOB));
        assertTrue(measurements.rows().isEmpty());
    }

    @Test
    void allocationIsTheMeanOfTheRounds() {
        measurements.add(JOB, SMALL, List.of(1.0), 10);
        measurements.add(JOB, SMALL, List.of(3.0), Double.NaN);
        measurements.add(JOB, SMALL, List.of(2.0), 20);
        assertEquals(15, measurements.rows().getFirst().allocated());
        assertEquals(List.of(1.0, 3.0, 2.0), measurements.rows().getFirst().samples());
    }
}
