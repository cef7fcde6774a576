package org.sslwrite.bench.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sslwrite.bench.engine.EngineName;
import org.sslwrite.bench.fork.Cell;
import org.sslwrite.bench.fork.Measure;
import org.sslwrite.bench.fork.Timing;
import org.sslwrite.bench.result.Absent;
import org.sslwrite.bench.result.Results;
import org.sslwrite.bench.result.ResultsJson;
import org.sslwrite.bench.result.Row;
import org.sslwrite.softhsm.SoftwareToken;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** Small plans, carried out by real processes. */
class BenchTest {
    private static final PrintStream NOWHERE = new PrintStream(OutputStream.nullOutputStream());
    private static final Timing SHORT = new Timing(10, 10, 20, 2);
    private static final Duration LONG = Duration.ofMinutes(5);

    private final StringWriter out = new StringWriter();

    private static Job job(EngineName engine, Measure measure) {
        return new Job(engine, null, List.of(new Cell(measure, Plan.MAIN, 100, true, 1)));
    }

    private static Plan plan(int rounds, Duration limit, Job... jobs) {
        return new Plan(List.of(jobs), SHORT, rounds, limit);
    }

    private static Results run(Plan plan, List<BenchToken> tokens) {
        Bench bench = new Bench(plan, tokens, "test", results -> {});
        return bench.run(new Progress(NOWHERE, false, 1, 1));
    }

    @Test
    void samplesOfAllRoundsMakeOneRow() {
        Results results = run(plan(2, LONG, job(EngineName.SUNJCE, Measure.WRITE)), List.of());
        assertTrue(results.complete());
        Row row = results.rows().getFirst();
        assertEquals(1, results.rows().size());
        assertEquals("ours, SunJCE", row.engine());
        assertEquals(2 * SHORT.iterations(), row.samples().size());
        assertTrue(row.allocated() >= 0);
        assertTrue(results.environment().containsKey("CPU"));
    }

    @Test
    void latenciesAreNoRow() {
        Results results = run(plan(2, LONG, job(EngineName.SUNJCE, Measure.LATENCY)), List.of());
        assertTrue(results.rows().isEmpty());
        assertEquals("ours, SunJCE", results.latencies().getFirst().engine());
        assertTrue(results.latencies().getFirst().p50() > 0);
    }

    /** One that cannot be had is told once, and costs the others nothing. */
    @Test
    void engineThatIsAbsentHasItsReason() {
        Results results =
                run(
                        plan(
                                2,
                                LONG,
                                job(EngineName.CRYPTOKI, Measure.WRITE),
                                job(EngineName.SUNJCE, Measure.WRITE)),
                        List.of());
        assertEquals(
                List.of(new Absent("ours, a token by C API", "no token was given")),
                results.absent());
        assertEquals(1, results.rows().size());
    }

    /** Of a cell that wants more memory than there is the JVM dies, as of a crash. */
    @Test
    void crashCostsTheCellThatItHits() {
        Cell small = new Cell(Measure.LATENCY, Plan.MAIN, 100, true, 1);
        Cell fatal = new Cell(Measure.LATENCY, Plan.MAIN, 1 << 30, false, 1);
        Cell last = new Cell(Measure.WRITE, Plan.MAIN, 100, true, 1);
        Job job = new Job(EngineName.SUNJCE, null, List.of(small, fatal, last));
        Results results = run(plan(1, LONG, job), List.of());
        assertEquals(1, results.latencies().size());
        assertEquals(1, results.rows().size());
        assertEquals(
                List.of(
                        new Absent(
                                "ours, SunJCE, latency",
                                "its JVM ended with code 1: Java heap space")),
                results.absent());
    }

    @Test
    void twoJvmsThatTellNothingAreEnough() {
        Cell one = new Cell(Measure.LATENCY, Plan.MAIN, 1 << 30, false, 1);
        Cell two = new Cell(Measure.LATENCY, Plan.MAIN, (1 << 30) + 1, false, 1);
        Cell last = new Cell(Measure.WRITE, Plan.MAIN, 100, true, 1);
        Job job = new Job(EngineName.SUNJCE, null, List.of(one, two, last));
        Results results = run(plan(2, LONG, job), List.of());
        assertTrue(results.rows().isEmpty());
        assertEquals("ours, SunJCE", results.absent().getLast().engine());
    }

    @Test
    void faultOfOurOwnKeepsWhatWasMeasured() {
        Plan plan =
                plan(
                        1,
                        LONG,
                        job(EngineName.SUNJCE, Measure.WRITE),
                        job(EngineName.JSSE, Measure.WRITE));
        PrintStream err =
                new PrintStream(OutputStream.nullOutputStream()) {
                    @Override
                    public void print(String line) {
                        if (line.contains("JSSE")) {
                            throw new IllegalStateException("made to fail");
                        }
                    }
                };
        Bench bench = new Bench(plan, List.of(), "test", results -> {});
        Results results = bench.run(new Progress(err, true, 2, 1000));
        assertTrue(String.valueOf(bench.broken()).contains("made to fail"));
        assertFalse(results.complete());
        assertEquals(1, results.rows().size());
        assertTrue(
                results.warnings().getFirst().contains("made to fail"),
                results.warnings()::toString);
    }

    @Test
    void standardOutputThatIsFullIsTold() {
        PrintWriter full =
                new PrintWriter(
                        new OutputStream() {
                            @Override
                            public void write(int b) throws IOException {
                                throw new IOException("no space left");
                            }
                        });
        RunException e =
                assertThrows(
                        RunException.class,
                        () ->
                                new Session(null, true, full, NOWHERE)
                                        .run(
                                                plan(
                                                        1,
                                                        LONG,
                                                        job(EngineName.SUNJCE, Measure.WRITE)),
                                                List.of(),
                                                "test"));
        assertEquals(
                "standard output cannot be written to; the results are lost: name a folder with"
                        + " --out",
                e.getMessage());
    }

