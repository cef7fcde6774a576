package org.sslwrite.bench.result;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.sslwrite.bench.result.Row.Kind;
import org.sslwrite.bench.result.Row.Subject;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Results come back from JSON as they were, and nothing else passes for results. */
class ResultsJsonTest {
    private static final Results RESULTS = results();

    private static Results results() {
        Map<String, String> environment = new LinkedHashMap<>();
        environment.put("cpu", "a \"fast\" one\n");
        environment.put("jdk", "25");
        return new Results(
                environment,
                false,
                List.of(
                        row(Subject.SEALER, "ours, SunJCE", List.of(1000.5, 999.0), 0),
                        row(Subject.WRITE, "JSSE", List.of(1933.0), 12.25),
                        row(Subject.TCP, "Conscrypt", List.of(1.0, 2.0, 3.0), Double.NaN)),
                List.of(
                        new Latency(
                                "JSSE",
                                "TLS_AES_128_GCM_SHA256",
                                64,
                                false,
                                400,
                                900,
                                4000.5,
                                1e6,
                                1_000_000)),
                List.of(
                        new Ratio("write_64", 1.5, 1.25, 1.75, "ours, SunJCE", "JSSE, heap", null),
                        new Ratio("token", Double.NaN, Double.NaN, Double.NaN, "", "", "no token")),
                List.of(new Absent("netty-tcnative", "no library for riscv64")),
                List.of("load 10.8 on 2 cores"));
    }

    private static Row row(Subject subject, String engine, List<Double> samples, double allocated) {
        return new Row(
                subject,
                engine,
                Kind.PEER,
                "TLS_AES_128_GCM_SHA256",
                "TLSv1.3",
                16384,
                subject != Subject.TCP,
                2,
                samples,
                allocated);
    }

    @Test
    void comeBackAsTheyWere() throws ResultsFormatException {
        assertEquals(RESULTS, ResultsJson.fromJson(ResultsJson.toJson(RESULTS)));
    }

    @Test
    void ratiosArePlainNumbers() throws IOException {
        JsonNode ratios = new JsonMapper().readTree(ResultsJson.toJson(RESULTS)).get("ratios");
        assertEquals("{\"write_64\":1.5,\"token\":null}", ratios.toString());
    }

    @Test
    void entriesAreThoseOfJmh() throws IOException {
        JsonNode entry = new JsonMapper().readTree(ResultsJson.toJson(RESULTS)).at("/benchmarks/1");
        assertEquals("avgt", entry.get("mode").textValue());
        assertEquals(1933.0, entry.at("/primaryMetric/score").doubleValue());
        assertEquals("NaN", entry.at("/primaryMetric/scoreError").textValue());
        assertEquals("ns/op", entry.at("/primaryMetric/scoreUnit").textValue());
        assertEquals(12.25, entry.at("/secondaryMetrics/gc.alloc.rate.norm/score").doubleValue());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "null",
                "[]",
                "1",
                "{}",
                "{\"format\": \"sslwrite-bench/1\"}",
                "{\"format\": \"sslwrite-bench/2\"}",
                "{\"format\": 1}",
                "{\"format\": \"a\", \"format\": \"b\"}",
                "{\"format\"",
                "\u0000",
                "{\"complete\": true} x",
            })
    void nothingElsePasses(String json) {
        assertOneLine(assertThrows(ResultsFormatException.class, () -> ResultsJson.fromJson(json)));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    "complete" : false       | "complete" : 0          | complete
                    "size" : "16384"         | "size" : "-1"           | benchmarks[0].params.size
                    "size" : "16384"         | "size" : "1e99"         | benchmarks[0].params.size
                    "size" : "16384"         | "size" : "big"          | benchmarks[0].params.size
                    "size" : "16384"         | "size" : 16384          | benchmarks[0].params.size
                    "memory" : "heap"        | "memory" : "stack"      | benchmarks[2].params.memory
                    "kind" : "PEER"          | "kind" : "peer"         | benchmarks[0].params.kind
                    "threads" : 2            | "threads" : 0           | benchmarks[0].threads
                    "threads" : 2            | "threads" : 1.5         | benchmarks[0].threads
                    .SealerBenchmark.        | .OtherBenchmark.        | benchmarks[0].benchmark
                    [ 1000.5, 999.0 ]        | 1000.5                  | rawData[0]
                    [ 1000.5, 999.0 ]        | [ ]                     | rawData
                    [ 1000.5, 999.0 ]        | [ "fast" ]              | rawData[0][0]
                    [ 1000.5, 999.0 ]        | [ 1e999 ]               | rawData[0][0]
                    [ 1000.5, 999.0 ]        | [ -1 ]                  | rawData[0][0]
                    "jdk" : "25"             | "jdk" : { }             | environment.jdk
                    "note" : "no token"      | "no" : "token"          | ratio_details[1].note
                    "value" : 1.5            | "value" : "1.5"         | ratio_details[0].value
                    "p99.9" : 4000.5         | "p99.9" : null          | latencies[0].p99.9
                    "reason" :               | "raisin" :              | absent[0].reason
                    "load 10.8 on 2 cores"   | [ ]                     | warnings[0]
                    """)
    void whatIsWrongIsNamed(String right, String wrong, String place) {
        String json = ResultsJson.toJson(RESULTS);
        assertTrue(json.contains(right), () -> right + " is not in " + json);
        ResultsFormatException e =
                assertThrows(
                        ResultsFormatException.class,
                        () -> ResultsJson.fromJson(json.replace(right, wrong)));
        assertOneLine(e);
        assertTrue(String.valueOf(e.getMessage()).contains(place), e::getMessage);
    }

    @Test
    void depthIsBounded() {
        String json = "[".repeat(100_000);
        assertOneLine(assertThrows(ResultsFormatException.class, () -> ResultsJson.fromJson(json)));
    }

    @Test
    void filesAreNamed(@TempDir Path folder) throws IOException, ResultsFormatException {
        Path good = Files.writeString(folder.resolve("good.json"), ResultsJson.toJson(RESULTS));
        assertEquals(RESULTS, ResultsJson.read(good));
        Path binary = Files.write(folder.resolve("binary.json"), new byte[] {(byte) 0xFF, 0});
        for (Path bad : List.of(folder, binary, folder.resolve("none.json"))) {
            ResultsFormatException e =
                    assertThrows(ResultsFormatException.class, () -> ResultsJson.read(bad));
            assertOneLine(e);
            assertTrue(String.valueOf(e.getMessage()).startsWith(bad + ": "), e::getMessage);
        }
    }

    private static void assertOneLine(ResultsFormatException e) {
        String message = String.valueOf(e.getMessage());
        assertFalse(message.isBlank());
        assertFalse(message.contains("\n"), message);
        assertTrue(message.length() < 400, message);
    }
}
