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
    /** For one cell, warm-up included. */
    public int cell(boolean first) {
        return (first ? firstWarmup : warmup) + iterations * iteration;
    }
}
