package org.sslwrite.bench.result;

import java.util.List;
import java.util.Map;

/**
 * A whole run.
 *
 * @param environment CPU, flags, JDK, libraries, token, governor, load, times; in the order to show
 * @param complete whether it ran to its end
 */
public record Results(
        Map<String, String> environment,
        boolean complete,
        List<Row> rows,
        List<Latency> latencies,
        List<Ratio> ratios,
        List<Absent> absent,
        List<String> warnings) {}
