package org.sslwrite.bench.report;

import org.sslwrite.bench.result.Row;

/**
 * A cell that both runs have.
 *
 * @param a of the run to measure against
 * @param b of the other
 */
record Change(Cell cell, Row a, Row b) {
    /** Nanoseconds an operation. */
    Spread before() {
        return Spread.of(a.samples());
    }

    /** Nanoseconds an operation. */
    Spread after() {
        return Spread.of(b.samples());
    }

    /** Time of the second run as a multiple of the first's; NaN if one has no samples. */
    double ratio() {
        return after().median() / before().median();
    }

    /** Whether the bytes allocated differ by more than a profiler's rounding. */
    boolean allocatesOtherwise() {
        double difference = Math.abs(b.allocated() - a.allocated());
        return difference >= 16 && difference > 0.1 * Math.max(a.allocated(), b.allocated());
    }
}
