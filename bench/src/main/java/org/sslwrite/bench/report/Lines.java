package org.sslwrite.bench.report;

import org.sslwrite.bench.report.LinePlot.Point;
import org.sslwrite.bench.report.LinePlot.Series;
import org.sslwrite.bench.result.Row;
import org.sslwrite.bench.result.Row.Subject;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;

/** Throughput and time by size: a line for each engine, a plot for each kind of buffer. */
record Lines(Findings findings) {
    /** What is on the other axis. */
    private record Measure(
            String title, String unit, boolean logarithmic, Function<Row, Spread> of) {
        String words(double value) {
            return logarithmic ? Units.time(value) : Units.throughput(value);
        }
    }

    private static final Measure THROUGHPUT =
            new Measure("Throughput", "GB/s", false, Spread::throughput);
    private static final Measure TIME =
            new Measure("Time a write", "", true, row -> Spread.of(row.samples()));

    Markup throughput() {
        Cut chief = findings.chief();
        Markup html =
                new Markup()
                        .open("section", "aria-labelledby", "throughput")
                        .element("h2", "Throughput", "id", "throughput")
                        .element(
                                "p",
                                "How much plaintext an engine seals in a second: higher is better. "
                                        + subject(chief)
                                        + " A whisker reaches from the slowest sample to the"
                                        + " fastest. Writes above 16 KiB are several records.")
                        .add(panels(chief, THROUGHPUT, "throughput", Figure.BOTH));
        List<Cut> others = findings.others();
        List<Cut> open = others.stream().filter(this::open).toList();
        for (Cut cut : open) {
            html.element("h3", title(cut.subject()))
                    .element("p", subject(cut))
                    .add(panels(cut, THROUGHPUT, id(cut), Figure.BOTH));
        }
        List<Cut> folded = others.stream().filter(cut -> !open(cut)).toList();
        if (!folded.isEmpty()) {
            html.open("details", "class", "more")
                    .element(
                            "summary",
                            "Other suites and numbers of threads ("
                                    + Text.count(folded.size(), "cut")
                                    + ")");
            for (Cut cut : folded) {
                html.element("h3", title(cut.subject()) + ": " + cut.words())
                        .add(panels(cut, THROUGHPUT, id(cut), Figure.ONE));
            }
            html.close();
        }
        return html.close();
    }

    Markup time() {
        return new Markup()
                .open("section", "aria-labelledby", "time")
                .element("h2", "Time a write", "id", "time")
                .element(
                        "p",
                        "The same samples as time, on logarithmic axes: lower is better. The left"
                                + " end shows what a record costs before its first byte, the slope"
                                + " what each byte costs. "
                                + subject(findings.chief()))
                .add(panels(findings.chief(), TIME, "time", Figure.BOTH))
                .close();
    }

    private boolean open(Cut cut) {
        Cut chief = findings.chief();
        return cut.subject() != chief.subject()
                && cut.protocol().equals(chief.protocol())
                && cut.threads() == chief.threads();
    }

    private Markup panels(Cut cut, Measure measure, String id, List<Frame> frames) {
        Markup html = new Markup().add(legend(cut)).open("div", "class", "grid");
        for (boolean direct : List.of(true, false)) {
            List<Series> series = series(cut, measure, direct);
            if (series.stream().anyMatch(s -> !s.look().family().equals("yardstick"))) {
                html.add(figure(cut, measure, direct, series, id, frames).draw());
            }
        }
        return html.close().newline();
    }

    private Figure figure(
            Cut cut,
            Measure measure,
            boolean direct,
            List<Series> series,
            String id,
            List<Frame> frames) {
        String buffer = direct ? "from a direct buffer" : "from a heap array";
        return new Figure(
                id + (direct ? "-direct" : "-heap"),
                measure.title + ", " + buffer,
                extremes(cut, measure, direct),
                new LinePlot(
                        measure.title + " by bytes a write, " + buffer + ", " + cut.words(),
                        measure.unit,
                        measure.logarithmic,
                        v -> measure.logarithmic ? Units.trimmed(Units.time(v)) : Units.round(v),
                        false,
                        series),
                frames,
                table(cut, measure, direct));
    }

    /** The fastest at both ends, for whoever doesn't see the plot. */
    private static String extremes(Cut cut, Measure measure, boolean direct) {
        List<Row> rows = cut.rows().stream().filter(row -> row.direct() == direct).toList();
        Cut half = new Cut(cut.subject(), cut.protocol(), cut.threads(), rows);
        List<String> words = new ArrayList<>();
        for (int size : half.headlineSizes()) {
            Row best = half.best(size, engine -> !engine.yardstick());
            if (best != null) {
                words.add(
                        "at %s, %s with %s"
                                .formatted(
                                        Units.size(size),
                                        Engine.bare(best.engine()),
                                        measure.words(measure.of.apply(best).median())));
            }
        }
        return words.isEmpty() ? "" : "Fastest " + String.join("; ", words) + ".";
    }

    private List<Series> series(Cut cut, Measure measure, boolean direct) {
        List<Series> series = new ArrayList<>();
        for (Engine engine : cut.engines().reversed()) {
            List<Point> points = new ArrayList<>();
            for (int size : cut.sizes()) {
                Row row = cut.row(engine, size, direct);
                if (row != null) {
                    Spread value = measure.of.apply(row);
                    String words = Units.size(size) + ", " + measure.words(value.median());
                    points.add(new Point(size, value, words));
                }
            }
            if (!points.isEmpty()) {
                Look look = Objects.requireNonNull(findings.looks().get(engine));
                series.add(new Series(engine.name(), look, points));
            }
        }
        return series;
    }

    private static Table table(Cut cut, Measure measure, boolean direct) {
        List<List<String>> rows = new ArrayList<>();
        for (Engine engine : cut.engines()) {
            List<String> row = new ArrayList<>(List.of(engine.name()));
            for (int size : cut.sizes()) {
                Row cell = cut.row(engine, size, direct);
                row.add(
                        cell == null
                                ? Units.NOTHING
                                : measure.words(measure.of.apply(cell).median()));
            }
            rows.add(row);
        }
        return new Table(
                measure.title + " by engine and bytes a write",
                Table.bySize("Engine", cut.sizes()),
                rows);
    }

    private Markup legend(Cut cut) {
        Markup html = new Markup().open("ul", "class", "legend");
        for (Engine engine : cut.engines()) {
            html.open("li")
                    .add(Objects.requireNonNull(findings.looks().get(engine)).swatch())
                    .element("bdi", engine.name())
                    .close();
        }
        return html.close();
    }

    private static String id(Cut cut) {
        return (cut.subject() + "-" + cut.words())
                .toLowerCase(java.util.Locale.ROOT)
                .replaceAll("[^a-z0-9]+", "-");
    }

    private static String title(Subject subject) {
        return switch (subject) {
            case WRITE -> "Written into nowhere";
            case TCP -> "Over loopback TCP";
            case SEALER -> "The bare sealer";
        };
    }

    private static String subject(Cut cut) {
        String what =
                switch (cut.subject()) {
                    case WRITE -> "A whole TLS write with the output thrown away";
                    case TCP -> "A whole TLS write over a loopback TCP connection";
                    case SEALER -> "Records sealed one after another, without TLS around them";
                };
        return what + "; " + cut.words() + ".";
    }
}
