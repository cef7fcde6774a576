package org.sslwrite.cli;

import org.jspecify.annotations.Nullable;
import org.sslwrite.SslContextStatistics;
import org.sslwrite.SslFallback;
import org.sslwrite.seal.SealedBy;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What a context's engines have sealed, and what failed, for people and as JSON. */
final class EngineReport {
    private EngineReport() {}

    /** Lines for a person. */
    static List<String> of(SslContextStatistics statistics) {
        List<String> lines = new ArrayList<>();
        for (SealedBy share : statistics.sealedBy()) {
            lines.add(
                    String.format(
                            Locale.ROOT,
                            "sealed by %s: %,d records, %,d bytes",
                            share.engine(),
                            share.records(),
                            share.bytes()));
        }
        notOffloaded(statistics)
                .forEach(
                        (reason, suites) ->
                                lines.add(
                                        "not sealed by the token: "
                                                + String.join(", ", suites)
                                                + ": "
                                                + reason));
        if (statistics.fallbacks() > 0) {
            SslFallback last = statistics.latestFallbacks().getLast();
            lines.add(
                    String.format(
                            Locale.ROOT,
                            "%,d fallbacks; the last from %s to %s: %s",
                            statistics.fallbacks(),
                            last.engine(),
                            last.successor() == null ? "nothing" : last.successor(),
                            last.reason()));
        }
        return lines;
    }

    /** The suites that the token could not seal when the server began, by reason. */
    private static Map<String, List<String>> notOffloaded(SslContextStatistics statistics) {
        Map<String, List<String>> suites = new LinkedHashMap<>();
        statistics
                .notOffloaded()
                .forEach(
                        (suite, reason) ->
                                suites.computeIfAbsent(reason, r -> new ArrayList<>())
                                        .add(suite.name()));
        return suites;
    }

    /** The same as JSON objects. */
    static List<Map<String, Object>> limits(SslContextStatistics statistics) {
        List<Map<String, Object>> limits = new ArrayList<>();
        notOffloaded(statistics)
                .forEach(
                        (reason, suites) -> {
                            Map<String, Object> fields = new LinkedHashMap<>();
                            fields.put("suites", suites);
                            fields.put("reason", reason);
                            limits.add(fields);
                        });
        return limits;
    }

    /** Shares as JSON objects. */
    static List<Map<String, Object>> shares(List<SealedBy> sealedBy) {
        List<Map<String, Object>> shares = new ArrayList<>();
        for (SealedBy share : sealedBy) {
            Map<String, Object> fields = new LinkedHashMap<>();
            fields.put("engine", share.engine());
            fields.put("records", share.records());
            fields.put("bytes", share.bytes());
            shares.add(fields);
        }
        return shares;
    }

    /** Fallbacks as JSON objects. */
    static List<Map<String, @Nullable Object>> fallbacks(SslContextStatistics statistics) {
        List<Map<String, @Nullable Object>> fallbacks = new ArrayList<>();
        for (SslFallback fallback : statistics.latestFallbacks()) {
            Map<String, @Nullable Object> fields = new LinkedHashMap<>();
            fields.put("time", fallback.time());
            fields.put("engine", fallback.engine());
            fields.put("successor", fallback.successor());
            fields.put("reason", fallback.reason());
            fallbacks.add(fields);
        }
        return fallbacks;
    }
}
