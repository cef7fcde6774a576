package org.sslwrite.bench.fork;

import org.jspecify.annotations.Nullable;

import java.util.List;

/**
 * What became of a cell.
 *
 * @param cell its place in the order; {@link #ALL} if the engine cannot be had at all
 * @param samples nanoseconds an operation
 * @param allocated bytes an operation; NaN if unknown
 * @param histogram of latencies, as {@link Histograms} writes it; null if none was wanted
 * @param failure why there are no figures, for a person; null if there are
 * @param wrong whether wrong bytes were sealed
 */
public record Outcome(
        int cell,
        List<Double> samples,
        double allocated,
        @Nullable String histogram,
        @Nullable String failure,
        boolean wrong) {
    /** Stands for every cell of the order. */
    public static final int ALL = -1;

    static Outcome measured(int cell, List<Double> samples, double allocated) {
        return new Outcome(cell, samples, allocated, null, null, false);
    }

    static Outcome timed(int cell, String histogram) {
        return new Outcome(cell, List.of(), Double.NaN, histogram, null, false);
    }

    static Outcome failed(int cell, String failure, boolean wrong) {
        return new Outcome(cell, List.of(), Double.NaN, null, failure, wrong);
    }
}
