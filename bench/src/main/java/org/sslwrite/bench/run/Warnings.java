package org.sslwrite.bench.run;

import org.sslwrite.bench.engine.EngineName;
import org.sslwrite.bench.result.Row;
import org.sslwrite.bench.result.Samples;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a reader must know before trusting figures: noise, and comparisons that are not fair. */
final class Warnings {
    /** Of the median: more is no steady figure. */
    private static final double WIDE = 0.10;

    /** A part of all rows. */
    private static final double MANY = 0.10;

    /** A part of the machine's time. */
    private static final double BUSY = 0.03;

    private static final Pattern OPENSSL = Pattern.compile("OpenSSL (\\d+)\\.(\\d+)\\..*");

    private final List<String> all = new ArrayList<>();

    private Warnings() {}

    static List<String> of(
            List<Row> rows,
            Map<String, String> facts,
            SystemLoad load,
            double others,
            List<BenchToken> tokens) {
        Warnings warnings = new Warnings();
        warnings.ofLoad(load.averageBefore(), others);
        warnings.ofGovernor(facts.getOrDefault("Governor", Environment.UNKNOWN));
        warnings.ofQuota(facts.getOrDefault("Container limits", ""));
        warnings.ofThreads(rows);
        warnings.ofSpread(rows);
        warnings.ofTokens(tokens);
        warnings.ofOpenssl(rows, facts.getOrDefault("OpenSSL's command", ""));
        return List.copyOf(warnings.all);
    }

    private void ofLoad(double before, double others) {
        int processors = Runtime.getRuntime().availableProcessors();
        if (others > BUSY) {
            all.add(
                    "Others took %s of the machine's time while it ran: measure again when it is"
                                    .formatted(SystemLoad.percent(others))
                            + " idle.");
        } else if (Double.isNaN(others) && before > 0.5 * processors) {
            all.add(
                    "The load was %s on %d processors before it ran: measure again when it is idle."
                            .formatted(SystemLoad.load(before), processors));
        }
    }

    private void ofGovernor(String governor) {
        if (!governor.equals("performance") && !governor.equals(Environment.UNKNOWN)) {
            all.add(
                    "The processors' governor is "
                            + governor
                            + ": their clock may have changed while it ran; \"performance\" keeps"
                            + " it still.");
        }
    }

    /** A quota stops all threads for the rest of each period once it is used up. */
    private void ofQuota(String limits) {
        if (limits.contains("CPU")) {
            all.add(
                    "This container's CPU time is limited ("
                            + limits
                            + "): figures may have pauses in them that are the limit's.");
        }
    }

    private void ofThreads(List<Row> rows) {
        int processors = Runtime.getRuntime().availableProcessors();
        int most = rows.stream().mapToInt(Row::threads).max().orElse(1);
        if (most > processors) {
            all.add(
                    "Up to %d threads shared %d processors: rows with more threads than processors"
                                    .formatted(most, processors)
                            + " say what waiting costs, too.");
        }
    }

    private void ofSpread(List<Row> rows) {
        List<Row> wide = rows.stream().filter(row -> Samples.spread(row.samples()) > WIDE).toList();
        if (wide.size() > MANY * rows.size()) {
            Row widest =
                    wide.stream()
                            .max(Comparator.comparingDouble(r -> Samples.spread(r.samples())))
                            .orElseThrow();
            all.add(
                    "%d of %d figures are unsteady: the middle half of their samples lies more than"
                                    .formatted(wide.size(), rows.size())
                            + " %s apart. The widest: %s, %d bytes, %s."
                                    .formatted(
                                            SystemLoad.percent(WIDE),
                                            widest.engine(),
                                            widest.size(),
                                            SystemLoad.percent(Samples.spread(widest.samples()))));
        }
    }

    private void ofTokens(List<BenchToken> tokens) {
        for (BenchToken token : tokens) {
            if (token.isSoftware()) {
                all.add(
                        token.name()
                                + " is software on the same processors: its figures say what"
                                + " PKCS#11 costs, and nothing of a token in hardware.");
            }
        }
    }

    private void ofOpenssl(List<Row> rows, String version) {
        Matcher numbers = OPENSSL.matcher(version);
        boolean isMeasured =
                rows.stream()
                        .anyMatch(
                                row -> row.engine().equals(EngineName.OPENSSL_SPEED.display(null)));
        if (isMeasured && numbers.matches()) {
            int major = Integer.parseInt(numbers.group(1));
            int minor = Integer.parseInt(numbers.group(2));
            if (major < 3 || major == 3 && minor < 1) {
                all.add(
                        "openssl speed is OpenSSL %d.%d, which does not use VAES: it is no limit of"
                                        .formatted(major, minor)
                                + " this machine.");
            }
        }
    }
}