    @Test
    void nothingIsBegunAfterTheLimit() {
        Results results =
                run(plan(1, Duration.ofNanos(1), job(EngineName.SUNJCE, Measure.WRITE)), List.of());
        assertTrue(results.rows().isEmpty());
        assertFalse(results.complete());
        assertTrue(
                results.warnings().getFirst().startsWith("Time ran out: 1 of 1 jobs"),
                results.warnings()::toString);
    }

    /** Stopped when the second job is announced. */
    @Test
    void stoppedRunKeepsWhatItHas() {
        Plan plan =
                plan(
                        1,
                        LONG,
                        job(EngineName.SUNJCE, Measure.WRITE),
                        job(EngineName.JSSE, Measure.WRITE));
        Bench bench = new Bench(plan, List.of(), "test", results -> {});
        PrintStream err =
                new PrintStream(OutputStream.nullOutputStream()) {
                    @Override
                    public void print(String line) {
                        if (line.contains("JSSE")) {
                            bench.stop();
                        }
                    }
                };
        Results results = bench.run(new Progress(err, true, 2, 1000));
        assertFalse(results.complete());
        assertEquals(1, results.rows().size());
        assertTrue(results.absent().isEmpty(), results.absent()::toString);
    }

    @Test
    void tokenIsMeasuredByAllWays() throws RunException {
        String reason = SoftwareToken.reasonAgainst(SoftwareToken.Kind.SOFTHSM);
        Assumptions.assumeTrue(reason == null, reason);
        try (BenchToken token = BenchToken.named("softhsm")) {
            List<Cell> cells = List.of(new Cell(Measure.WRITE, Plan.MAIN, 16384, true, 1));
            Plan plan =
                    new Plan(
                            List.of(
                                    new Job(EngineName.CRYPTOKI, token, cells),
                                    new Job(EngineName.SUNPKCS11, token, cells),
                                    new Job(EngineName.JSSE_SUNPKCS11, token, cells),
                                    new Job(
                                            EngineName.C_LOOP,
                                            token,
                                            List.of(
                                                    new Cell(
                                                            Measure.SEALER,
                                                            Plan.MAIN,
                                                            16384,
                                                            true,
                                                            1)))),
                            SHORT,
                            1,
                            LONG);
            Results results = run(plan, List.of(token));
            assertEquals(List.of(), results.absent());
            assertEquals(
                    List.of(
                            "ours, SoftHSM2 by C API",
                            "ours, SoftHSM2 by SunPKCS11",
                            "JSSE, SoftHSM2 by SunPKCS11",
                            "C loop, SoftHSM2, C_Encrypt"),
                    results.rows().stream().map(Row::engine).toList());
            assertTrue(
                    results.ratios().stream()
                            .filter(ratio -> ratio.name().startsWith("token_"))
                            .allMatch(ratio -> ratio.value() > 0),
                    results.ratios()::toString);
        }
    }

    @Test
    void sessionWritesEveryFile(@TempDir Path folder) throws Exception {
        session(ResultFiles.in(folder), false)
                .run(plan(1, LONG, job(EngineName.SUNJCE, Measure.WRITE)), List.of(), "test");
        assertEquals(1, ResultsJson.read(folder.resolve("results.json")).rows().size());
        assertEquals(2, Files.readAllLines(folder.resolve("results.csv")).size());
        assertTrue(Files.readString(folder.resolve("report.html")).contains("SunJCE"));
        assertTrue(out.toString().contains("report: " + folder), out::toString);
    }

    @Test
    void jsonStandsAlone() throws Exception {
        session(null, true)
                .run(plan(1, LONG, job(EngineName.SUNJCE, Measure.WRITE)), List.of(), "test");
        assertEquals(1, ResultsJson.fromJson(out.toString()).rows().size());
    }

    /** The folder is gone by the time that results are to be written. */
    @Test
    void resultsThatCannotBeWrittenThereAreWrittenElsewhere(@TempDir Path folder) throws Exception {
        Path gone = folder.resolve("gone");
        ResultFiles files = ResultFiles.in(gone);
        Files.delete(gone);
        RunException e =
                assertThrows(
                        RunException.class,
                        () ->
                                session(files, false)
                                        .run(
                                                plan(
                                                        1,
                                                        LONG,
                                                        job(EngineName.SUNJCE, Measure.WRITE)),
                                                List.of(),
                                                "test"));
        String message = String.valueOf(e.getMessage());
        String marker = "; the results are in ";
        assertTrue(
                message.startsWith(
                        gone.resolve("results.json")
                                + ": cannot be written: there is no such folder"
                                + marker),
                message);
        Path elsewhere = Path.of(message.substring(message.indexOf(marker) + marker.length()));
        assertEquals(1, ResultsJson.read(elsewhere.resolve("results.json")).rows().size());
        for (String name : List.of("results.json", "results.csv", "report.html")) {
            Files.delete(elsewhere.resolve(name));
        }
        Files.delete(elsewhere);
    }

    @Test
    void nothingMeasuredIsAFailure() {
        RunException e =
                assertThrows(
                        RunException.class,
                        () ->
                                session(null, true)
                                        .run(
                                                plan(
                                                        1,
                                                        LONG,
                                                        job(EngineName.CRYPTOKI, Measure.WRITE)),
                                                List.of(),
                                                "test"));
        assertEquals(
                "nothing was measured: ours, a token by C API: no token was given", e.getMessage());
    }

    private Session session(ResultFiles files, boolean json) {
        return new Session(files, json, new PrintWriter(out), NOWHERE);
    }
}
