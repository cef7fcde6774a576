package org.sslwrite.bench.run;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.sslwrite.bench.result.Absent;
import org.sslwrite.bench.result.Ratio;
import org.sslwrite.bench.result.Results;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** What a terminal shows of a run. */
class SummaryTest {
    private static final double NAN = Double.NaN;

    @Test
    void saysEverythingThatIsKnown() {
        Results results =
                new Results(
                        Map.of(),
                        false,
                        List.of(),
                        List.of(),
                        List.of(
                                new Ratio("write_64_vs_best_peer", 2, 1.9, 2.1, "a", "b", null),
                                new Ratio("token_vs_c_loop", NAN, NAN, NAN, "", "", "no token")),
                        List.of(new Absent("Conscrypt", "no library\nfor\u001b[31m this")),
                        List.of("It was noisy."));
        assertEquals(
                """
                Stopped before its end; this is what was measured by then.

                write_64_vs_best_peer             2.00  (1.90 to 2.10)  a against b
                token_vs_c_loop                      -  no token

                not measured: Conscrypt: no library for [31m this
                warning: It was noisy.

                report: out/report.html
                """,
                Summary.of(results, Path.of("out")));
    }

    @Test
    void saysNothingOfFilesThatAreNot() {
        Results results =
                new Results(Map.of(), true, List.of(), List.of(), List.of(), List.of(), List.of());
        assertEquals("", Summary.of(results, null));
    }
}
