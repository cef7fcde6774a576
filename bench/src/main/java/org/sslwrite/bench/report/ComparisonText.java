package org.sslwrite.bench.report;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** A comparison for a terminal: a table for each group of cells, then what it comes to. */
final class ComparisonText {
    private static final String ROW = "  %-34s %8s %-6s %7s %9s %9s %8s %8s  %s";

    private final StringBuilder out = new StringBuilder();
    private final Comparison comparison;

    ComparisonText(Comparison comparison) {
        this.comparison = comparison;
        tables();
        ratios();
        list("Only in A", comparison.onlyFirst().stream().map(Cell::toString).toList());
        list("Only in B", comparison.onlySecond().stream().map(Cell::toString).toList());
        list("Allocated an operation; one figure a run, so not judged", allocations());
        list("Read with care", comparison.warnings());
        verdict();
    }

    @Override
    public String toString() {
        return out.toString();
    }

    private void tables() {
        Map<String, List<Change>> groups =
                comparison.changes().stream()
                        .collect(
                                Collectors.groupingBy(
                                        change -> change.cell().group(),
                                        LinkedHashMap::new,
                                        Collectors.toList()));
        groups.forEach(
                (group, changes) -> {
                    line(group);
                    line(
                            ROW, "engine", "size", "buffer", "threads", "A", "B", "change",
                            "spread", "");
                    changes.forEach(this::row);
                    line("");
                });
    }

    private void row(Change change) {
        Cell cell = change.cell();
        double spread = Math.max(change.before().width(), change.after().width());
        line(
                ROW,
                Text.shortened(Text.clean(cell.engine().name()), 34),
                Units.size(cell.size()),
                cell.buffer(),
                cell.threads(),
                Units.time(change.before().median()),
                Units.time(change.after().median()),
                percent(change),
                Units.percent(spread),
                comparison.real(change) ? mark(change) : "");
    }

    private void ratios() {
        if (comparison.ratios().isEmpty()) {
            return;
        }
        line("Ratios, larger is better for us; made of the cells above, so not judged");
        for (Comparison.RatioPair ratio : comparison.ratios()) {
            line(
                    "  %-40s %9s %9s",
                    Text.shortened(Text.clean(ratio.name()), 40),
                    Units.ratio(ratio.before()),
                    Units.ratio(ratio.after()));
        }
        line("");
    }

    private List<String> allocations() {
        return comparison.changes().stream()
                .filter(Change::allocatesOtherwise)
                .map(
                        change ->
                                "%s: %s, then %s"
                                        .formatted(
                                                change.cell(),
                                                Units.allocation(change.a().allocated()),
                                                Units.allocation(change.b().allocated())))
                .toList();
    }

    private void list(String title, List<String> items) {
        if (!items.isEmpty()) {
            line(title);
            items.forEach(item -> line("  %s", item));
            line("");
        }
    }

    private void verdict() {
        int compared = comparison.changes().size();
        int real = comparison.real();
        if (compared == 0) {
            line("The runs have no cell in common: nothing to compare.");
            return;
        }
        for (Change change : comparison.changes()) {
            if (comparison.real(change)) {
                line("REAL  %s: %s, %s", change.cell(), percent(change), mark(change));
            }
        }
        line(
                "%s in both runs: %s beyond noise.",
                Text.count(compared, "cell"),
                real == 0 ? "none differs" : real == 1 ? "1 differs" : real + " differ");
        line(
                "Beyond noise means: at least three samples each, apart by more than they lie apart"
                        + " among themselves, and medians that differ by more than %s%s.",
                Units.percent(comparison.noise().floor()),
                comparison.noise().raised()
                        ? ", twice what nine in ten cells of the peers stay within"
                        : "");
    }

    private static String percent(Change change) {
        double share = change.ratio() - 1;
        return (share >= 0 ? "+" : "") + Units.percent(share);
    }

    private static String mark(Change change) {
        return change.ratio() > 1 ? "slower" : "faster";
    }

    private void line(String format, Object... values) {
        String line = values.length == 0 ? format : String.format(Locale.ROOT, format, values);
        out.append(Text.clean(line).stripTrailing()).append('\n');
    }
}
