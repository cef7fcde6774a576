package org.sslwrite.bench.report;

import java.util.ArrayList;
import java.util.List;

/**
 * Values to places on the page.
 *
 * @param min value at {@code start}
 * @param max value at {@code end}
 * @param logarithmic whether equal ratios are equal distances
 * @param start place of the smallest
 * @param end place of the largest
 */
record Scale(double min, double max, boolean logarithmic, double start, double end) {
    Scale {
        if (!(min < max) || logarithmic && !(min > 0) || !Double.isFinite(max)) {
            throw new IllegalArgumentException(min + ".." + max);
        }
    }

    /** From nothing to a little above the largest. */
    static Scale linear(double largest, double start, double end) {
        return new Scale(0, largest > 0 ? largest * 1.06 : 1, false, start, end);
    }

    /** A little more than from the smallest to the largest. */
    static Scale logarithmic(double smallest, double largest, double start, double end) {
        double margin =
                Math.max(1.08, Math.exp(0.04 * Math.log(largest) - 0.04 * Math.log(smallest)));
        return new Scale(smallest / margin, largest * margin, true, start, end);
    }

    double at(double value) {
        double share =
                logarithmic
                        ? (Math.log(value) - Math.log(min)) / (Math.log(max) - Math.log(min))
                        : (value - min) / (max - min);
        return start + share * (end - start);
    }

    /** Round values, some five of them. */
    List<Double> ticks() {
        return logarithmic ? logarithmicTicks() : linearTicks();
    }

    private List<Double> linearTicks() {
        double rough = (max - min) / 5;
        double power = Math.pow(10, Math.floor(Math.log10(rough)));
        double step =
                power
                        * (rough / power > 5
                                ? 10
                                : rough / power > 2 ? 5 : rough / power > 1 ? 2 : 1);
        List<Double> ticks = new ArrayList<>();
        for (long i = (long) Math.ceil(min / step); i * step <= max; i++) {
            ticks.add(i * step);
        }
        return ticks;
    }

    private List<Double> logarithmicTicks() {
        double decades = Math.log10(max) - Math.log10(min);
        double[] digits = decades < 2 ? new double[] {1, 2, 5} : new double[] {1};
        int every = (int) Math.ceil(decades / 7);
        List<Double> ticks = new ArrayList<>();
        for (int e = (int) Math.floor(Math.log10(min)); Math.pow(10, e) <= max; e++) {
            for (double digit : digits) {
                double tick = digit * Math.pow(10, e);
                if (tick >= min && tick <= max && Math.floorMod(e, every) == 0) {
                    ticks.add(tick);
                }
            }
        }
        return ticks;
    }
}
