package org.sslwrite.bench.run;

import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;
import org.sslwrite.bench.fork.Cell;
import org.sslwrite.bench.fork.Measure;
import org.sslwrite.bench.result.Absent;
import org.sslwrite.bench.result.Latency;
import org.sslwrite.bench.result.Row;
import org.sslwrite.bench.result.Row.Kind;
import org.sslwrite.bench.result.Samples;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What was found so far, of all rounds together. Safe for use by several threads. */
final class Measurements {
    private record Key(String engine, Cell cell) {}

    private static final class Figures {
        private final Kind kind;
        private final List<Double> samples = new ArrayList<>();
        private final List<Double> allocated = new ArrayList<>();

        Figures(Kind kind) {
            this.kind = kind;
        }
    }

    private final Map<Key, Figures> figures = new LinkedHashMap<>();
    private final Map<Key, Histogram> histograms = new LinkedHashMap<>();
    private final Set<Key> failed = new LinkedHashSet<>();
    private final Set<String> gone = new LinkedHashSet<>();
    private final Set<Absent> absent = new LinkedHashSet<>();
    private final List<String> wrong = new ArrayList<>();

    synchronized void add(Job job, Cell cell, List<Double> samples, double allocated) {
        Figures its =
                figures.computeIfAbsent(
                        new Key(job.name(), cell), key -> new Figures(job.engine().kind()));
        its.samples.addAll(samples);
        if (!Double.isNaN(allocated)) {
            its.allocated.add(allocated);
        }
    }

    synchronized void add(Job job, Cell cell, Histogram latencies) {
        Key key = new Key(job.name(), cell);
        Histogram before = histograms.putIfAbsent(key, latencies);
        if (before != null) {
            before.add(latencies);
        }
    }

    /** An engine that is not measured at all. */
    synchronized void addAbsent(Job job, String reason) {
        gone.add(job.name());
        absent.add(new Absent(job.name(), reason));
    }

    /** Cells of an engine that are not measured; one reason may stand for several. */
    synchronized void addAbsent(Job job, Cell cell, String reason) {
        if (failed.add(new Key(job.name(), cell))) {
            String what = cell.suite() == Plan.MAIN ? cell.measure() + "" : cell.suite().name();
            // Bouncy Castle says which of its objects has refused: another each time.
            String same = reason.replaceAll("\\[[^\\[\\]]*@[0-9a-f]+\\] ", "");
            absent.add(new Absent(job.name() + ", " + what, same));
        }
    }

    /** A cell whose figures are worth nothing. */
    synchronized void addWrong(Job job, Cell cell, String reason) {
        Key key = new Key(job.name(), cell);
        figures.remove(key);
        histograms.remove(key);
        addAbsent(job, cell, "wrong bytes: " + reason);
        wrong.add(
                "%s sealed wrong bytes (%s, %d bytes): %s"
                        .formatted(job.name(), cell.suite(), cell.size(), reason));
    }

    /** Cells of a job that are worth trying. */
    synchronized @Nullable Job remaining(Job job) {
        if (gone.contains(job.name())) {
            return null;
        }
        List<Cell> cells =
                job.cells().stream()
                        .filter(cell -> !failed.contains(new Key(job.name(), cell)))
                        .toList();
        return cells.isEmpty() ? null : new Job(job.engine(), job.token(), cells);
    }

    synchronized List<Row> rows() {
        List<Row> rows = new ArrayList<>();
        figures.forEach(
                (key, its) -> {
                    Cell cell = key.cell;
                    Row.Subject subject = cell.measure().subject();
                    if (subject != null) {
                        rows.add(
                                new Row(
                                        subject,
                                        key.engine,
                                        its.kind,
                                        cell.suite().name(),
                                        cell.suite().version().toString(),
                                        cell.size(),
                                        cell.direct(),
                                        cell.threads(),
                                        List.copyOf(its.samples),
                                        Samples.mean(its.allocated)));
                    }
                });
        return rows;
    }

    synchronized List<Latency> latencies() {
        List<Latency> latencies = new ArrayList<>();
        histograms.forEach(
                (key, histogram) -> {
                    if (key.cell.measure() == Measure.LATENCY && histogram.getTotalCount() > 0) {
                        latencies.add(
                                new Latency(
                                        key.engine,
                                        key.cell.suite().name(),
                                        key.cell.size(),
                                        key.cell.direct(),
                                        histogram.getValueAtPercentile(50),
                                        histogram.getValueAtPercentile(99),
                                        histogram.getValueAtPercentile(99.9),
                                        histogram.getMaxValue(),
                                        histogram.getTotalCount()));
                    }
                });
        return latencies;
    }

    synchronized List<Absent> absent() {
        return List.copyOf(absent);
    }

    /** Of engines that sealed wrong bytes; any fails the run. */
    synchronized List<String> wrong() {
        return List.copyOf(wrong);
    }
}
