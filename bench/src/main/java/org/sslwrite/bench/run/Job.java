package org.sslwrite.bench.run;

import org.jspecify.annotations.Nullable;
import org.sslwrite.bench.engine.EngineName;
import org.sslwrite.bench.fork.Cell;
import org.sslwrite.bench.fork.Measure;
import org.sslwrite.bench.fork.Timing;

import java.util.List;
import java.util.Set;

/**
 * Cells of one engine that one process measures.
 *
 * @param token for an engine that needs one
 * @param cells some; none for a job that is done
 */
record Job(EngineName engine, @Nullable BenchToken token, List<Cell> cells) {
    /** Milliseconds that a JVM needs until it measures, and to end. */
    static final int STARTUP = 1100;

    /** Milliseconds of {@code openssl speed}, which knows whole seconds only. */
    static final int SECOND = 1050;

    /** Without some of its cells. */
    Job without(Set<Cell> some) {
        return new Job(engine, token, cells.stream().filter(cell -> !some.contains(cell)).toList());
    }

    /** What people call the engine. */
    String name() {
        return engine.display(token == null ? null : token.name());
    }

    /** For a person who waits. */
    String title() {
        Cell first = cells.getFirst();
        String threads = first.threads() == 1 ? "" : ", threads";
        return "%s: %s, %s%s"
                .formatted(name(), first.measure(), first.direct() ? "direct" : "heap", threads);
    }

    /** Milliseconds that it should take. */
    int estimate(Timing timing) {
        if (engine == EngineName.OPENSSL_SPEED) {
            return cells.size() * SECOND;
        }
        return (engine.isProgram() ? 0 : STARTUP) + measuring(timing);
    }

    /** The part of it that the timing decides. */
    int measuring(Timing timing) {
        if (engine == EngineName.OPENSSL_SPEED) {
            return 0;
        }
        if (engine.isProgram()) {
            return cells.size() * (timing.iterations() + 1) * timing.iteration();
        }
        int time = 0;
        for (Cell cell : cells) {
            time +=
                    cell.measure() == Measure.LATENCY
                            ? timing.iterations() * timing.iteration() * 3 / 2
                            : timing.cell(cell == cells.getFirst());
        }
        return time;
    }
}
