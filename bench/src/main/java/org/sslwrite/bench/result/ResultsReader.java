package org.sslwrite.bench.result;

import com.fasterxml.jackson.databind.JsonNode;

import org.jspecify.annotations.Nullable;
import org.sslwrite.bench.result.Row.Kind;
import org.sslwrite.bench.result.Row.Subject;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Results from a tree of JSON, which may be anything. */
final class ResultsReader {
    private static final int MAX_SIZE = 1 << 30;
    private static final int MAX_THREADS = 1 << 16;

    /** What of the tree is being read, and how a message calls it. */
    private record Place(JsonNode node, String path) {
        Place get(String name) {
            return new Place(node.path(name), path.isEmpty() ? name : path + "." + name);
        }

        List<Place> elements() throws ResultsFormatException {
            if (!node.isArray()) {
                throw wrong("an array");
            }
            List<Place> places = new ArrayList<>();
            for (JsonNode element : node) {
                places.add(new Place(element, path + "[" + places.size() + "]"));
            }
            return places;
        }

        String text() throws ResultsFormatException {
            if (!node.isTextual()) {
                throw wrong("a text");
            }
            return node.textValue();
        }

        boolean flag() throws ResultsFormatException {
            if (!node.isBoolean()) {
                throw wrong("true or false");
            }
            return node.booleanValue();
        }

        double number() throws ResultsFormatException {
            double value = node.doubleValue();
            if (!node.isNumber() || !Double.isFinite(value) || value < 0) {
                throw wrong("a number, not negative");
            }
            return value;
        }

        double numberOrNaN() throws ResultsFormatException {
            return node.isNull() ? Double.NaN : number();
        }

        int integer(int max) throws ResultsFormatException {
            return integer(number(), max);
        }

        int integerInText(int max) throws ResultsFormatException {
            try {
                return integer(Double.parseDouble(text()), max);
            } catch (NumberFormatException e) {
                throw wrong("a whole number");
            }
        }

        private int integer(double value, int max) throws ResultsFormatException {
            if (!(value >= 1 && value <= max) || value != Math.rint(value)) {
                throw wrong("a whole number from 1 to " + max);
            }
            return (int) value;
        }

        <E extends Enum<E>> E oneOf(E[] values) throws ResultsFormatException {
            String name = text();
            for (E value : values) {
                if (value.name().equals(name)) {
                    return value;
                }
            }
            throw wrong("one of " + Arrays.toString(values));
        }

        ResultsFormatException wrong(String wanted) {
            String what = path.isEmpty() ? "it" : path;
            return new ResultsFormatException(
                    node.isMissingNode()
                            ? "not the results of a run: " + what + " is missing"
                            : "not the results of a run: " + what + " is not " + wanted);
        }
    }

    private ResultsReader() {}

    static Results read(@Nullable JsonNode tree) throws ResultsFormatException {
        if (tree == null || !tree.isObject()) {
            throw new ResultsFormatException("not the results of a run: no JSON object");
        }
        Place root = new Place(tree, "");
        if (!root.get("format").text().equals(ResultsJson.FORMAT)) {
            throw root.get("format").wrong(ResultsJson.FORMAT);
        }
        return new Results(
                environment(root.get("environment")),
                root.get("complete").flag(),
                each(root.get("benchmarks"), ResultsReader::row),
                each(root.get("latencies"), ResultsReader::latency),
                each(root.get("ratio_details"), ResultsReader::ratio),
                each(root.get("absent"), ResultsReader::absent),
                each(root.get("warnings"), Place::text));
    }

    private interface Reading<T> {
        T of(Place place) throws ResultsFormatException;
    }

    private static <T> List<T> each(Place array, Reading<T> reading) throws ResultsFormatException {
        List<T> list = new ArrayList<>();
        for (Place place : array.elements()) {
            list.add(reading.of(place));
        }
        return List.copyOf(list);
    }

    private static Map<String, String> environment(Place place) throws ResultsFormatException {
        if (!place.node().isObject()) {
            throw place.wrong("an object");
        }
        Map<String, String> environment = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> entry : place.node().properties()) {
            environment.put(entry.getKey(), place.get(entry.getKey()).text());
        }
        return Collections.unmodifiableMap(environment);
    }

    private static Row row(Place place) throws ResultsFormatException {
        Place params = place.get("params");
        return new Row(
                subject(place.get("benchmark")),
                params.get("engine").text(),
                params.get("kind").oneOf(Kind.values()),
                params.get("suite").text(),
                params.get("version").text(),
                params.get("size").integerInText(MAX_SIZE),
                isDirect(params.get("memory")),
                place.get("threads").integer(MAX_THREADS),
                samples(place.get("primaryMetric").get("rawData")),
                allocated(place.get("secondaryMetrics").get("gc.alloc.rate.norm")));
    }

    private static Subject subject(Place place) throws ResultsFormatException {
        String name = place.text();
        for (Subject subject : Subject.values()) {
            if (ResultsWriter.benchmark(subject).equals(name)) {
                return subject;
            }
        }
        throw place.wrong("one of this program's benchmarks");
    }

    private static boolean isDirect(Place place) throws ResultsFormatException {
        return switch (place.text()) {
            case "direct" -> true;
            case "heap" -> false;
            default -> throw place.wrong("direct or heap");
        };
    }

    private static List<Double> samples(Place place) throws ResultsFormatException {
        List<Double> samples = new ArrayList<>();
        for (Place fork : place.elements()) {
            samples.addAll(each(fork, Place::number));
        }
        if (samples.isEmpty()) {
            throw place.wrong("an array with a number in it");
        }
        return List.copyOf(samples);
    }

    private static double allocated(Place place) throws ResultsFormatException {
        return place.node().isMissingNode() ? Double.NaN : place.get("score").number();
    }

    private static Latency latency(Place place) throws ResultsFormatException {
        return new Latency(
                place.get("engine").text(),
                place.get("suite").text(),
                place.get("size").integer(MAX_SIZE),
                isDirect(place.get("memory")),
                place.get("p50").number(),
                place.get("p99").number(),
                place.get("p99.9").number(),
                place.get("max").number(),
                (long) place.get("count").number());
    }

    private static Ratio ratio(Place place) throws ResultsFormatException {
        Place note = place.get("note");
        return new Ratio(
                place.get("name").text(),
                place.get("value").numberOrNaN(),
                place.get("low").numberOrNaN(),
                place.get("high").numberOrNaN(),
                place.get("ours").text(),
                place.get("other").text(),
                note.node().isNull() ? null : note.text());
    }

    private static Absent absent(Place place) throws ResultsFormatException {
        return new Absent(place.get("engine").text(), place.get("reason").text());
    }
}
