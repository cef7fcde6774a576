package org.sslwrite.bench.run;

import org.jspecify.annotations.Nullable;
import org.sslwrite.bench.result.Results;
import org.sslwrite.bench.result.ResultsJson;

import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** One run for a person: progress, files and words, whatever happens. */
public final class Session {
    private final @Nullable ResultFiles files;
    private final boolean json;
    private final PrintWriter out;
    private final PrintStream err;
    private boolean journalFailed;

    /**
     * Prepares one.
     *
     * @param files where results go; null for nowhere
     * @param json whether standard output gets the results as JSON, and nothing else
     */
    public Session(@Nullable ResultFiles files, boolean json, PrintWriter out, PrintStream err) {
        this.files = files;
        this.json = json;
        this.out = out;
        this.err = err;
    }

    /**
     * Measures, and writes what was found; what was found before Ctrl-C, too.
     *
     * @param command for the report
     * @throws RunException if wrong bytes were sealed, nothing was measured, or results could not
     *     be written where they should go
     */
    public void run(Plan plan, List<BenchToken> tokens, String command) throws RunException {
        if (plan.jobs().isEmpty()) {
            throw new RunException(
                    "nothing to measure: these engines need a token (--token), or have no such"
                            + " suite",
                    null);
        }
        Bench bench = new Bench(plan, tokens, command, this::keep);
        try (Stop _ = new Stop(bench::stop)) {
            Results results =
                    bench.run(
                            new Progress(
                                    err,
                                    Progress.errorIsTerminal(),
                                    plan.rounds() * plan.jobs().size(),
                                    plan.estimate()));
            finish(results);
            if (bench.broken() != null) {
                throw bench.broken();
            }
            judge(results, bench.wrong());
        }
    }

    /** While it runs: whether the disk is full is told once, and the measuring goes on. */
    private void keep(Results results) {
        if (files == null || journalFailed) {
            return;
        }
        try {
            files.writeJson(results);
        } catch (RunException e) {
            journalFailed = true;
            err.println();
            err.println("sslwrite: " + e.getMessage() + "; the measuring goes on");
        }
    }

    private void finish(Results results) throws RunException {
        boolean printed = true;
        if (json) {
            printed = print(ResultsJson.toJson(results));
        }
        if (files != null) {
            write(results, files);
        }
        if (!json) {
            printed = print(Summary.of(results, files == null ? null : files.folder()));
        }
        if (!printed) {
            throw new RunException(
                    "standard output cannot be written to; the results are "
                            + (files == null
                                    ? "lost: name a folder with --out"
                                    : "in " + files.folder()),
                    null);
        }
    }

    /** False if it has not arrived, as on a full disk or in a pipe that nobody reads. */
    private boolean print(String text) {
        out.print(text);
        return !out.checkError();
    }

    /**
     * If not where they should go, then where temporary files go; if not there, then to standard
     * output: the measuring was long.
     */
    private void write(Results results, ResultFiles there) throws RunException {
        try {
            there.write(results);
        } catch (RunException e) {
            throw new RunException(e.getMessage() + "; " + rescue(results), e);
        }
    }

    private String rescue(Results results) {
        Path folder = null;
        try {
            folder = Files.createTempDirectory("sslwrite-bench");
            ResultFiles.in(folder).write(results);
            return "the results are in " + folder;
        } catch (IOException | RunException e) {
            if (folder != null) {
                remove(folder);
            }
            boolean printed = json || print(ResultsJson.toJson(results));
            return printed ? "the results went to standard output" : "the results are lost";
        }
    }

    /** As far as it can be done. */
    private static void remove(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
            Files.delete(folder);
        } catch (IOException e) {
            return;
        }
    }

    private static void judge(Results results, List<String> wrong) throws RunException {
        if (!wrong.isEmpty()) {
            throw new RunException(
                    wrong.getFirst()
                            + (wrong.size() == 1
                                    ? ""
                                    : "; and %d more".formatted(wrong.size() - 1)),
                    null);
        }
        if (results.complete() && results.rows().isEmpty()) {
            throw new RunException(
                    "nothing was measured"
                            + (results.absent().isEmpty()
                                    ? ""
                                    : ": "
                                            + results.absent().getFirst().engine()
                                            + ": "
                                            + results.absent().getFirst().reason()),
                    null);
        }
    }
}
