package org.sslwrite.bench.report;

import org.jspecify.annotations.Nullable;
import org.sslwrite.bench.report.Spread.Standing;
import org.sslwrite.bench.result.Row;

import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Ours against the best peer at one size, each in the buffer that it likes better.
 *
 * @param size bytes a write
 * @param ours our fastest; null if none was measured
 * @param peer the fastest other TLS library; null if none was measured
 */
record Duel(int size, @Nullable Row ours, @Nullable Row peer) {
    static Duel at(Cut cut, int size) {
        return new Duel(size, cut.best(size, Engine::ours), cut.best(size, Engine::peer));
    }

    /** Our throughput as a multiple of theirs. */
    Spread ratio() {
        return ours == null || peer == null
                ? Spread.UNKNOWN
                : Spread.throughput(ours).over(Spread.throughput(peer));
    }

    /** The fastest of the two; null if there is neither. */
    @Nullable Row fastest() {
        if (ours == null || peer == null) {
            return ours == null ? peer : ours;
        }
        return ratio().median() >= 1 ? ours : peer;
    }

    /** The figure that stands out. */
    String figure() {
        Row fastest = fastest();
        if (fastest == null) {
            return Units.NOTHING;
        }
        return ratio().known()
                ? Units.ratio(ratio().median())
                : Units.throughput(Spread.throughput(fastest).median());
    }

    /** What the figure means. */
    String words() {
        if (ours == null || peer == null) {
            return ours == peer
                    ? "Not measured."
                    : (peer == null ? "No peer was measured." : "Ours was not measured.");
        }
        Spread ratio = ratio();
        return switch (ratio.standing()) {
            case ABOVE ->
                    "Ours is fastest: %s times the throughput of the best peer."
                            .formatted(Units.times(ratio.median()));
            case LEVEL -> "Ours and the best peer are level: their spreads overlap.";
            case BELOW ->
                    "A peer is fastest: ours reaches %s of its throughput."
                            .formatted(Units.percent(ratio.median()));
        };
    }

    /** Both, with their times. */
    String times() {
        return Stream.of(ours, peer)
                .filter(Objects::nonNull)
                .map(row -> name(row) + ": " + time(row))
                .collect(Collectors.joining("; "));
    }

    /** For a sentence about several sizes. */
    static String standing(Standing standing) {
        return switch (standing) {
            case ABOVE -> "faster than the best peer";
            case LEVEL -> "level with the best peer";
            case BELOW -> "slower than the best peer";
        };
    }

    private static String name(Row row) {
        return Engine.bare(row.engine()) + ", " + (row.direct() ? "direct" : "heap");
    }

    private static String time(Row row) {
        return Units.time(Spread.of(row.samples()).median());
    }
}
