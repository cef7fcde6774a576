package org.sslwrite.bench.report;

import org.sslwrite.bench.report.RowPlot.Item;
import org.sslwrite.bench.report.RowPlot.Mark;
import org.sslwrite.bench.report.RowPlot.Shape;
import org.sslwrite.bench.report.Table.Column;
import org.sslwrite.bench.result.Ratio;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Ours against others, with the spread of both. */
record Ratios(List<Ratio> ratios) {
    private static final List<Frame> FRAMES = List.of(Frame.NARROW, new Frame(1080, 0, true));

    private static final Map<String, String> WORDS =
            Map.of(
                    "write_16k_without_ipsec_mb_vs_jsse",
                    "16 KiB, nothing installed: against JSSE",
                    "write_16k_direct_vs_best_peer",
                    "16 KiB, direct: against the best peer",
                    "write_16k_heap_vs_tcnative_heap",
                    "16 KiB, heap: against tcnative, heap",
                    "write_64_vs_best_peer",
                    "64 B: against the best peer",
                    "write_1k_vs_best_peer",
                    "1 KiB: against the best peer",
                    "write_16k_vs_bare_sealer",
                    "16 KiB: against the bare sealer",
                    "token_vs_c_loop",
                    "The token: against a loop in C",
                    "token_vs_jsse_sunpkcs11",
                    "The token: against JSSE on it",
                    "sunjce_vs_jsse",
                    "SunJCE: against JSSE");

    private static final Set<String> LIMITS = Set.of("write_16k_vs_bare_sealer", "token_vs_c_loop");

    Markup draw() {
        if (ratios.isEmpty()) {
            return new Markup();
        }
        Markup html =
                new Markup()
                        .open("section", "aria-labelledby", "ratios")
                        .element("h2", "Ours against the others", "id", "ratios")
                        .element(
                                "p",
                                "Our throughput as a multiple of another's: to the right of 1 ours"
                                        + " is faster. The dot is the ratio of the medians; the"
                                        + " line is all that the middle halves of both's samples"
                                        + " allow. A line across 1 decides nothing."
                                        + " The bare sealer and the loop in C are limits, not"
                                        + " rivals: 1 is the most to be had.");
        List<Ratio> measured = ratios.stream().filter(Ratios::measured).toList();
        if (!measured.isEmpty()) {
            html.add(figure(measured));
        }
        return html.add(table().draw()).close();
    }

    private static Markup figure(List<Ratio> measured) {
        RowPlot plot =
                new RowPlot(
                        "Our throughput as a multiple of others', with spread",
                        "times their throughput",
                        true,
                        v -> Units.round(v) + "×",
                        true,
                        measured.stream().map(Ratios::item).toList());
        return new Figure("ratios-words", "Ratios", words(measured), plot, FRAMES, null).draw();
    }

    private static String words(List<Ratio> measured) {
        List<Ratio> rivals = measured.stream().filter(ratio -> !limit(ratio)).toList();
        List<String> parts = new ArrayList<>();
        for (Spread.Standing standing : Spread.Standing.values()) {
            long n = rivals.stream().filter(r -> spread(r).standing() == standing).count();
            String what =
                    switch (standing) {
                        case ABOVE -> "ours is faster";
                        case LEVEL -> "noise decides";
                        case BELOW -> "the other is faster";
                    };
            if (n > 0) {
                parts.add(what + " in " + n);
            }
        }
        String limits =
                measured.stream()
                        .filter(Ratios::limit)
                        .map(r -> " %s: %s.".formatted(title(r.name()), Units.percent(r.value())))
                        .collect(Collectors.joining());
        String words =
                rivals.isEmpty()
                        ? ""
                        : "Of %s to rivals, %s."
                                .formatted(Text.count(rivals.size(), "ratio"), Text.list(parts));
        return (words + limits).strip();
    }

    /** Whether 1 is the most that can be had: ours does what the other does, and TLS. */
    private static boolean limit(Ratio ratio) {
        return LIMITS.contains(ratio.name());
    }

    private static Item item(Ratio ratio) {
        Spread spread = spread(ratio);
        String value = Units.ratio(ratio.value());
        String family = limit(ratio) ? "level" : family(spread.standing());
        return new Item(
                title(ratio.name()),
                value,
                new Look(family, 0),
                List.of(
                        new Mark(spread.low(), Shape.TICK, "low: " + Units.ratio(spread.low())),
                        new Mark(spread.median(), Shape.DOT, value),
                        new Mark(spread.high(), Shape.TICK, "high: " + Units.ratio(spread.high()))),
                false);
    }

    private static String family(Spread.Standing standing) {
        return switch (standing) {
            case ABOVE -> "good";
            case LEVEL -> "level";
            case BELOW -> "bad";
        };
    }

    private Table table() {
        return new Table(
                "Ratios",
                List.of(
                        Column.word("What"),
                        Column.figure("Ratio"),
                        Column.figure("From"),
                        Column.figure("To"),
                        Column.word("Ours"),
                        Column.word("The other"),
                        Column.word("Note")),
                ratios.stream().map(Ratios::row).toList());
    }

    private static List<String> row(Ratio ratio) {
        String note = ratio.note();
        return List.of(
                title(ratio.name()),
                Units.ratio(ratio.value()),
                Units.ratio(ratio.low()),
                Units.ratio(ratio.high()),
                ratio.ours(),
                ratio.other(),
                note == null ? "" : note);
    }

    private static String title(String name) {
        return WORDS.getOrDefault(name, name);
    }

    private static Spread spread(Ratio ratio) {
        double low = ratio.low() > 0 ? ratio.low() : ratio.value();
        double high = Double.isFinite(ratio.high()) ? ratio.high() : ratio.value();
        return new Spread(
                ratio.value(), Math.min(low, ratio.value()), Math.max(high, ratio.value()));
    }

    private static boolean measured(Ratio ratio) {
        return ratio.value() > 0 && Double.isFinite(ratio.value());
    }
}
