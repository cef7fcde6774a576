package org.sslwrite.differential;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The contract against the machine's libssl: the same script on both, every observed fact the same,
 * or on the list of deliberate differences. What was counted goes into {@code
 * target/verify/differential.json}.
 */
final class DifferentialTest {
    private static final Path SUMMARY = Path.of("target", "verify", "differential.json");
    private static final Path CONTRACT = Path.of("..", "docs", "contract.md");
    private static final int WALK_STEPS = 30_000;

    private static final DeliberateDifferences DELIBERATE = new DeliberateDifferences();
    private static int equal;
    private static int deliberate;
    private static int failed;
    private static int walkSteps;

    @BeforeAll
    static void needsLibSsl() {
        String missing = OpenSsl.missing();
        assumeTrue(missing == null, missing);
        System.out.println("differential: against " + LibSsl.OpenSSL_version());
    }

    @AfterAll
    static void writeSummary() throws IOException {
        if (OpenSsl.missing() != null) {
            return;
        }
        Files.createDirectories(SUMMARY.getParent());
        Files.writeString(
                SUMMARY,
                String.format(
                        "{\"differential\": {\"cases\": %d, \"equal\": %d, \"deliberate\": %d,"
                                + " \"failed\": %d, \"walk_steps\": %d}}%n",
                        equal + deliberate + failed, equal, deliberate, failed, walkSteps));
    }

    @TestFactory
    Stream<DynamicTest> cases() {
        List<Script> scripts = new ArrayList<>(RowCases.all());
        scripts.addAll(GeneratedCases.all());
        assertNoNameTwice(scripts);
        return Stream.concat(
                scripts.stream()
                        .map(script -> DynamicTest.dynamicTest(script.name(), () -> run(script))),
                Stream.of(
                        DynamicTest.dynamicTest(
                                "every deliberate difference shows",
                                () -> assertEquals(List.of(), DELIBERATE.stale()))));
    }

    private static void assertNoNameTwice(List<Script> scripts) {
        Set<String> names = new HashSet<>();
        for (Script script : scripts) {
            assertTrue(names.add(script.name()), "two cases are called " + script.name());
        }
    }

    private static void run(Script script) {
        boolean passed = false;
        try {
            Trace ours = Player.ours(script);
            Trace theirs = Player.theirs(script);
            List<Trace.Difference> differences = Trace.differences(ours, theirs);
            String name = script.name();
            List<Trace.Difference> unlisted = DELIBERATE.unlisted(name, differences);
            var missing = DELIBERATE.missing(name, differences);
            if (!unlisted.isEmpty() || !missing.isEmpty()) {
                fail(report(script, unlisted, missing, ours, theirs));
            }
            if (differences.isEmpty()) {
                equal++;
            } else {
                deliberate++;
            }
            passed = true;
        } finally {
            if (!passed) {
                failed++;
            }
        }
    }

    private static String report(
            Script script,
            List<Trace.Difference> unlisted,
            List<DeliberateDifferences.Clause> missing,
            Trace ours,
            Trace theirs) {
        StringBuilder report = new StringBuilder(script.name());
        report.append("\n").append(script.setup()).append("\n");
        unlisted.forEach(found -> report.append("not on the list: ").append(found).append("\n"));
        missing.forEach(it -> report.append("on the list, not seen: ").append(it).append("\n"));
        return report.append(Trace.sideBySide(ours, theirs)).toString();
    }

    /** Seeded anew each time; {@code -Dsslwrite.walk.seed=…} walks the same way again. */
    @Test
    void randomWalk() {
        long seed = Long.getLong("sslwrite.walk.seed", System.nanoTime());
        System.out.println("differential: random walk with -Dsslwrite.walk.seed=" + seed);
        Walk walk = new Walk(seed);
        try {
            walk.run(WALK_STEPS);
        } finally {
            walkSteps = walk.steps();
        }
    }

    /** What the contract says of differences is what this suite allows. */
    @Test
    void contractListsTheSameDifferences() throws IOException {
        String contract = Files.readString(CONTRACT);
        assertTrue(
                contract.contains(DELIBERATE.table()),
                "docs/contract.md must have this table:\n" + DELIBERATE.table());
    }
}
