package org.sslwrite.bench.result;

import java.util.Collection;

/** What a figure's samples come to. */
public final class Samples {
    private Samples() {}

    /** The mean; NaN of nothing. */
    public static double mean(Collection<Double> samples) {
        return samples.stream().mapToDouble(Double::doubleValue).average().orElse(Double.NaN);
    }

    /** Half of the samples lie below; NaN of nothing. */
    public static double median(Collection<Double> samples) {
        return quantile(samples, 0.5);
    }

    /** That part of the samples lies below, interpolated between two; NaN of nothing. */
    public static double quantile(Collection<Double> samples, double part) {
        double[] sorted = samples.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        if (sorted.length == 0) {
            return Double.NaN;
        }
        double place = part * (sorted.length - 1);
        int below = (int) place;
        int above = Math.min(below + 1, sorted.length - 1);
        return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
    }

    /** How far the middle half of the samples lies apart, as a part of the median. */
    public static double spread(Collection<Double> samples) {
        return (quantile(samples, 0.75) - quantile(samples, 0.25)) / median(samples);
    }
}
