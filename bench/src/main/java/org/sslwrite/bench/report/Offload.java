package org.sslwrite.bench.report;

import org.sslwrite.bench.report.Crossover.Point;
import org.sslwrite.bench.report.LinePlot.Series;
import org.sslwrite.bench.report.Table.Column;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/** The crossover: where a token beats the CPU. */
record Offload(List<Crossover> crossovers) {
    Markup draw() {
        List<Crossover> drawn = crossovers.stream().filter(c -> !c.points().isEmpty()).toList();
        if (drawn.isEmpty()) {
            return new Markup();
        }
        Markup html =
                new Markup()
                        .open("section", "aria-labelledby", "offload")
                        .element("h2", "Where the token beats the CPU", "id", "offload")
                        .element(
                                "p",
                                "Throughput of the token as a multiple of that of our fastest"
                                        + " engine on the CPU, both with the same number of"
                                        + " threads, each with a connection and sessions of its"
                                        + " own. In the shaded part the token is faster. It counts"
                                        + " as faster where its slowest sample is above the CPU's"
                                        + " fastest.")
                        .open("div", "class", "grid");
        for (int i = 0; i < drawn.size(); i++) {
            html.add(figure(drawn.get(i), "crossover-" + i));
        }
        return html.close().close();
    }

    private static Markup figure(Crossover crossover, String id) {
        Verdict verdict = Verdict.of(crossover);
        LinePlot plot =
                new LinePlot(
                        crossover.token()
                                + ": its throughput as a multiple of the CPU's, by bytes a write",
                        "times the CPU",
                        true,
                        v -> Units.round(v) + "×",
                        true,
                        series(crossover));
        return new Figure(
                        id,
                        Engine.bare(crossover.token()),
                        verdict.answer() + " " + verdict.why(),
                        plot,
                        Figure.BOTH,
                        table(crossover))
                .draw();
    }

    private static List<Series> series(Crossover crossover) {
        List<Series> series = new ArrayList<>();
        for (int threads : crossover.threads()) {
            List<LinePlot.Point> points =
                    crossover.with(threads).stream()
                            .map(p -> new LinePlot.Point(p.size(), p.ratio(), words(p)))
                            .toList();
            Look look = new Look("token", series.size());
            series.add(new Series(Text.count(threads, "thread"), look, points));
        }
        return series.reversed();
    }

    private static String words(Point point) {
        return "%s, %s (%s against %s of %s)"
                .formatted(
                        Units.size(point.size()),
                        Units.ratio(point.ratio().median()),
                        Units.throughput(Spread.throughput(point.token()).median()),
                        Units.throughput(Spread.throughput(point.cpu()).median()),
                        Engine.bare(point.cpu().engine()));
    }

    private static Table table(Crossover crossover) {
        List<Integer> threads = crossover.threads();
        List<Column> columns = new ArrayList<>(List.of(Column.word("Bytes a write")));
        threads.forEach(n -> columns.add(Column.figure(Text.count(n, "thread"))));
        List<List<String>> rows = new ArrayList<>();
        for (int size : new TreeSet<>(crossover.points().stream().map(Point::size).toList())) {
            List<String> row = new ArrayList<>(List.of(Units.size(size)));
            for (int n : threads) {
                row.add(
                        crossover.with(n).stream()
                                .filter(p -> p.size() == size)
                                .map(Offload::cell)
                                .findFirst()
                                .orElse(Units.NOTHING));
            }
            rows.add(row);
        }
        return new Table("The token as a multiple of the CPU", columns, rows);
    }

    private static String cell(Point point) {
        Spread ratio = point.ratio();
        String stands =
                switch (ratio.standing()) {
                    case ABOVE -> "faster";
                    case LEVEL -> "level";
                    case BELOW -> "slower";
                };
        return Units.ratio(ratio.median()) + " " + stands;
    }
}
