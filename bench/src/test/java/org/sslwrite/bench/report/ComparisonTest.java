package org.sslwrite.bench.report;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;

import org.junit.jupiter.api.Test;
import org.sslwrite.bench.result.Ratio;
import org.sslwrite.bench.result.Results;
import org.sslwrite.bench.result.Row;
import org.sslwrite.bench.result.Row.Kind;

import java.util.List;
import java.util.Map;

/** Two runs side by side. */
class ComparisonTest {
    private static final Map<String, String> HERE =
            Map.of("CPU", "one", "JDK", "25", "Started", "today", "Load during the run", "0.1");

    @Test
    void aRunIsLikeItself() {
        Results run = SampleRun.withToken();
        Comparison comparison = Comparison.of(run, run);
        String text = comparison.text();
        assertEquals(0, comparison.real());
        assertTrue(text.contains("cells in both runs: none differs beyond noise.\n"), text);
        assertFalse(text.contains("REAL"), text);
    }

    @Test
    void marksWhatIsSlower() {
        Results a = run(HERE, ours(100, 101, 102), peer(50, 51, 52));
        Results b = run(HERE, ours(200, 201, 202), peer(50, 51, 51));
        Comparison comparison = Comparison.of(a, b);
        assertEquals(1, comparison.real());
        assertEquals(
                """
                write, TLS_AES_128_GCM_SHA256, TLSv1.3
                  engine                                 size buffer threads         A         B   change   spread
                  ours, A                               1 KiB direct       1    101 ns    201 ns    +99 %    2.0 %  slower
                  P                                     1 KiB direct       1   51.0 ns   51.0 ns   +0.0 %    3.9 %

                REAL  write, TLS_AES_128_GCM_SHA256, TLSv1.3: ours, A, 1 KiB, direct, 1 thread: +99 %, slower
                2 cells in both runs: 1 differs beyond noise.
                Beyond noise means: at least three samples each, apart by more than they lie apart among themselves, and medians that differ by more than 10 %.
                """,
                comparison.text());
    }

    @Test
    void samplesOfOneCellBelongTogether() {
        Results a = run(HERE, ours(100), ours(101), ours(102));
        Results b = run(HERE, ours(200), ours(201), ours(202));
        assertEquals(1, Comparison.of(a, b).changes().size());
        assertEquals(1, Comparison.of(a, b).real());
    }

    @Test
    void namesWhatOnlyOneRunHas() {
        Comparison comparison = Comparison.of(run(HERE, ours(1, 2, 3)), run(HERE, peer(1, 2, 3)));
        String text = comparison.text();
        assertAll(
                () -> assertEquals(1, comparison.onlyFirst().size()),
                () -> assertEquals(1, comparison.onlySecond().size()),
                () -> assertTrue(text.contains("Only in A\n  write, TLS_AES"), text),
                () -> assertTrue(text.endsWith("no cell in common: nothing to compare.\n"), text));
    }

    @Test
    void warnsOfAnotherMachine() {
        Map<String, String> there =
                Map.of("CPU", "two", "JDK", "25", "Started", "tomorrow", "Token", "t");
        List<String> warnings = Comparison.of(run(HERE, ours(1)), run(there, ours(1))).warnings();
        assertAll(
                () -> assertTrue(warnings.contains("CPU differs: A has one, B has two")),
                () -> assertTrue(warnings.contains("Token differs: A has nothing, B has t")),
                () -> assertEquals(3, warnings.size(), warnings.toString()));
    }

    @Test
    void anotherMachinesPeersAreNoControlGroup() {
        Results a = SampleRun.withToken();
        Results b = times(a, 1.5, Map.of("CPU", "slower"));
        assertFalse(Comparison.of(a, b).noise().raised());
        assertTrue(Comparison.of(a, b).real() > 500);
        assertEquals(0, Comparison.of(a, times(a, 1.5, a.environment())).real());
    }

    @Test
    void passesOnWhatEachRunWarnedOf() {
        Results stopped =
                new Results(
                        HERE, false, List.of(), List.of(), List.of(), List.of(), List.of("noisy"));
        assertEquals(
                List.of("B was stopped early", "B: noisy"),
                Comparison.of(run(HERE), stopped).warnings());
    }

    @Test
    void showsAllocationWithoutJudgingIt() {
        Results a = run(HERE, OddRuns.row("P", Kind.PEER, 64, List.of(1.0), 0));
        Results b = run(HERE, OddRuns.row("P", Kind.PEER, 64, List.of(1.0), 48));
        String text = Comparison.of(a, b).text();
        assertTrue(text.contains("64 B, direct, 1 thread: 0 B, then 48 B\n"), text);
        assertEquals(0, Comparison.of(a, b).real());
    }

    @Test
    void leavesTheTerminalAlone() {
        Results run = run(HERE, OddRuns.row(OddRuns.HOSTILE, Kind.OURS, 64, List.of(1.0), 0));
        String text = Comparison.of(run, OddRuns.nothing()).text();
        assertTrue(text.chars().allMatch(c -> c == '\n' || !Character.isISOControl(c)), text);
    }

    @Test
    void isJson() throws Exception {
        Ratio ratio = new Ratio("write_64_vs_best_peer", 2, 1, 3, "o", "p", null);
        Results a =
                new Results(
                        HERE,
                        true,
                        List.of(ours(100, 101, 102), peer(Double.NaN)),
                        List.of(),
                        List.of(ratio),
                        List.of(),
                        List.of());
        Results b = run(HERE, ours(200, 201, 202), peer(1));
        JsonMapper mapper = new JsonMapper();
        JsonNode json = mapper.readTree(mapper.writeValueAsString(Comparison.of(a, b).json()));
        assertAll(
                () -> assertEquals(1, json.at("/real").intValue()),
                () -> assertEquals(2, json.at("/compared").intValue()),
                () -> assertEquals(201, json.at("/changes/0/b_ns").intValue()),
                () -> assertTrue(json.at("/changes/0/real").booleanValue()),
                () -> assertTrue(json.at("/changes/1/a_ns").isNull()),
                () -> assertTrue(json.at("/changes/1/b_to_a").isNull()),
                () -> assertEquals(2, json.at("/ratios/write_64_vs_best_peer/a").intValue()),
                () -> assertTrue(json.at("/ratios/write_64_vs_best_peer/b").isNull()));
    }

    private static Results times(Results run, double factor, Map<String, String> environment) {
        List<Row> rows =
                run.rows().stream()
                        .map(
                                r ->
                                        new Row(
                                                r.subject(),
                                                r.engine(),
                                                r.kind(),
                                                r.suite(),
                                                r.version(),
                                                r.size(),
                                                r.direct(),
                                                r.threads(),
                                                r.samples().stream().map(s -> s * factor).toList(),
                                                r.allocated()))
                        .toList();
        return run(environment, rows.toArray(Row[]::new));
    }

    private static Results run(Map<String, String> environment, Row... rows) {
        return new Results(
                environment, true, List.of(rows), List.of(), List.of(), List.of(), List.of());
    }

    private static Row ours(double... samples) {
        return OddRuns.row("ours, A", Kind.OURS, 1024, list(samples), 0);
    }

    private static Row peer(double... samples) {
        return OddRuns.row("P", Kind.PEER, 1024, list(samples), 0);
    }

    private static List<Double> list(double... samples) {
        return java.util.Arrays.stream(samples).boxed().toList();
    }
}
