package org.sslwrite.bench.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sslwrite.bench.report.Verdict.Tone;
import org.sslwrite.bench.result.Row;
import org.sslwrite.bench.result.Row.Kind;
import org.sslwrite.bench.result.Row.Subject;

import java.util.ArrayList;
import java.util.List;

/** What is said of where the token beats the CPU. */
class VerdictTest {
    private static final int[] SIZES = {64, 1024, 16384};

    /**
     * Ratios of token to CPU at 64 B, 1 KiB and 16 KiB with one thread, then with four; every
     * sample lies up to two per cent off.
     */
    @ParameterizedTest(name = "{0} {1}")
    @CsvSource(
            nullValues = "-",
            value = {
                "0.1 0.2 0.3 |0.1 0.2 0.4 |No, never here. |BAD",
                "0.5 0.9 1.5 |0.5 2.0 3.0 |Yes, from 1 KiB on with 4 threads. |GOOD",
                "0.5 0.9 1.5 |0.5 0.9 1.2 |Yes, from 16 KiB on. |GOOD",
                "1.5 1.6 2.0 |1.5 1.6 2.0 |Yes, at every size. |GOOD",
                "0.5 0.9 0.9 |1.5 1.6 2.0 |Yes, at every size with 4 threads. |GOOD",
                "1.5         |-           |Yes, at 64 B. |GOOD",
                "0.5 0.9 1.0 |0.5 0.9 0.8 |A draw at best. |OPEN",
                "1.0 1.0 1.0 |-           |A draw at best. |OPEN",
                "0.5 1.5 0.5 |-           |Only in places. |OPEN",
                "0.5 1.5 1.0 |-           |Only in places. |OPEN",
                "-           |-           |Unknown. |OPEN"
            },
            delimiter = '|')
    void answers(String one, String four, String answer, Tone tone) {
        List<Row> rows = new ArrayList<>();
        rows.add(row("ours, T", Kind.OURS_TOKEN, 8, 7, 100));
        add(rows, 1, one);
        add(rows, 4, four);
        Verdict verdict = Verdict.of(Crossover.of(rows), true);
        assertEquals(answer, verdict.answer(), verdict.why());
        assertEquals(tone, verdict.tone());
    }

    @Test
    void saysFromWhereWithHowManyThreads() {
        List<Row> rows = new ArrayList<>();
        add(rows, 1, "0.5 0.9 1.5");
        add(rows, 2, "0.5 0.9 1.6");
        add(rows, 4, "0.5 2.0 3.0");
        assertEquals(
                "T beats the CPU from 16 KiB on with 1 and 2 threads and from 1 KiB on with 4"
                    + " threads. At its best, with 16 KiB and 4 threads, it reaches 3.0 times the"
                    + " CPU's throughput. With 16 KiB, the token's 4 threads together seal 197"
                    + " GB/s; one thread on the CPU seals 16.4 GB/s.",
                why(rows));
    }

    @Test
    void saysHowFarItIsFromEver() {
        List<Row> rows = new ArrayList<>();
        add(rows, 1, "0.01 0.02 0.04");
        assertEquals(
                "T does not beat the CPU at any size or number of threads measured. It comes"
                    + " closest with 16 KiB and 1 thread, where the CPU (C) is still 25 times as"
                    + " fast: 16.4 GB/s against 0.655 GB/s.",
                why(rows));
    }

    @Test
    void saysWhereItIsLevel() {
        List<Row> rows = new ArrayList<>();
        add(rows, 1, "0.5 1.0 0.5");
        assertEquals(
                "T is never faster than the CPU beyond noise; it draws level at 1 KiB with 1"
                        + " thread.",
                why(rows));
    }

    @Test
    void saysWhereItWinsIfItLosesAboveThat() {
        List<Row> rows = new ArrayList<>();
        add(rows, 1, "0.5 1.5 0.5");
        assertTrue(
                why(rows).startsWith("T beats the CPU only at 1 KiB with 1 thread. "), why(rows));
    }

    @Test
    void countsTheCpusFastestEngine() {
        List<Row> rows = new ArrayList<>();
        add(rows, 1, "1.5 1.5 1.5");
        rows.add(row("ours, faster", Kind.OURS, 16384, 1, 100));
        Crossover crossover = Crossover.of(rows).getFirst();
        assertEquals("ours, faster", crossover.with(1).getLast().cpu().engine());
        assertEquals("Only in places.", Verdict.of(crossover).answer());
    }

    @Test
    void takesTheBestOfSeveralTokens() {
        List<Row> rows = new ArrayList<>();
        add(rows, 1, "0.5 0.5 0.5");
        rows.add(row("ours, second", Kind.OURS_TOKEN, 1024, 1, 900));
        assertEquals("ours, second", Crossover.of(rows).getFirst().token());
    }

    @Test
    void warnsIfTheRunWasStopped() {
        List<Row> rows = new ArrayList<>();
        add(rows, 1, "0.1 0.1 0.1");
        Verdict verdict = Verdict.of(Crossover.of(rows), false);
        assertTrue(verdict.why().endsWith("what is missing may differ."), verdict.why());
    }

    @Test
    void saysThatThereIsNoToken() {
        assertEquals("No token was measured.", Verdict.of(List.of(), true).answer());
    }

    private static String why(List<Row> rows) {
        return Verdict.of(Crossover.of(rows), true).why();
    }

    private static void add(List<Row> rows, int threads, String ratios) {
        if (ratios == null) {
            return;
        }
        String[] each = ratios.strip().split(" ");
        for (int i = 0; i < each.length; i++) {
            rows.add(row("ours, C", Kind.OURS, SIZES[i], threads, 1000));
            double time = 1000 / Double.parseDouble(each[i]);
            rows.add(row("ours, T", Kind.OURS_TOKEN, SIZES[i], threads, time));
        }
    }

    private static Row row(String engine, Kind kind, int size, int threads, double time) {
        return new Row(
                Subject.WRITE,
                engine,
                kind,
                SampleRun.SUITE,
                "TLSv1.3",
                size,
                true,
                threads,
                List.of(time * 0.98, time, time * 1.02),
                0);
    }
}
