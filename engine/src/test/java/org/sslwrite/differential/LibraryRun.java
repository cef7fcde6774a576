package org.sslwrite.differential;

import static org.junit.jupiter.api.Assertions.fail;

import org.junit.jupiter.api.DynamicTest;
import org.sslwrite.differential.Run.Outcome;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A {@link Run} in a child JVM, and what it came to.
 *
 * @param version of the library; empty if it could not be loaded
 * @param end how the JVM ended; empty if well
 */
record LibraryRun(Library library, String version, List<Run.Line> lines, String end) {
    /** Runs all cases with the library. */
    static LibraryRun of(Library library) throws IOException {
        Path result = Files.createTempFile("differential", ".txt");
        Path log = Files.createTempFile("differential", ".log");
        try {
            int exit = waitFor(command(library, result), log);
            List<String> lines = Files.readAllLines(result);
            String end =
                    exit == 0 ? "" : "the JVM ended with " + exit + ":\n" + Files.readString(log);
            return new LibraryRun(
                    library,
                    lines.isEmpty() ? "" : lines.getFirst(),
                    lines.stream().skip(1).map(Run.Line::of).toList(),
                    end);
        } finally {
            Files.delete(result);
            Files.delete(log);
        }
    }

    private static List<String> command(Library library, Path result) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(
                List.of(
                        "--enable-native-access=ALL-UNNAMED",
                        "-XX:-CreateCoredumpOnCrash",
                        "-XX:ErrorFile=/dev/stderr",
                        "-D" + Library.PROPERTY + "=" + library.name()));
        for (String property : List.of(Run.SEED, Run.RECORD)) {
            String value = System.getProperty(property);
            if (value != null) {
                command.add("-D" + property + "=" + value);
            }
        }
        command.addAll(
                List.of(
                        "-cp",
                        System.getProperty("java.class.path"),
                        Run.class.getName(),
                        result.toString()));
        return command;
    }

    private static int waitFor(List<String> command, Path log) throws IOException {
        Process process =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(Redirect.to(log.toFile()))
                        .start();
        try {
            return process.waitFor();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        } finally {
            process.destroyForcibly();
        }
    }

    boolean started() {
        return !version.isEmpty();
    }

    /** As {@code openssl-3.0.19}. */
    String label() {
        return started()
                ? Arrays.stream(version.split(" "))
                        .limit(2)
                        .collect(Collectors.joining("-"))
                        .toLowerCase(Locale.ROOT)
                : library.name();
    }

    /** A test for each case, and one for the end of the run. */
    Stream<DynamicTest> tests() {
        return Stream.concat(
                lines.stream().map(line -> test(line.name(), line.outcome(), line.text())),
                Stream.of(test("runs to its end", ended(), end)));
    }

    private Outcome ended() {
        return end.isEmpty() ? Outcome.EQUAL : Outcome.FAILED;
    }

    private DynamicTest test(String name, Outcome outcome, String text) {
        return DynamicTest.dynamicTest(
                label() + ": " + name,
                () -> {
                    if (outcome == Outcome.FAILED) {
                        fail(text);
                    }
                });
    }

    /** Prints what is reported, and writes the figures for the summary of {@code ./verify}. */
    void summarize(Path folder) throws IOException {
        Family family = Family.of(version);
        System.out.printf("differential: %s (%s): %s%n", label(), family, figures());
        lines.stream()
                .filter(line -> line.outcome() == Outcome.REPORTED)
                .forEach(
                        line ->
                                System.out.println(
                                        "reported: " + line.name() + "\n" + line.text()));
        Files.writeString(
                folder.resolve("differential-" + label().replace('/', '_') + ".json"),
                String.format(
                        "{\"differential\": {\"%s\": {\"family\": \"%s\", %s}}}%n",
                        label(), family, figures()));
    }

    private String figures() {
        String outcomes =
                Arrays.stream(Outcome.values())
                        .map(
                                outcome ->
                                        String.format(
                                                "\"%s\": %d",
                                                outcome.name().toLowerCase(Locale.ROOT),
                                                cases().filter(it -> it.outcome() == outcome)
                                                        .count()))
                        .collect(Collectors.joining(", "));
        return String.format(
                "\"cases\": %d, %s, \"walk_steps\": %s", cases().count(), outcomes, walkSteps());
    }

    private Stream<Run.Line> cases() {
        return lines.stream().filter(line -> !line.name().equals(Run.WALK));
    }

    private String walkSteps() {
        return lines.stream()
                .filter(line -> line.name().equals(Run.WALK) && line.outcome() == Outcome.EQUAL)
                .map(Run.Line::text)
                .findFirst()
                .orElse("0");
    }
}
