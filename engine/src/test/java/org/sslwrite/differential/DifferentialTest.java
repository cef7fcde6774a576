package org.sslwrite.differential;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The contract against libssl: the same script on both. Ours must do what is recorded, with
 * whatever library; the library must, if its family is recorded, and is reported on if not. What
 * was counted goes into {@code target/verify/differential-….json}.
 *
 * <p>{@code -Dsslwrite.libssl=FILE} names the library, or several, separated as a class path is.
 */
final class DifferentialTest {
    private static final Path TARGET = Path.of("target", "verify");
    private static final Path CONTRACT = Path.of("..", "docs", "contract.md");

    private static final DeliberateDifferences DELIBERATE = new DeliberateDifferences();

    @TestFactory
    Stream<DynamicTest> cases() throws IOException {
        Files.createDirectories(TARGET);
        Map<String, LibraryRun> runs = new LinkedHashMap<>();
        for (Library library : Library.toRun()) {
            LibraryRun run = LibraryRun.of(library);
            if (run.started() || Library.areNamed()) {
                runs.putIfAbsent(run.label(), run);
            }
        }
        assumeFalse(runs.isEmpty(), "no libssl with its libcrypto to compare with");
        for (LibraryRun run : runs.values()) {
            run.summarize(TARGET);
        }
        return runs.values().stream().flatMap(LibraryRun::tests);
    }

    @Test
    void noNameTwice() {
        Set<String> names = new HashSet<>();
        for (Script script : Run.scripts()) {
            assertTrue(names.add(script.name()), "two cases are called " + script.name());
        }
    }

    /** Where ours and a library differ, the list says why. */
    @Test
    void everyRecordedDifferenceIsListed() {
        Records records = new Records();
        List<String> unlisted = new ArrayList<>();
        for (Family family : Records.families()) {
            // LibreSSL has its own ways at many places: its record says which, without a reason.
            if (family == Family.LIBRESSL) {
                continue;
            }
            Records.OfFamily recorded = records.of(family);
            for (Script script : Run.scripts()) {
                DELIBERATE
                        .unlisted(script.name(), differences(recorded, script))
                        .forEach(it -> unlisted.add(family + ": " + script.name() + ": " + it));
            }
        }
        assertEquals("", String.join("\n", unlisted));
    }

    private static List<Trace.Difference> differences(Records.OfFamily recorded, Script script) {
        String name = script.name();
        return recorded.runs(name)
                ? Trace.differences(script, recorded.ours(name), recorded.theirs(name))
                : List.of();
    }

    /** What the contract says of differences is what is recorded, and all of it. */
    @Test
    void contractListsTheSameDifferences() throws IOException {
        Records records = new Records();
        for (Family family : Records.families()) {
            Records.OfFamily recorded = records.of(family);
            for (Script script : Run.scripts()) {
                DELIBERATE.show(family, script.name(), differences(recorded, script));
            }
        }
        assertEquals(List.of(), DELIBERATE.stale());
        String contract = Files.readString(CONTRACT);
        assertTrue(
                contract.contains(DELIBERATE.table()),
                "docs/contract.md must have this table:\n" + DELIBERATE.table());
    }
}
