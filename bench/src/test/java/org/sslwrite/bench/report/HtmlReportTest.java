package org.sslwrite.bench.report;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What the page says; how it looks is {@link BrowserTest}'s. */
class HtmlReportTest {
    private static final String RUN = HtmlReport.html(SampleRun.withToken());

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Does offload pay? <span class=\"answer bad\">No, never here.</span>",
                "Ours is fastest: 3.6 times the throughput of the best peer.",
                "Ours is faster than the best peer at every size measured.",
                "Writing 16 KiB, our ipsec-mb allocates 0 B of heap; the best peer,"
                        + " netty-tcnative,",
                "a difference within that means nothing.",
                "Fastest at 64 B, ipsec-mb with 0.6",
                "Of 5 ratios to rivals, ours is faster in 5. 16 KiB: against the bare sealer: 93"
                        + " %.",
                "JSSE was not measured",
                "Nothing by ipsec-mb, SoftHSM2 by C API and NSS by C API. Most: JSSE, SoftHSM2",
                "The load was 1.7 on 2 processors",
                "no C compiler on the PATH",
                "AMD EPYC 9755",
                "All 1092 rows",
            })
    void saysInWordsWhatTheFiguresMean(String words) {
        assertTrue(RUN.contains(words), words);
    }

    @Test
    void saysThatOffloadPays() {
        String html = HtmlReport.html(SampleRun.withFastToken());
        assertTrue(html.contains("<span class=\"answer good\">Yes, from 4 KiB on with 4 threads."));
    }

    @Test
    void asksNobodyForAnything() {
        assertAll(
                () -> assertFalse(RUN.contains("<script")),
                () -> assertFalse(RUN.contains("http:")),
                () -> assertFalse(RUN.contains("https:")),
                () -> assertFalse(RUN.contains("url(")),
                () -> assertFalse(RUN.contains("@import")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"nothing", "one engine", "not a number", "hostile"})
    void oddRunsHaveNoOddFigures(String name) {
        String html = HtmlReport.html(OddRuns.named(name));
        assertAll(
                () -> assertFalse(html.contains("NaN"), "NaN"),
                () -> assertFalse(html.contains("Infinity"), "Infinity"),
                () -> assertFalse(html.contains(">null<"), "null"));
    }

    @Test
    void saysThatARunWasStopped() {
        String html = HtmlReport.html(OddRuns.nothing());
        assertTrue(html.contains("This run was stopped before its end."));
        assertTrue(html.contains("Nothing was measured"));
    }

    @Test
    void writesOverWhatWasThere(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("report.html");
        Files.writeString(file, "x".repeat(5_000_000));
        HtmlReport.write(OddRuns.nothing(), file);
        assertEquals(HtmlReport.html(OddRuns.nothing()), Files.readString(file));
    }

    @Test
    void failsWhereItCannotWrite(@TempDir Path folder) {
        Path file = folder.resolve("missing").resolve("report.html");
        assertThrows(IOException.class, () -> HtmlReport.write(OddRuns.nothing(), file));
    }
}
