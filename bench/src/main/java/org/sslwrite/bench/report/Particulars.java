package org.sslwrite.bench.report;

import org.sslwrite.bench.report.Table.Column;
import org.sslwrite.bench.result.Absent;
import org.sslwrite.bench.result.Row;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** What was measured, on what, and every figure. */
record Particulars(Findings findings) {
    Markup draw() {
        return new Markup().add(engines()).add(environment()).add(data());
    }

    private Markup engines() {
        List<Absent> absent = findings.results().absent();
        if (findings.looks().isEmpty() && absent.isEmpty()) {
            return new Markup();
        }
        Markup html =
                new Markup()
                        .open("section", "aria-labelledby", "engines")
                        .element("h2", "Engines and peers", "id", "engines")
                        .open("dl");
        for (Map.Entry<Engine, Look> entry : findings.looks().entrySet()) {
            html.open("div")
                    .open("dt")
                    .add(entry.getValue().swatch())
                    .element("bdi", entry.getKey().name())
                    .close()
                    .element("dd", Engine.words(entry.getKey().kind()))
                    .close();
        }
        html.close();
        if (!absent.isEmpty()) {
            html.element("h3", "Not measured").open("dl");
            absent.forEach(a -> pair(html, a.engine(), a.reason()));
            html.close();
        }
        return html.close().newline();
    }

    private Markup environment() {
        Map<String, String> environment = findings.results().environment();
        if (environment.isEmpty()) {
            return new Markup();
        }
        Markup html =
                new Markup()
                        .open("section", "aria-labelledby", "environment")
                        .element("h2", "Environment", "id", "environment")
                        .open("dl");
        environment.forEach((name, value) -> pair(html, name, value));
        return html.close().close().newline();
    }

    private static void pair(Markup html, String name, String value) {
        html.open("div").element("dt", name).element("dd", value).close();
    }

    private Markup data() {
        List<Row> rows = findings.results().rows();
        if (rows.isEmpty()) {
            return new Markup();
        }
        return new Markup()
                .open("section", "aria-labelledby", "data")
                .element("h2", "Every figure", "id", "data")
                .element(
                        "p",
                        "Time is nanoseconds an operation of one thread; throughput is that of all"
                                + " threads together.")
                .add(table(rows).folded("All " + Text.count(rows.size(), "row")))
                .close();
    }

    private static Table table(List<Row> rows) {
        Stream<Column> words =
                Stream.of("Engine", "What", "Suite", "Version", "Buffer").map(Column::word);
        Stream<Column> figures =
                Stream.of(
                                "Bytes",
                                "Threads",
                                "Median ns",
                                "Fastest ns",
                                "Slowest ns",
                                "Samples",
                                "Throughput",
                                "Allocated")
                        .map(Column::figure);
        return new Table(
                "Every figure",
                Stream.concat(words, figures).toList(),
                rows.stream().map(Particulars::row).toList());
    }

    private static List<String> row(Row row) {
        Spread time = Spread.of(row.samples());
        List<String> cells = new ArrayList<>();
        cells.add(row.engine());
        cells.add(what(row));
        cells.add(row.suite());
        cells.add(row.version());
        cells.add(row.direct() ? "direct" : "heap");
        cells.add(String.valueOf(row.size()));
        cells.add(String.valueOf(row.threads()));
        cells.add(Units.digits(time.median()));
        cells.add(Units.digits(time.low()));
        cells.add(Units.digits(time.high()));
        cells.add(String.valueOf(row.samples().size()));
        cells.add(Units.throughput(Spread.throughput(row).median()));
        cells.add(Units.allocation(row.allocated()));
        return cells;
    }

    private static String what(Row row) {
        if (Engine.of(row).yardstick()) {
            return "yardstick";
        }
        return switch (row.subject()) {
            case SEALER -> "bare sealer";
            case WRITE -> "write";
            case TCP -> "write over TCP";
        };
    }
}
