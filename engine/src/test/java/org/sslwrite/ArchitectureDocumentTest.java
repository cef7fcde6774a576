package org.sslwrite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The way of a byte in ARCHITECTURE.md is the one that it takes. */
class ArchitectureDocumentTest {
    private static final Path SOURCES = Path.of("src/main/java");
    private static final Pattern STEP =
            Pattern.compile("\\| \\d+ \\| `([A-Z]\\w+)\\.([a-z]\\w+)` \\|.*");

    /** A method, by the simple name of its class. */
    private record Step(String type, String method) {}

    private static List<Step> steps() throws IOException {
        List<Step> steps = new ArrayList<>();
        for (String line : Files.readAllLines(Path.of("../ARCHITECTURE.md"))) {
            Matcher step = STEP.matcher(line);
            if (step.matches()) {
                steps.add(new Step(step.group(1), step.group(2)));
            }
        }
        return steps;
    }

    private static String source(String type) throws IOException {
        try (Stream<Path> all = Files.walk(SOURCES)) {
            List<Path> found =
                    all.filter(file -> file.getFileName().toString().equals(type + ".java"))
                            .toList();
            assertEquals(1, found.size(), type);
            return Files.readString(found.getFirst());
        }
    }

    /** What a method has between its braces, as the formatter sets them. */
    private static String body(Step step) throws IOException {
        StringBuilder bodies = new StringBuilder();
        Matcher method =
                Pattern.compile(
                                "^    \\w[^=;{]*\\b"
                                        + step.method
                                        + "\\([^;{]*\\{\\n(.*?)^    }\\n",
                                Pattern.MULTILINE | Pattern.DOTALL)
                        .matcher(source(step.type));
        while (method.find()) {
            bodies.append(method.group(1));
        }
        assertTrue(!bodies.isEmpty(), step::toString);
        return bodies.toString();
    }

    @Test
    void stepsAreFewAndInFewFiles() throws IOException {
        List<Step> steps = steps();
        Set<String> files = new HashSet<>();
        steps.forEach(step -> files.add(step.type));
        assertTrue(steps.size() > 5 && steps.size() <= 12, steps::toString);
        assertTrue(files.size() <= 6, files::toString);
    }

    /** Each is called by one before it, and the last ones of both branches call out. */
    @Test
    void eachStepIsCalledByOneBeforeIt() throws IOException {
        List<Step> steps = steps();
        for (int i = 1; i < steps.size(); i++) {
            Pattern call = Pattern.compile("\\b" + steps.get(i).method + "\\(");
            boolean called = false;
            for (Step earlier : steps.subList(0, i)) {
                called |= call.matcher(body(earlier)).find();
            }
            assertTrue(called, steps.get(i) + " is called by none before it");
        }
        assertTrue(body(new Step("WriteEpoch", "sealOrFail")).contains("sealer.seal("));
        assertTrue(body(steps.getLast()).contains("bio.write("));
    }
}
