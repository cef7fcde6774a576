package org.sslwrite.bench.report;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sslwrite.bench.report.Cut.Protocol;
import org.sslwrite.bench.result.Row;
import org.sslwrite.bench.result.Row.Kind;
import org.sslwrite.bench.result.Row.Subject;

import java.util.ArrayList;
import java.util.List;

/** Ours against the best peer. */
class DuelTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            value = {
                "100 102 |200 210 |2.03× |Ours is fastest: 2.0 times the throughput of the best"
                        + " peer.",
                "100 200 |150 160 |1.03× |Ours and the best peer are level: their spreads overlap.",
                "400 400 |100 100 |0.25× |A peer is fastest: ours reaches 25 % of its throughput.",
                "100 100 |-       |10.2 GB/s |No peer was measured.",
                "-       |100 100 |10.2 GB/s |Ours was not measured.",
                "-       |-       |–     |Not measured."
            })
    void says(String ours, String peer, String figure, String words) {
        List<Row> rows = new ArrayList<>();
        add(rows, "ours, A", Kind.OURS, ours);
        add(rows, "P", Kind.PEER, peer);
        add(rows, "limit", Kind.YARDSTICK, "1 1");
        Duel duel = Duel.at(Cut.of(rows, Subject.WRITE, Protocol.USUAL, 1), 1024);
        assertEquals(figure, duel.figure());
        assertEquals(words, duel.words());
    }

    @Test
    void takesTheFastestInEitherBuffer() {
        List<Row> rows = new ArrayList<>();
        add(rows, "slow", Kind.PEER, "300 300");
        add(rows, "fast", Kind.PEER, "200 200");
        add(rows, "ours, A", Kind.OURS, "100 100");
        Duel duel = Duel.at(Cut.of(rows, Subject.WRITE, Protocol.USUAL, 1), 1024);
        assertEquals("A, direct: 100 ns; fast, direct: 200 ns", duel.times());
    }

    private static void add(List<Row> rows, String engine, Kind kind, String samples) {
        if (samples != null) {
            List<Double> values = new ArrayList<>();
            for (String sample : samples.strip().split(" ")) {
                values.add(Double.valueOf(sample));
            }
            rows.add(OddRuns.row(engine, kind, 1024, values, 0));
        }
    }
}
