package org.sslwrite.bench.fork;

/**
 * How long cells take, in milliseconds.
 *
 * @param firstWarmup before the first cell of a JVM is measured
 * @param warmup before each other
 * @param iteration one measurement of a cell
 * @param iterations measurements of a cell
 */
public record Timing(int firstWarmup, int warmup, int iteration, int iterations) {
    /** All of it times a factor; nothing becomes nothing. */
    public Timing times(double factor) {
        return new Timing(
                scaled(firstWarmup, factor),
                scaled(warmup, factor),
                scaled(iteration, factor),
                iterations);
    }

    private static int scaled(int milliseconds, double factor) {
        return Math.max(1, (int) (milliseconds * factor));
    }

    /** For one cell, warm-up included. */
    public int cell(boolean first) {
        return (first ? firstWarmup : warmup) + iterations * iteration;
    }
}
