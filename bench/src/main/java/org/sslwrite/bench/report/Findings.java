package org.sslwrite.bench.report;

import org.sslwrite.bench.report.Cut.Protocol;
import org.sslwrite.bench.result.Results;
import org.sslwrite.bench.result.Row;
import org.sslwrite.bench.result.Row.Subject;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * What all parts of the report look at.
 *
 * @param results what was measured
 * @param chief the cut that the headline is about
 * @param looks of every engine
 * @param crossovers of every token
 */
record Findings(Results results, Cut chief, Map<Engine, Look> looks, List<Crossover> crossovers) {
    static Findings of(Results results) {
        List<Row> rows = results.rows();
        return new Findings(results, chief(rows), Look.of(engines(results)), Crossover.of(rows));
    }

    private static Cut chief(List<Row> rows) {
        List<Row> tls = rows.stream().filter(row -> !Engine.of(row).yardstick()).toList();
        for (Subject subject : List.of(Subject.WRITE, Subject.TCP, Subject.SEALER)) {
            List<Row> its = tls.stream().filter(row -> row.subject() == subject).toList();
            Protocol protocol = Protocol.chief(its);
            int threads =
                    its.stream()
                            .filter(row -> Protocol.of(row).equals(protocol))
                            .mapToInt(Row::threads)
                            .min()
                            .orElse(1);
            Cut cut = Cut.of(rows, subject, protocol, threads);
            if (!cut.isEmpty()) {
                return cut;
            }
        }
        return Cut.of(rows, Subject.WRITE, Protocol.USUAL, 1);
    }

    private static Set<Engine> engines(Results results) {
        Set<Engine> engines = new LinkedHashSet<>();
        results.rows().stream()
                .sorted(Comparator.comparing(Row::kind))
                .forEach(row -> engines.add(Engine.of(row)));
        return engines;
    }

    /** How an engine of this name looks: that of latencies, which have no kind. */
    Look look(String engine) {
        return looks.entrySet().stream()
                .filter(entry -> entry.getKey().name().equals(engine))
                .map(Map.Entry::getValue)
                .findFirst()
                .orElse(new Look("yardstick", 0));
    }

    /** Every cut with rows, but the chief. */
    List<Cut> others() {
        List<Row> rows = results.rows();
        List<Cut> others = new ArrayList<>();
        Set<Integer> threads = new TreeSet<>(rows.stream().map(Row::threads).toList());
        List<Protocol> protocols = rows.stream().map(Protocol::of).distinct().toList();
        for (Subject subject : List.of(Subject.WRITE, Subject.TCP, Subject.SEALER)) {
            for (Protocol protocol : protocols) {
                for (int n : threads) {
                    Cut cut = Cut.of(rows, subject, protocol, n);
                    if (!cut.isEmpty() && !cut.equals(chief)) {
                        others.add(cut);
                    }
                }
            }
        }
        return others;
    }
}
