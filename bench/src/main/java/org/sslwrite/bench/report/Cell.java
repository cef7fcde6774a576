package org.sslwrite.bench.report;

import org.sslwrite.bench.result.Row;
import org.sslwrite.bench.result.Row.Subject;

/** What makes two rows the same measurement: all but the figures. */
record Cell(
        Subject subject,
        String suite,
        String version,
        Engine engine,
        int size,
        boolean direct,
        int threads) {
    static Cell of(Row row) {
        return new Cell(
                row.subject(),
                row.suite(),
                row.version(),
                Engine.of(row),
                row.size(),
                row.direct(),
                row.threads());
    }

    /** Of what the cells of a group have in common. */
    String group() {
        return switch (subject) {
                    case SEALER -> "sealer";
                    case WRITE -> "write";
                    case TCP -> "write over TCP";
                }
                + ", "
                + suite
                + ", "
                + version;
    }

    String buffer() {
        return direct ? "direct" : "heap";
    }

    @Override
    public String toString() {
        return "%s: %s, %s, %s, %s"
                .formatted(
                        group(),
                        engine.name(),
                        Units.size(size),
                        buffer(),
                        Text.count(threads, "thread"));
    }
}
