package org.sslwrite.differential;

import static org.sslwrite.differential.Run.Outcome.DELIBERATE;
import static org.sslwrite.differential.Run.Outcome.EQUAL;
import static org.sslwrite.differential.Run.Outcome.FAILED;
import static org.sslwrite.differential.Run.Outcome.NOT_RUNNABLE;
import static org.sslwrite.differential.Run.Outcome.REPORTED;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The cases and the random walk with one library, in a JVM of its own: a second libssl would bind
 * to the first one's libcrypto, and a fault in C ends the JVM.
 */
final class Run {
    /** A folder in which the record of this library is written. */
    static final String RECORD = "sslwrite.differential.record";

    private static final int WALK_STEPS = 30_000;

    /**
     * OpenSSL seals four or eight records of MAC-then-encrypt at once, or one, as the CPU's
     * instructions allow.
     */
    private static final Pattern AS_THE_CPU_ALLOWS =
            Pattern.compile("W11 partial, many records, MAC then encrypt .*");

    /** What a case came to. */
    enum Outcome {
        /** Both do the same. */
        EQUAL,
        /** They differ as recorded. */
        DELIBERATE,
        /** One of them does not do what is recorded. */
        FAILED,
        /** Ours does what is recorded; the library, which is not recorded, does something else. */
        REPORTED,
        /** Ours does what is recorded, if it could be tried; the library lacks a function. */
        NOT_RUNNABLE
    }

    /**
     * One line of what a run says.
     *
     * @param name of the case
     * @param text what there is to say of it
     */
    record Line(String name, Outcome outcome, String text) {
        private static final String NEWLINE = "\u2028";

        @Override
        public String toString() {
            return String.join("\t", name, outcome.name(), text.replace("\n", NEWLINE));
        }

        static Line of(String line) {
            String[] parts = line.split("\t", -1);
            return new Line(parts[0], Outcome.valueOf(parts[1]), parts[2].replace(NEWLINE, "\n"));
        }
    }

    private final Records records = new Records();
    private final Family family = LibSsl.FAMILY;
    private final Records.OfFamily recorded = records.of(family);
    private final Records.Recorder recorder = new Records.Recorder();
    private final DeliberateDifferences deliberate = new DeliberateDifferences();

    private Run() {}

    static List<Script> scripts() {
        List<Script> scripts = new ArrayList<>(RowCases.all());
        scripts.addAll(GeneratedCases.all());
        return scripts;
    }

    /**
     * Runs all with the library that {@link Library#PROPERTY} names.
     *
     * @param args the file that gets the library's version, the walk's steps and a line a case
     */
    public static void main(String[] args) throws IOException {
        Path file = Path.of(args[0]);
        Files.writeString(file, LibSsl.OpenSSL_version() + "\n");
        Run run = new Run();
        try (PrintWriter out = new PrintWriter(Files.newBufferedWriter(file))) {
            out.println(LibSsl.OpenSSL_version());
            for (Script script : scripts()) {
                out.println(run.guarded(script));
                out.flush();
            }
            run.walk(out);
        }
        String folder = System.getProperty(RECORD);
        if (folder != null) {
            run.recorder.write(Path.of(folder), run.family);
        }
    }

    private Line guarded(Script script) {
        try {
            return judged(script);
        } catch (AssertionError | RuntimeException e) {
            return new Line(script.name(), FAILED, script.setup() + "\n" + stackTrace(e));
        }
    }

    private static String stackTrace(Throwable e) {
        StringWriter text = new StringWriter();
        e.printStackTrace(new PrintWriter(text));
        return text.toString().replace("\t", "    ");
    }

    private Line judged(Script script) {
        String name = script.name();
        Trace ours;
        try {
            ours = Player.ours(script);
        } catch (MissingFunctionException e) {
            return notRunnable(name, e);
        }
        recorder.ours(name, ours);
        List<Trace.Difference> wrong =
                Trace.differences(script, ours.recorded(), recorded.ours(name));
        Trace theirs;
        try {
            theirs = Player.theirs(script);
        } catch (MissingFunctionException e) {
            return wrong.isEmpty()
                    ? notRunnable(name, e)
                    : failed(script, "ours", wrong, ours, new Trace());
        }
        recorder.theirs(name, theirs);
        return judged(script, ours, wrong, theirs);
    }

    private Line notRunnable(String name, MissingFunctionException lacking) {
        recorder.lacks(name, lacking.getMessage());
        return family.isRecorded() && recorded.runs(name)
                ? new Line(name, FAILED, "recorded as run, and it lacks " + lacking.getMessage())
                : new Line(name, NOT_RUNNABLE, lacking.getMessage());
    }

    private Line judged(Script script, Trace ours, List<Trace.Difference> wrong, Trace theirs) {
        String name = script.name();
        if (!family.isRecorded()) {
            // With the same peer the library does the same: another peer than the recorded ones.
            wrong =
                    wrong.stream()
                            .filter(it -> !it.ours().equals(theirs.facts().get(it.fact())))
                            .toList();
        }
        if (!wrong.isEmpty()) {
            return failed(script, "ours", wrong, ours, theirs);
        }
        Map<String, String> does = theirs.recorded();
        List<Trace.Difference> differences = Trace.differences(script, ours.recorded(), does);
        if (!family.isRecorded()) {
            List<Trace.Difference> unlisted = deliberate.unlisted(name, differences);
            if (!unlisted.isEmpty()) {
                return new Line(name, REPORTED, lines("not on the list", unlisted));
            }
        } else if (!AS_THE_CPU_ALLOWS.matcher(name).matches()) {
            List<Trace.Difference> other = Trace.differences(script, does, recorded.theirs(name));
            if (!other.isEmpty()) {
                return failed(script, "the library", other, ours, theirs);
            }
        }
        return new Line(name, differences.isEmpty() ? EQUAL : DELIBERATE, "");
    }

    private static Line failed(
            Script script, String who, List<Trace.Difference> wrong, Trace ours, Trace theirs) {
        return new Line(
                script.name(),
                FAILED,
                script.setup()
                        + "\n"
                        + lines(who + " does, and what is recorded", wrong)
                        + Trace.sideBySide(ours, theirs));
    }

    private static String lines(String what, List<Trace.Difference> differences) {
        StringBuilder text = new StringBuilder();
        for (Trace.Difference it : differences) {
            text.append(String.format("%s: %s: %s, %s%n", what, it.fact(), it.ours(), it.theirs()));
        }
        return text.toString();
    }

    /** Seeded anew each time; {@code -Dsslwrite.walk.seed=…} walks the same way again. */
    private void walk(PrintWriter out) {
        if (!WALKS.contains(family)) {
            return;
        }
        Walk walk = new Walk(Long.getLong(SEED, System.nanoTime()));
        Line line;
        try {
            walk.run(WALK_STEPS);
            line = new Line(WALK, EQUAL, String.valueOf(walk.steps()));
        } catch (AssertionError e) {
            line = new Line(WALK, FAILED, stackTrace(e));
        }
        out.println(line);
    }

    /** The name of the line of the random walk; its text is the number of steps. */
    static final String WALK = "random walk";

    static final String SEED = "sslwrite.walk.seed";

    /** LibreSSL has other results at too many places, and others are not known. */
    private static final Set<Family> WALKS =
            Set.of(
                    Family.OPENSSL_1_1_1,
                    Family.OPENSSL_3_0,
                    Family.OPENSSL_3_5,
                    Family.OPENSSL_4_0);
}
