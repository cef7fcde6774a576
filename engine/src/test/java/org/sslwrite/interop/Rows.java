package org.sslwrite.interop;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicTest;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Runs rows, a few at a time, shows each as a test, and counts those that passed: for all test
 * classes of this run together.
 */
public final class Rows {
    private static final Duration DEADLINE = Duration.ofSeconds(60);

    /** More rows than processors: each waits for its peer half of the time. */
    private static final int AT_ONCE =
            Math.clamp(2L * Runtime.getRuntime().availableProcessors(), 2, 4);

    private static final ExecutorService WORKERS =
            Executors.newFixedThreadPool(
                    AT_ONCE, Thread.ofPlatform().daemon().name("row-", 0).factory());

    private static final Set<String> PASSED = ConcurrentHashMap.newKeySet();

    private Rows() {}

    /**
     * One test a row. Rows of a tool that is not installed are one test, which is skipped.
     *
     * @param folder for the peers' files
     */
    public static Stream<DynamicTest> run(List<Row> rows, Path folder) {
        Set<String> names = new HashSet<>();
        rows.forEach(row -> assertTrue(names.add(row.name()), "two rows: " + row.name()));
        Stream<DynamicTest> missing =
                rows.stream()
                        .filter(row -> row.tool().missing() != null)
                        .collect(Collectors.groupingBy(Row::tool, Collectors.counting()))
                        .entrySet()
                        .stream()
                        .map(entry -> skipped(entry.getKey(), entry.getValue()));
        List<DynamicTest> tests =
                rows.stream()
                        .filter(row -> row.tool().missing() == null)
                        .map(row -> test(row, WORKERS.submit(() -> run(row, folder))))
                        .toList();
        return Stream.concat(missing, tests.stream()).onClose(Rows::writeCount);
    }

    /** Skips a test that is to run a row elsewhere, if the tool is not installed. */
    public static void assumeInstalled(Tool tool) {
        Assumptions.assumeTrue(tool.missing() == null, tool.missing());
    }

    /** Counts a row that has passed, but was not run here. */
    public static void countPassed(String name) {
        assertTrue(PASSED.add(name), () -> "two rows: " + name);
        writeCount();
    }

    private static DynamicTest skipped(Tool tool, long rows) {
        String name = tool.label() + " · " + rows + " rows";
        String reason = tool.missing() + ": " + name;
        return DynamicTest.dynamicTest(name, () -> Assumptions.abort(reason));
    }

    private static DynamicTest test(Row row, Future<?> result) {
        return DynamicTest.dynamicTest(
                row.name(),
                () -> {
                    try {
                        result.get();
                    } catch (ExecutionException e) {
                        throw e.getCause();
                    }
                });
    }

    private static Void run(Row row, Path folder) throws Exception {
        try (Deadline deadline = new Deadline(DEADLINE);
                Peer peer = Peer.start(row.tool(), row.peer(), folder)) {
            deadline.guard(peer::kill);
            try (OurSide ours =
                    OurSide.over(peer.connection(), !row.tool().isServer(), row.ours())) {
                deadline.guard(ours::abort);
                row.scenario().run(ours, peer);
                assertFalse(deadline.hasPassed());
            } catch (Exception | AssertionError e) {
                String late = deadline.hasPassed() ? "took longer than " + DEADLINE + ": " : "";
                throw new AssertionError(
                        "%s: %s%s\n%s".formatted(row.name(), late, e, peer.report()), e);
            }
        }
        PASSED.add(row.name());
        return null;
    }

    /** Leaves the number of rows that have passed so far for the summary of {@code ./verify}. */
    private static void writeCount() {
        try {
            Path folder = Files.createDirectories(Path.of("target", "verify"));
            String count = "{\"interop_rows\": " + PASSED.size() + "}\n";
            Files.writeString(folder.resolve("interop.json"), count);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
