package org.sslwrite.bench.report;

import org.jspecify.annotations.Nullable;
import org.sslwrite.bench.result.Ratio;
import org.sslwrite.bench.result.Results;
import org.sslwrite.bench.result.Row;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * Two runs side by side. A difference is marked as real if it is beyond noise:
 *
 * <ul>
 *   <li>both runs have at least three samples of the cell;
 *   <li>their samples do not overlap, and the gap between them is wider than the samples of either
 *       run lie apart (three times as wide if one has fewer than five samples);
 *   <li>the medians differ by more than a tenth, or, where the peers' cells changed by much between
 *       the runs, by more than twice what nine in ten of those stayed within.
 * </ul>
 *
 * <p>Figures without samples, which are ratios and allocation, are shown and not judged.
 */
public final class Comparison {
    /** Of the environment: what always differs, and changes nothing. */
    private static final List<String> FLEETING =
            List.of(
                    "start",
                    "started",
                    "end",
                    "ended",
                    "time",
                    "date",
                    "took",
                    "duration",
                    "load",
                    "command",
                    "measuring",
                    "temperature");

    /** A ratio of both runs; NaN where a run lacks it. */
    record RatioPair(String name, double before, double after) {}

    private final List<Change> changes = new ArrayList<>();
    private final List<Cell> onlyFirst;
    private final List<Cell> onlySecond;
    private final List<RatioPair> ratios;
    private final List<String> warnings;
    private final Noise noise;

    private Comparison(Results a, Results b) {
        Map<Cell, Row> first = cells(a);
        Map<Cell, Row> second = cells(b);
        first.forEach(
                (cell, row) -> {
                    Row other = second.get(cell);
                    if (other != null) {
                        changes.add(new Change(cell, row, other));
                    }
                });
        onlyFirst = first.keySet().stream().filter(c -> !second.containsKey(c)).toList();
        onlySecond = second.keySet().stream().filter(c -> !first.containsKey(c)).toList();
        ratios = ratios(a, b);
        List<String> differing = differing(a.environment(), b.environment());
        // Another library or machine moves the peers too, which then say nothing about noise.
        noise = differing.isEmpty() ? Noise.of(changes) : Noise.unknown();
        warnings = warnings(a, b, differing);
    }

    /** Compares {@code a}, the one to measure against, with {@code b}. */
    public static Comparison of(Results a, Results b) {
        return new Comparison(a, b);
    }

    /** How many cells differ beyond noise. */
    public int real() {
        return (int) changes.stream().filter(this::real).count();
    }

    /** For a terminal, in lines that end with a line feed. */
    public String text() {
        return new ComparisonText(this).toString();
    }

    /**
     * For JSON: maps, lists, strings, numbers and booleans, and null for what was not measured.
     * Times are nanoseconds an operation.
     */
    public Map<String, Object> json() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("real", real());
        json.put("compared", changes.size());
        json.put("floor", noise.floor());
        json.put("warnings", warnings);
        json.put("changes", changes.stream().map(this::json).toList());
        json.put("only_a", onlyFirst.stream().map(Cell::toString).toList());
        json.put("only_b", onlySecond.stream().map(Cell::toString).toList());
        Map<String, Object> pairs = new LinkedHashMap<>();
        for (RatioPair ratio : ratios) {
            Map<String, Object> pair = new LinkedHashMap<>();
            pair.put("a", number(ratio.before));
            pair.put("b", number(ratio.after));
            pairs.put(ratio.name, pair);
        }
        json.put("ratios", pairs);
        return json;
    }

    List<Change> changes() {
        return changes;
    }

    List<Cell> onlyFirst() {
        return onlyFirst;
    }

    List<Cell> onlySecond() {
        return onlySecond;
    }

    List<RatioPair> ratios() {
        return ratios;
    }

    List<String> warnings() {
        return warnings;
    }

    Noise noise() {
        return noise;
    }

    boolean real(Change change) {
        return noise.real(change.a().samples(), change.b().samples());
    }

    private Map<String, Object> json(Change change) {
        Cell cell = change.cell();
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("subject", cell.subject().name().toLowerCase(Locale.ROOT));
        json.put("engine", cell.engine().name());
        json.put("suite", cell.suite());
        json.put("version", cell.version());
        json.put("size", cell.size());
        json.put("buffer", cell.buffer());
        json.put("threads", cell.threads());
        json.put("a_ns", number(change.before().median()));
        json.put("b_ns", number(change.after().median()));
        json.put("b_to_a", number(change.ratio()));
        json.put("real", real(change));
        json.put("a_allocated", number(change.a().allocated()));
        json.put("b_allocated", number(change.b().allocated()));
        return json;
    }

    private static @Nullable Double number(double value) {
        return Double.isFinite(value) ? value : null;
    }

    /** Rows of one cell, such as of several forks, become one. */
    private static Map<Cell, Row> cells(Results results) {
        Map<Cell, Row> cells = new LinkedHashMap<>();
        results.rows().forEach(row -> cells.merge(Cell.of(row), row, Comparison::together));
        return cells;
    }

    private static Row together(Row row, Row other) {
        List<Double> samples = new ArrayList<>(row.samples());
        samples.addAll(other.samples());
        return new Row(
                row.subject(),
                row.engine(),
                row.kind(),
                row.suite(),
                row.version(),
                row.size(),
                row.direct(),
                row.threads(),
                samples,
                Math.max(row.allocated(), other.allocated()));
    }

    private static List<RatioPair> ratios(Results a, Results b) {
        Map<String, Double> first = values(a);
        Map<String, Double> second = values(b);
        Set<String> names = new LinkedHashSet<>(first.keySet());
        names.addAll(second.keySet());
        return names.stream()
                .map(
                        name ->
                                new RatioPair(
                                        name,
                                        first.getOrDefault(name, Double.NaN),
                                        second.getOrDefault(name, Double.NaN)))
                .toList();
    }

    private static Map<String, Double> values(Results results) {
        Map<String, Double> values = new LinkedHashMap<>();
        for (Ratio ratio : results.ratios()) {
            values.put(ratio.name(), ratio.value());
        }
        return values;
    }

    /** What of the environment is not the same, and might matter. */
    private static List<String> differing(Map<String, String> a, Map<String, String> b) {
        Set<String> names = new LinkedHashSet<>(a.keySet());
        names.addAll(b.keySet());
        return names.stream()
                .filter(name -> !fleeting(name))
                .filter(name -> !Objects.equals(a.get(name), b.get(name)))
                .map(
                        name ->
                                "%s differs: A has %s, B has %s"
                                        .formatted(name, said(a.get(name)), said(b.get(name))))
                .toList();
    }

    private static boolean fleeting(String name) {
        List<String> words = List.of(name.toLowerCase(Locale.ROOT).split("[^a-z]+"));
        return FLEETING.stream().anyMatch(words::contains);
    }

    private static String said(@Nullable String value) {
        return value == null ? "nothing" : value;
    }

    private static List<String> warnings(Results a, Results b, List<String> differing) {
        List<String> warnings = new ArrayList<>(differing);
        if (!differing.isEmpty()) {
            warnings.add("The environments differ: a difference may be theirs, not the code's");
        }
        if (!a.complete() || !b.complete()) {
            warnings.add((a.complete() ? "B" : b.complete() ? "A" : "Each") + " was stopped early");
        }
        a.warnings().forEach(warning -> warnings.add("A: " + warning));
        b.warnings().forEach(warning -> warnings.add("B: " + warning));
        return warnings;
    }
}
