package org.sslwrite.bench.report;

import org.sslwrite.bench.report.RowPlot.Item;
import org.sslwrite.bench.report.RowPlot.Mark;
import org.sslwrite.bench.report.RowPlot.Shape;
import org.sslwrite.bench.report.Table.Column;
import org.sslwrite.bench.result.Latency;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;

/** How long single records took: a line for each engine, a plot for each size. */
record Latencies(Findings findings) {
    private static final List<String> NAMES = List.of("p50", "p99", "p99.9", "slowest");

    Markup draw() {
        List<Latency> all =
                findings.results().latencies().stream()
                        .filter(l -> values(l).stream().allMatch(v -> v > 0 && v < 1e18))
                        .sorted(Comparator.comparingDouble(Latency::p50))
                        .toList();
        if (all.isEmpty()) {
            return new Markup();
        }
        Markup html =
                new Markup()
                        .open("section", "aria-labelledby", "latency")
                        .element("h2", "Latency of single records", "id", "latency")
                        .element(
                                "p",
                                "How long one record takes: further left is better. Throughput is"
                                        + " made of medians; what users notice are the slow ones"
                                        + " at the right. Each engine has its records from the"
                                        + " buffer that it likes better. The slowest are often the"
                                        + " machine's doing, such as a garbage collection or"
                                        + " another process, not the engine's.")
                        .add(legend())
                        .open("div", "class", "grid three");
        List<String> suites = all.stream().map(Latency::suite).distinct().toList();
        for (String suite : suites) {
            List<Latency> its = all.stream().filter(l -> l.suite().equals(suite)).toList();
            for (int size : new TreeSet<>(its.stream().map(Latency::size).toList())) {
                html.add(
                        figure(
                                "latency-" + suites.indexOf(suite) + "-" + size,
                                "Records of %s, %s".formatted(Units.size(size), suite),
                                its.stream().filter(l -> l.size() == size).toList()));
            }
        }
        return html.close().close();
    }

    private Markup figure(String id, String title, List<Latency> latencies) {
        List<Item> items = latencies.stream().map(this::item).toList();
        Latency first = latencies.getFirst();
        Latency steadiest =
                latencies.stream().min(Comparator.comparingDouble(Latency::p999)).orElse(first);
        String words =
                "Shortest median: %s with %s. Shortest p99.9: %s with %s."
                        .formatted(
                                Engine.bare(first.engine()),
                                Units.time(first.p50()),
                                Engine.bare(steadiest.engine()),
                                Units.time(steadiest.p999()));
        RowPlot plot =
                new RowPlot(
                        "Percentiles of the time of one record: " + title,
                        "time a record",
                        true,
                        v -> Units.trimmed(Units.time(v)),
                        false,
                        items);
        return new Figure(id, title, words, plot, Figure.ONE, table(latencies)).draw();
    }

    private Item item(Latency latency) {
        List<Shape> shapes = List.of(Shape.DOT, Shape.TICK, Shape.DIAMOND, Shape.RING);
        List<Double> values = values(latency);
        List<Mark> marks = new ArrayList<>();
        for (int i = 0; i < values.size(); i++) {
            String words = NAMES.get(i) + ": " + Units.time(values.get(i));
            marks.add(new Mark(values.get(i), shapes.get(i), words));
        }
        return new Item(
                name(latency),
                Units.time(latency.p50()),
                findings.look(latency.engine()),
                marks,
                false);
    }

    private static String name(Latency latency) {
        return latency.engine() + (latency.direct() ? ", direct" : ", heap");
    }

    private static Markup legend() {
        return new Markup()
                .open("ul", "class", "legend always")
                .add(entry(Shape.DOT, "median"))
                .add(entry(Shape.TICK, "p99: one in a hundred is slower"))
                .add(entry(Shape.DIAMOND, "p99.9: one in a thousand is slower"))
                .add(entry(Shape.RING, "the slowest"))
                .close();
    }

    private static Markup entry(Shape shape, String words) {
        String classes = "shape yardstick c0" + (shape == Shape.RING ? " ring" : "");
        return new Markup()
                .open("li")
                .open(
                        "svg",
                        "class",
                        "swatch",
                        "viewBox",
                        "0 0 12 12",
                        "width",
                        "12",
                        "height",
                        "12",
                        "aria-hidden",
                        "true")
                .empty("path", "class", classes, "d", "M6 6" + RowPlot.outline(shape))
                .close()
                .text(words)
                .close();
    }

    private static List<Double> values(Latency latency) {
        return List.of(latency.p50(), latency.p99(), latency.p999(), latency.max());
    }

    private static Table table(List<Latency> latencies) {
        List<Column> columns = new ArrayList<>(List.of(Column.word("Engine")));
        NAMES.forEach(name -> columns.add(Column.figure(name)));
        columns.add(Column.figure("Records"));
        List<List<String>> rows = new ArrayList<>();
        for (Latency latency : latencies) {
            List<String> row = new ArrayList<>(List.of(name(latency)));
            values(latency).forEach(value -> row.add(Units.time(value)));
            row.add(String.valueOf(latency.count()));
            rows.add(row);
        }
        return new Table("Latency percentiles", columns, rows);
    }
}
