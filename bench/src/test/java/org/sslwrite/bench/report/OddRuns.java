package org.sslwrite.bench.report;

import org.sslwrite.bench.result.Absent;
import org.sslwrite.bench.result.Latency;
import org.sslwrite.bench.result.Ratio;
import org.sslwrite.bench.result.Results;
import org.sslwrite.bench.result.Row;
import org.sslwrite.bench.result.Row.Kind;
import org.sslwrite.bench.result.Row.Subject;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Runs that were stopped, went wrong, or mean harm. */
final class OddRuns {
    static final String HOSTILE =
            "</title></style></svg><script>alert(1)</script><img src=https://example.com/x onerror="
                    + "\"alert('2')\"> &amp; \u202Egnp.exe\u0000\u001b[31m \ud800 ]]> -->"
                    + " averyveryveryverylongwordwithoutanyspaceinitwhichcannotbebrokenatall"
                            .repeat(3);

    private OddRuns() {}

    static Results named(String name) {
        return switch (name) {
            case "fast token" -> SampleRun.withFastToken();
            case "hostile" -> hostile();
            case "nothing" -> nothing();
            case "one engine" -> oneEngine();
            case "not a number" -> notANumber();
            default -> throw new IllegalArgumentException(name);
        };
    }

    static Results nothing() {
        return new Results(Map.of(), false, List.of(), List.of(), List.of(), List.of(), List.of());
    }

    private static Results oneEngine() {
        List<Row> rows = List.of(row("ours, SunJCE", Kind.OURS, 1024, List.of(512.0), 0));
        return new Results(
                Map.of("CPU", "one"), false, rows, List.of(), List.of(), List.of(), List.of());
    }

    private static Results notANumber() {
        double nan = Double.NaN;
        List<Row> rows =
                List.of(
                        row("ours, SunJCE", Kind.OURS, 64, List.of(nan, nan), nan),
                        row("ours, SunJCE", Kind.OURS, 1024, List.of(), nan),
                        row("ours, SunJCE", Kind.OURS, 16384, List.of(1.0, nan, 0.0), nan),
                        row("JSSE", Kind.PEER, 64, List.of(Double.POSITIVE_INFINITY), -1),
                        row("JSSE", Kind.PEER, 16384, List.of(1e-9, 1e12), 1e300),
                        row("token", Kind.OURS_TOKEN, 64, List.of(nan), nan));
        return new Results(
                Map.of(),
                true,
                rows,
                List.of(
                        new Latency("JSSE", SampleRun.SUITE, 64, true, nan, nan, nan, nan, 0),
                        new Latency("JSSE", SampleRun.SUITE, 64, true, 5, 5, 5, 5, 1),
                        new Latency(
                                "JSSE",
                                SampleRun.SUITE,
                                1024,
                                false,
                                0,
                                -1,
                                5,
                                Double.POSITIVE_INFINITY,
                                1)),
                List.of(
                        new Ratio("write_64_vs_best_peer", nan, nan, nan, "", "", null),
                        new Ratio("of my own", 1, nan, Double.POSITIVE_INFINITY, "a", "b", "n")),
                List.of(),
                List.of());
    }

    private static Results hostile() {
        List<Row> rows = new ArrayList<>();
        List<Latency> latencies = new ArrayList<>();
        for (Kind kind : Kind.values()) {
            for (int size : List.of(64, 1024, 16384)) {
                rows.add(row(kind + HOSTILE, kind, size, List.of(500.0 + size, 510.0 + size), 64));
                latencies.add(
                        new Latency(
                                kind + HOSTILE,
                                kind + HOSTILE,
                                size,
                                true,
                                500,
                                600,
                                7000,
                                1e6,
                                1000));
            }
        }
        return new Results(
                Map.of(HOSTILE, HOSTILE),
                true,
                rows,
                latencies,
                List.of(new Ratio(HOSTILE, 2, 1.5, 2.5, HOSTILE, HOSTILE, HOSTILE)),
                List.of(new Absent(HOSTILE, HOSTILE)),
                List.of(HOSTILE));
    }

    static Row row(String engine, Kind kind, int size, List<Double> samples, double allocated) {
        return new Row(
                Subject.WRITE,
                engine,
                kind,
                SampleRun.SUITE,
                "TLSv1.3",
                size,
                true,
                1,
                samples,
                allocated);
    }
}
