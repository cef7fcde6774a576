package org.sslwrite.bench.report;

import org.jspecify.annotations.Nullable;
import org.sslwrite.bench.report.Crossover.Point;
import org.sslwrite.bench.report.Spread.Standing;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Whether offload pays, in words.
 *
 * @param answer in a word or two
 * @param why in sentences
 * @param tone what the answer is to whoever wants to offload
 */
record Verdict(String answer, String why, Tone tone) {
    /** What an answer is to whoever wants to offload. */
    enum Tone {
        GOOD,
        BAD,
        OPEN
    }

    /** Of all tokens together: that of the one that does best. */
    static Verdict of(List<Crossover> crossovers, boolean complete) {
        if (crossovers.isEmpty()) {
            return new Verdict(
                    "No token was measured.",
                    "So this run compares engines on the CPU alone."
                            + " Name one with --token to learn whether it beats the CPU.",
                    Tone.OPEN);
        }
        Verdict verdict = of(crossovers.getFirst());
        return complete || verdict.tone == Tone.OPEN
                ? verdict
                : new Verdict(
                        verdict.answer,
                        verdict.why + " The run was stopped early: what is missing may differ.",
                        verdict.tone);
    }

    /** Of one token. */
    static Verdict of(Crossover crossover) {
        Point best = crossover.best();
        if (best == null) {
            return new Verdict(
                    "Unknown.",
                    name(crossover)
                            + " was measured, but nothing of the CPU beside it with the same"
                            + " suite, size and number of threads.",
                    Tone.OPEN);
        }
        if (!crossover.standing(Standing.ABOVE).isEmpty()) {
            return faster(crossover, best);
        }
        List<Point> level = crossover.standing(Standing.LEVEL);
        if (!level.isEmpty()) {
            return new Verdict(
                    "A draw at best.",
                    name(crossover)
                            + " is never faster than the CPU beyond noise; it draws level "
                            + places(level)
                            + ".",
                    Tone.OPEN);
        }
        return new Verdict("No, never here.", never(crossover, best), Tone.BAD);
    }

    private static Verdict faster(Crossover crossover, Point best) {
        List<String> from = from(crossover);
        String where =
                from.isEmpty()
                        ? "only " + places(crossover.standing(Standing.ABOVE))
                        : Text.list(from);
        String farthest =
                " At its best, with %s and %s, it reaches %s times the CPU's throughput."
                        .formatted(
                                Units.size(best.size()),
                                Text.count(best.threads(), "thread"),
                                Units.times(best.ratio().median()));
        return new Verdict(
                from.isEmpty() ? "Only in places." : "Yes, " + shortest(crossover) + ".",
                name(crossover)
                        + " beats the CPU "
                        + where
                        + "."
                        + farthest
                        + alone(crossover, best),
                from.isEmpty() ? Tone.OPEN : Tone.GOOD);
    }

    /** From which size on, for every number of threads that has such a size. */
    private static List<String> from(Crossover crossover) {
        Map<String, List<String>> threads = new LinkedHashMap<>();
        for (int n : crossover.threads()) {
            Integer size = crossover.from(n);
            if (size != null) {
                String from = from(crossover.with(n), size, "at every size measured");
                threads.computeIfAbsent(from, f -> new ArrayList<>()).add(String.valueOf(n));
            }
        }
        List<String> words = new ArrayList<>();
        threads.forEach(
                (from, n) ->
                        words.add(
                                from
                                        + " with "
                                        + Text.list(n)
                                        + (n.equals(List.of("1")) ? " thread" : " threads")));
        return words;
    }

    /** The smallest size from which on some number of threads wins. */
    private static String shortest(Crossover crossover) {
        int size = Integer.MAX_VALUE;
        int with = 0;
        for (int threads : crossover.threads()) {
            Integer from = crossover.from(threads);
            if (from != null && from < size) {
                size = from;
                with = threads;
            }
        }
        return from(crossover.with(with), size, "at every size")
                + (with == 1 ? "" : " with " + with + " threads");
    }

    /** One size is no "every". */
    private static String from(List<Point> points, int size, String all) {
        if (points.size() == 1) {
            return "at " + Units.size(size);
        }
        return size == points.getFirst().size() ? all : "from " + Units.size(size) + " on";
    }

    private static String never(Crossover crossover, Point best) {
        return ("%s does not beat the CPU at any size or number of threads measured. It comes"
                    + " closest with %s and %s, where the CPU (%s) is still %s times as fast: %s"
                    + " against %s.")
                        .formatted(
                                name(crossover),
                                Units.size(best.size()),
                                Text.count(best.threads(), "thread"),
                                Engine.bare(best.cpu().engine()),
                                Units.times(1 / best.ratio().median()),
                                Units.throughput(Spread.throughput(best.cpu()).median()),
                                Units.throughput(Spread.throughput(best.token()).median()))
                + alone(crossover, best);
    }

    /** All threads on the token against one thread on the CPU: what a core saved would be worth. */
    private static String alone(Crossover crossover, Point best) {
        int most = crossover.threads().getLast();
        if (most == 1 || crossover.threads().getFirst() != 1) {
            return "";
        }
        Point all = at(crossover.with(most), best.size());
        Point one = at(crossover.with(1), best.size());
        return all == null || one == null
                ? ""
                : " With %s, the token's %d threads together seal %s; one thread on the CPU seals %s."
                        .formatted(
                                Units.size(all.size()),
                                most,
                                Units.throughput(Spread.throughput(all.token()).median()),
                                Units.throughput(Spread.throughput(one.cpu()).median()));
    }

    private static @Nullable Point at(List<Point> points, int size) {
        return points.stream().filter(p -> p.size() == size).findFirst().orElse(null);
    }

    private static String name(Crossover crossover) {
        return Engine.bare(crossover.token());
    }

    private static String places(List<Point> points) {
        return Text.list(
                points.stream()
                        .map(
                                p ->
                                        "at %s with %s"
                                                .formatted(
                                                        Units.size(p.size()),
                                                        Text.count(p.threads(), "thread")))
                        .toList());
    }
}
