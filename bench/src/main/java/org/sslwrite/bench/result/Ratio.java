package org.sslwrite.bench.result;

import org.jspecify.annotations.Nullable;

/**
 * Ours against another, larger is better for us.
 *
 * @param name as in {@code write_16k_direct_vs_best_peer}
 * @param value of the medians; NaN if it could not be measured
 * @param low the slower quartiles' of ours against the faster of the other's
 * @param high the faster quartiles' of ours against the slower of the other's
 * @param ours whose time is below
 * @param other whose time is above, as in {@code JSSE, heap}
 * @param note why it is missing, or what makes it unfair; null if nothing does
 */
public record Ratio(
        String name,
        double value,
        double low,
        double high,
        String ours,
        String other,
        @Nullable String note) {}
