package org.sslwrite.bench.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sslwrite.bench.result.Row;
import org.sslwrite.bench.result.Row.Kind;
import org.sslwrite.bench.result.Row.Subject;

import java.util.List;
import java.util.Map;

/** What a run says against itself. */
class WarningsTest {
    private static final SystemLoad LOAD = new SystemLoad();

    private static Row row(String engine, Kind kind, int threads, Double... samples) {
        return new Row(
                Subject.WRITE,
                engine,
                kind,
                Plan.MAIN.name(),
                "TLSv1.3",
                64,
                true,
                threads,
                List.of(samples),
                0);
    }

    private static List<String> of(Map<String, String> facts, double others, Row... rows) {
        return Warnings.of(List.of(rows), facts, LOAD, others, List.of());
    }

    @Test
    void quietRunHasNone() {
        assertEquals(
                List.of(),
                of(
                        Map.of("Governor", "performance", "Container limits", "none seen"),
                        0.01,
                        row("JSSE", Kind.PEER, 1, 100.0, 101.0, 102.0)));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    Governor          | powersave          | The processors' governor is powersave
                    Container limits  | CPU 50000 100000 µs | This container's CPU time is limited
                    """)
    void factsThatSpoilFiguresAreTold(String name, String value, String start) {
        List<String> warnings = of(Map.of(name, value), 0);
        assertEquals(1, warnings.size(), warnings::toString);
        assertTrue(warnings.getFirst().startsWith(start), warnings::toString);
    }

    @Test
    void othersOnTheMachineAreTold() {
        List<String> warnings = of(Map.of(), 0.25);
        assertTrue(
                warnings.getFirst().startsWith("Others took 25.0 % of the machine's time"),
                warnings::toString);
    }

    @Test
    void unsteadyFiguresAreTold() {
        List<String> warnings =
                of(Map.of(), 0, row("JSSE", Kind.PEER, 1, 100.0, 150.0, 200.0, 250.0));
        assertTrue(
                warnings.getFirst().startsWith("1 of 1 figures are unsteady"), warnings::toString);
        assertTrue(warnings.getFirst().contains("JSSE, 64 bytes"), warnings::toString);
    }

    @Test
    void moreThreadsThanProcessorsAreTold() {
        List<String> warnings = of(Map.of(), 0, row("JSSE", Kind.PEER, 100_000, 100.0));
        assertTrue(
                warnings.getFirst().startsWith("Up to 100000 threads shared"), warnings::toString);
    }

    @ParameterizedTest
    @CsvSource({"OpenSSL 3.0.19 27 Jan 2026, 1", "OpenSSL 3.1.0 14 Mar 2023, 0", "LibreSSL 4, 0"})
    void opensslWithoutVaesIsTold(String version, int warnings) {
        Row speed = row("openssl speed", Kind.YARDSTICK, 1, 5000.0);
        assertEquals(warnings, of(Map.of("OpenSSL's command", version), 0, speed).size());
    }

    @Test
    void sharesAreInWords() {
        assertEquals("not known", SystemLoad.percent(Double.NaN));
        assertEquals("12.5 %", SystemLoad.percent(0.125));
    }
}
