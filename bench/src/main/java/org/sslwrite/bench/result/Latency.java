package org.sslwrite.bench.result;

/**
 * How long single records took.
 *
 * @param engine as in {@link Row}
 * @param suite as in {@link Row}
 * @param size bytes of plaintext
 * @param direct whether they lay in a direct buffer
 * @param p50 nanoseconds, the median
 * @param p99 nanoseconds
 * @param p999 nanoseconds
 * @param max nanoseconds
 * @param count records measured
 */
public record Latency(
        String engine,
        String suite,
        int size,
        boolean direct,
        double p50,
        double p99,
        double p999,
        double max,
        long count) {}
