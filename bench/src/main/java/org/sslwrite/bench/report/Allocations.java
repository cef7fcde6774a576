package org.sslwrite.bench.report;

import org.sslwrite.bench.report.RowPlot.Item;
import org.sslwrite.bench.report.RowPlot.Mark;
import org.sslwrite.bench.report.RowPlot.Shape;
import org.sslwrite.bench.result.Row;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;

/** Heap that an operation leaves to the garbage collector. */
record Allocations(Findings findings) {
    Markup draw() {
        Cut cut = findings.chief();
        List<Integer> sizes = cut.headlineSizes();
        Markup figures = new Markup();
        int drawn = 0;
        for (boolean direct : List.of(true, false)) {
            List<Row> rows = sizes.isEmpty() ? List.of() : rows(cut, sizes.getLast(), direct);
            if (!rows.isEmpty()) {
                figures.add(figure(cut, rows, direct));
                drawn++;
            }
        }
        if (drawn == 0) {
            return new Markup();
        }
        return new Markup()
                .open("section", "aria-labelledby", "allocation")
                .element("h2", "Allocation", "id", "allocation")
                .element(
                        "p",
                        "Bytes of heap allocated by one write: less is better, since the garbage"
                                + " collector pays for it later. Measured by the gc profiler; "
                                + cut.words()
                                + ".")
                .open("div", "class", "grid")
                .add(figures)
                .close()
                .close();
    }

    /** With the least first. */
    private static List<Row> rows(Cut cut, int size, boolean direct) {
        return cut.rows().stream()
                .filter(row -> row.size() == size && row.direct() == direct)
                .filter(row -> row.allocated() >= 0 && Double.isFinite(row.allocated()))
                .filter(row -> !Engine.of(row).yardstick())
                .sorted(Comparator.comparingDouble(Row::allocated))
                .toList();
    }

    private Markup figure(Cut cut, List<Row> rows, boolean direct) {
        List<Item> items = rows.stream().map(this::item).toList();
        String buffer = direct ? "from a direct buffer" : "from a heap array";
        String title = "A write of " + Units.size(rows.getFirst().size()) + " " + buffer;
        RowPlot plot =
                new RowPlot(
                        "Bytes of heap allocated: " + title.toLowerCase(java.util.Locale.ROOT),
                        "bytes allocated a write",
                        false,
                        v -> Units.trimmed(Units.allocation(v)),
                        false,
                        items);
        String id = "allocation-" + (direct ? "direct" : "heap");
        return new Figure(id, title, words(rows), plot, Figure.BOTH, table(cut, direct)).draw();
    }

    private static String words(List<Row> rows) {
        List<String> nothing =
                rows.stream()
                        .filter(row -> row.allocated() < 0.5)
                        .map(row -> Engine.bare(row.engine()))
                        .toList();
        Row most = rows.getLast();
        String least =
                nothing.isEmpty()
                        ? "None gets by without."
                        : "Nothing by " + Text.list(nothing) + ".";
        return most.allocated() < 0.5
                ? least
                : least
                        + " Most: "
                        + Engine.bare(most.engine())
                        + ", "
                        + Units.allocation(most.allocated())
                        + ".";
    }

    private Item item(Row row) {
        String words = row.engine() + ": " + Units.allocation(row.allocated());
        return new Item(
                row.engine(),
                Units.allocation(row.allocated()),
                Objects.requireNonNull(findings.looks().get(Engine.of(row))),
                List.of(new Mark(row.allocated(), Shape.DOT, words)),
                true);
    }

    private static Table table(Cut cut, boolean direct) {
        List<List<String>> rows = new ArrayList<>();
        for (Engine engine : cut.engines()) {
            List<String> row = new ArrayList<>(List.of(engine.name()));
            for (int size : cut.sizes()) {
                Row cell = cut.row(engine, size, direct);
                row.add(cell == null ? Units.NOTHING : Units.allocation(cell.allocated()));
            }
            rows.add(row);
        }
        return new Table(
                "Bytes allocated a write, by bytes written",
                Table.bySize("Engine", cut.sizes()),
                rows);
    }
}
