package org.sslwrite.bench.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/** What somebody who waits is shown. */
class ProgressTest {
    private final ByteArrayOutputStream shown = new ByteArrayOutputStream();
    private final PrintStream err = new PrintStream(shown, true, StandardCharsets.UTF_8);

    private String shown() {
        return shown.toString(StandardCharsets.UTF_8);
    }

    @Test
    void lineOfATerminalIsWrittenOver() {
        Progress progress = new Progress(err, true, 2, 90_000);
        progress.begin();
        progress.show("one");
        assertEquals("\r  1/2  1:30 left  one", shown().stripTrailing());
        progress.done(45_000);
        progress.show("x".repeat(200));
        progress.end();
        String[] lines = shown().split("\r");
        assertTrue(lines[2].startsWith("  2/2  0:0"), lines[2]);
        assertEquals(79, lines[2].length());
        assertEquals("", lines[3].strip());
    }

    @Test
    void fileGetsALineNowAndThen() {
        Progress progress = new Progress(err, false, 3, 3000);
        progress.begin();
        progress.show("one");
        progress.show("two");
        progress.end();
        assertEquals("  1/3  0:03 left  one" + System.lineSeparator(), shown());
    }
}
