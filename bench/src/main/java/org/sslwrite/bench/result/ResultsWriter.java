package org.sslwrite.bench.result;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import org.openjdk.jmh.util.ListStatistics;
import org.openjdk.jmh.util.Statistics;
import org.openjdk.jmh.util.Version;

import java.util.List;

/** Results as a tree of JSON. */
final class ResultsWriter {
    /** As in JMH's own files. */
    private static final double CONFIDENCE = 0.999;

    private static final double[] PERCENTILES = {0, 50, 90, 95, 99, 99.9, 99.99, 99.999, 100};

    private final JsonMapper mapper;

    ResultsWriter(JsonMapper mapper) {
        this.mapper = mapper;
    }

    ObjectNode write(Results results) {
        ObjectNode root = mapper.createObjectNode();
        root.put("format", ResultsJson.FORMAT);
        root.put("complete", results.complete());
        ObjectNode ratios = root.putObject("ratios");
        ArrayNode details = root.putArray("ratio_details");
        for (Ratio ratio : results.ratios()) {
            putNumber(ratios, ratio.name(), ratio.value());
            details.add(ratio(ratio));
        }
        ObjectNode environment = root.putObject("environment");
        results.environment().forEach(environment::put);
        ArrayNode warnings = root.putArray("warnings");
        results.warnings().forEach(warnings::add);
        ArrayNode absent = root.putArray("absent");
        for (Absent one : results.absent()) {
            absent.addObject().put("engine", one.engine()).put("reason", one.reason());
        }
        ArrayNode latencies = root.putArray("latencies");
        results.latencies().forEach(latency -> latencies.add(latency(latency)));
        ArrayNode benchmarks = root.putArray("benchmarks");
        results.rows().forEach(row -> benchmarks.add(row(row)));
        return root;
    }

    private ObjectNode ratio(Ratio ratio) {
        ObjectNode node = mapper.createObjectNode().put("name", ratio.name());
        putNumber(node, "value", ratio.value());
        putNumber(node, "low", ratio.low());
        putNumber(node, "high", ratio.high());
        return node.put("ours", ratio.ours()).put("other", ratio.other()).put("note", ratio.note());
    }

    private ObjectNode latency(Latency latency) {
        return mapper.createObjectNode()
                .put("engine", latency.engine())
                .put("suite", latency.suite())
                .put("size", latency.size())
                .put("memory", latency.direct() ? "direct" : "heap")
                .put("p50", latency.p50())
                .put("p99", latency.p99())
                .put("p99.9", latency.p999())
                .put("max", latency.max())
                .put("count", latency.count());
    }

    private ObjectNode row(Row row) {
        ObjectNode node = mapper.createObjectNode();
        node.put("jmhVersion", Version.getPlainVersion());
        node.put("benchmark", benchmark(row.subject()));
        node.put("mode", "avgt");
        node.put("threads", row.threads());
        node.put("forks", 1); // the rounds' samples stand in one array
        node.put("jdkVersion", System.getProperty("java.version"));
        node.put("vmName", System.getProperty("java.vm.name"));
        node.put("vmVersion", System.getProperty("java.vm.version"));
        node.put("measurementIterations", row.samples().size());
        node.putObject("params")
                .put("engine", row.engine())
                .put("kind", row.kind().name())
                .put("suite", row.suite())
                .put("version", row.version())
                .put("size", Integer.toString(row.size()))
                .put("memory", row.direct() ? "direct" : "heap");
        node.set("primaryMetric", metric("ns/op", row.samples()));
        ObjectNode secondary = node.putObject("secondaryMetrics");
        if (!Double.isNaN(row.allocated())) {
            secondary.set("gc.alloc.rate.norm", metric("B/op", List.of(row.allocated())));
        }
        return node;
    }

    static String benchmark(Row.Subject subject) {
        return switch (subject) {
            case SEALER -> "org.sslwrite.bench.jmh.SealerBenchmark.seal";
            case WRITE -> "org.sslwrite.bench.jmh.WriteBenchmark.write";
            case TCP -> "org.sslwrite.bench.jmh.TcpBenchmark.write";
        };
    }

    private ObjectNode metric(String unit, List<Double> samples) {
        Statistics statistics =
                new ListStatistics(samples.stream().mapToDouble(Double::doubleValue).toArray());
        ObjectNode node = mapper.createObjectNode();
        putStatistic(node, "score", statistics.getMean());
        putStatistic(node, "scoreError", statistics.getMeanErrorAt(CONFIDENCE));
        ArrayNode confidence = node.putArray("scoreConfidence");
        for (double end : statistics.getConfidenceIntervalAt(CONFIDENCE)) {
            if (Double.isFinite(end)) {
                confidence.add(end);
            } else {
                confidence.add("NaN");
            }
        }
        ObjectNode percentiles = node.putObject("scorePercentiles");
        for (double rank : PERCENTILES) {
            putStatistic(percentiles, Double.toString(rank), statistics.getPercentile(rank));
        }
        node.put("scoreUnit", unit);
        ArrayNode fork = node.putArray("rawData").addArray();
        samples.forEach(fork::add);
        return node;
    }

    /** As JMH does: its readers know the word. */
    private static void putStatistic(ObjectNode node, String name, double value) {
        if (Double.isFinite(value)) {
            node.put(name, value);
        } else {
            node.put(name, "NaN");
        }
    }

    private static void putNumber(ObjectNode node, String name, double value) {
        if (Double.isFinite(value)) {
            node.put(name, value);
        } else {
            node.putNull(name);
        }
    }
}
