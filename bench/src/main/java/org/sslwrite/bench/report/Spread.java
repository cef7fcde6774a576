package org.sslwrite.bench.report;

import org.sslwrite.bench.result.Row;

import java.util.List;

/**
 * A figure and how far it wanders. NaN all three if nothing was measured.
 *
 * @param median the middle of the samples
 * @param low the smallest
 * @param high the largest
 */
record Spread(double median, double low, double high) {
    static final Spread UNKNOWN = new Spread(Double.NaN, Double.NaN, Double.NaN);

    /** Of samples; those that are no positive number count for nothing. */
    static Spread of(List<Double> samples) {
        double[] sorted =
                samples.stream()
                        .mapToDouble(Double::doubleValue)
                        .filter(s -> s > 0 && Double.isFinite(s))
                        .sorted()
                        .toArray();
        int n = sorted.length;
        return n == 0
                ? UNKNOWN
                : new Spread((sorted[(n - 1) / 2] + sorted[n / 2]) / 2, sorted[0], sorted[n - 1]);
    }

    /** Gigabytes a second of all threads of a row together. */
    static Spread throughput(Row row) {
        double bytes = (double) row.size() * row.threads();
        Spread time = of(row.samples());
        return new Spread(bytes / time.median, bytes / time.high, bytes / time.low);
    }

    /** This divided by that, at its smallest and largest. */
    Spread over(Spread that) {
        return new Spread(median / that.median, low / that.high, high / that.low);
    }

    boolean known() {
        return Double.isFinite(median);
    }

    /** From smallest to largest, as a share of the median. */
    double width() {
        return (high - low) / median;
    }

    /** Where a ratio stands against one. */
    Standing standing() {
        if (low > 1) {
            return Standing.ABOVE;
        }
        return high < 1 ? Standing.BELOW : Standing.LEVEL;
    }

    /** Against one: level if the spread reaches both sides. */
    enum Standing {
        ABOVE,
        LEVEL,
        BELOW
    }
}
