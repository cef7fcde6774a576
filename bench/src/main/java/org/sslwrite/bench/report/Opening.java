package org.sslwrite.bench.report;

import org.sslwrite.bench.report.Spread.Standing;
import org.sslwrite.bench.result.Results;
import org.sslwrite.bench.result.Row;

import java.util.ArrayList;
import java.util.List;

/** What a reader in a hurry sees: the answer, three figures, and what to distrust. */
record Opening(Findings findings) {
    Markup draw() {
        Results results = findings.results();
        Verdict verdict = Verdict.of(findings.crossovers(), results.complete());
        Markup html =
                new Markup()
                        .open("header")
                        .element("p", "sslwrite bench", "class", "kicker")
                        .open("h1")
                        .text("Does offload pay? ")
                        .element("span", verdict.answer(), "class", tone(verdict))
                        .close()
                        .element("p", verdict.why(), "class", "lead")
                        .close()
                        .newline();
        if (!results.complete()) {
            html.element(
                    "p",
                    "This run was stopped before its end. It shows what had been measured by then.",
                    "class",
                    "stopped",
                    "role",
                    "note");
        }
        return html.add(warnings(results.warnings())).add(cards()).add(words());
    }

    private static String tone(Verdict verdict) {
        return switch (verdict.tone()) {
            case GOOD -> "answer good";
            case BAD -> "answer bad";
            case OPEN -> "answer";
        };
    }

    private static Markup warnings(List<String> warnings) {
        if (warnings.isEmpty()) {
            return new Markup();
        }
        Markup html =
                new Markup()
                        .open("aside", "class", "warnings", "aria-labelledby", "warnings")
                        .element("h2", "Read with care", "id", "warnings")
                        .open("ul");
        warnings.forEach(warning -> html.element("li", warning));
        return html.close().close().newline();
    }

    private Markup cards() {
        Cut cut = findings.chief();
        if (cut.isEmpty()) {
            return new Markup()
                    .element(
                            "p",
                            "Nothing was measured: there are no figures to show.",
                            "class",
                            "lead");
        }
        Markup html =
                new Markup()
                        .open("section", "aria-labelledby", "fastest")
                        .element("h2", "Which engine is fastest", "id", "fastest")
                        .open("div", "class", "cards");
        for (int size : cut.headlineSizes()) {
            Duel duel = Duel.at(cut, size);
            Row fastest = duel.fastest();
            html.open("article", "class", "card")
                    .element("h3", Units.size(size))
                    .element("p", duel.figure(), "class", "figure")
                    .element("p", caption(duel), "class", "unit")
                    .element("p", fastest == null ? "" : fastest.engine(), "class", "who")
                    .element("p", duel.words())
                    .element("p", duel.times(), "class", "unit")
                    .close();
        }
        return html.close().element("p", cut.words() + ".", "class", "small").close().newline();
    }

    private static String caption(Duel duel) {
        Spread ratio = duel.ratio();
        return ratio.known()
                ? "the best peer’s throughput, "
                        + Units.digits(ratio.low())
                        + " to "
                        + Units.ratio(ratio.high())
                : "throughput";
    }

    /** What the plots below say, in sentences. */
    private Markup words() {
        List<String> sentences = new ArrayList<>();
        peers(sentences);
        allocation(sentences);
        noise(sentences);
        if (sentences.isEmpty()) {
            return new Markup();
        }
        Markup html = new Markup().open("ul", "class", "words");
        sentences.forEach(sentence -> html.element("li", sentence));
        return html.close().newline();
    }

    private void peers(List<String> sentences) {
        List<Duel> duels =
                findings.chief().sizes().stream()
                        .map(size -> Duel.at(findings.chief(), size))
                        .filter(duel -> duel.ratio().known())
                        .toList();
        List<String> parts = new ArrayList<>();
        for (Standing standing : Standing.values()) {
            List<String> sizes =
                    duels.stream()
                            .filter(duel -> duel.ratio().standing() == standing)
                            .map(duel -> Units.size(duel.size()))
                            .toList();
            if (!sizes.isEmpty()) {
                parts.add(
                        Duel.standing(standing)
                                + " at "
                                + (sizes.size() == duels.size() && sizes.size() > 1
                                        ? "every size measured"
                                        : Text.list(sizes)));
            }
        }
        if (!parts.isEmpty()) {
            sentences.add("Ours is " + String.join("; ", parts) + ".");
        }
    }

    private void allocation(List<String> sentences) {
        Cut cut = findings.chief();
        int size = cut.headlineSizes().isEmpty() ? 0 : cut.headlineSizes().getLast();
        Duel duel = Duel.at(cut, size);
        Row ours = duel.ours();
        Row peer = duel.peer();
        if (ours != null && Double.isFinite(ours.allocated())) {
            String theirs =
                    peer == null || !Double.isFinite(peer.allocated())
                            ? ""
                            : "; the best peer, %s, %s"
                                    .formatted(peer.engine(), Units.allocation(peer.allocated()));
            sentences.add(
                    "Writing %s, our %s allocates %s of heap%s."
                            .formatted(
                                    Units.size(size),
                                    Engine.bare(ours.engine()),
                                    Units.allocation(ours.allocated()),
                                    theirs));
        }
    }

    private void noise(List<String> sentences) {
        List<Row> rows =
                findings.results().rows().stream().filter(row -> row.samples().size() > 1).toList();
        double[] widths =
                rows.stream()
                        .mapToDouble(row -> Spread.of(row.samples()).width())
                        .filter(Double::isFinite)
                        .sorted()
                        .toArray();
        if (widths.length > 0) {
            sentences.add(
                    "Samples of one cell lie %s apart in the middle case, %s in the worst:"
                                    .formatted(
                                            Units.percent(widths[widths.length / 2]),
                                            Units.percent(widths[widths.length - 1]))
                            + " a difference within that means nothing.");
        } else if (!findings.results().rows().isEmpty()) {
            sentences.add(
                    "There is one sample a cell, so the noise is unknown: trust no difference.");
        }
    }
}
