package org.sslwrite.bench.report;

import org.jspecify.annotations.Nullable;
import org.sslwrite.bench.result.Row;
import org.sslwrite.bench.result.Row.Subject;

import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * The rows that may be compared: of one subject, suite, version and number of threads. Yardsticks
 * know no subject, and so belong to each.
 *
 * @param protocol suite and version
 * @param rows with samples, by engine: ours first, yardsticks last
 */
record Cut(Subject subject, Protocol protocol, int threads, List<Row> rows) {
    private static final Comparator<Row> SPEED =
            Comparator.comparingDouble(row -> Spread.of(row.samples()).median());

    static Cut of(List<Row> all, Subject subject, Protocol protocol, int threads) {
        List<Row> rows =
                all.stream()
                        .filter(row -> Spread.of(row.samples()).known())
                        .filter(row -> row.threads() == threads)
                        .filter(row -> Protocol.of(row).equals(protocol))
                        .filter(row -> row.subject() == subject || Engine.of(row).yardstick())
                        .sorted(Comparator.comparing(Row::kind))
                        .toList();
        return new Cut(subject, protocol, threads, rows);
    }

    boolean isEmpty() {
        return rows.stream().allMatch(row -> Engine.of(row).yardstick());
    }

    List<Integer> sizes() {
        return List.copyOf(new TreeSet<>(rows.stream().map(Row::size).toList()));
    }

    List<Engine> engines() {
        return rows.stream().map(Engine::of).distinct().toList();
    }

    /** What an engine did with a size; a yardstick's buffer is its own. */
    @Nullable Row row(Engine engine, int size, boolean direct) {
        return rows.stream()
                .filter(row -> Engine.of(row).equals(engine) && row.size() == size)
                .filter(row -> row.direct() == direct || engine.yardstick())
                .findFirst()
                .orElse(null);
    }

    /** The fastest at a size among some, in either buffer. */
    @Nullable Row best(int size, Predicate<Engine> among) {
        return rows.stream()
                .filter(row -> row.size() == size && among.test(Engine.of(row)))
                .min(SPEED)
                .orElse(null);
    }

    /** The sizes of the headline, or else the smallest, the middle and the largest. */
    List<Integer> headlineSizes() {
        List<Integer> sizes = sizes();
        List<Integer> headline = List.of(64, 1024, 16384);
        if (sizes.containsAll(headline) || sizes.isEmpty()) {
            return sizes.isEmpty() ? List.of() : headline;
        }
        int n = sizes.size();
        return List.copyOf(
                new TreeSet<>(List.of(sizes.getFirst(), sizes.get(n / 2), sizes.get(n - 1))));
    }

    /** Of a comparison in the report: which rows it is about. */
    String words() {
        return protocol.words() + ", " + Text.count(threads, "thread");
    }

    /**
     * Suite and version.
     *
     * @param suite IANA name
     * @param version as in {@code TLSv1.3}
     */
    record Protocol(String suite, String version) {
        static final Protocol USUAL = new Protocol("TLS_AES_128_GCM_SHA256", "TLSv1.3");

        static Protocol of(Row row) {
            return new Protocol(row.suite(), row.version());
        }

        /** The usual one if it is among the rows, else the most frequent, else the usual one. */
        static Protocol chief(List<Row> rows) {
            List<Protocol> all = rows.stream().map(Protocol::of).toList();
            return all.stream()
                    .max(
                            Comparator.comparing(USUAL::equals)
                                    .thenComparing(p -> java.util.Collections.frequency(all, p)))
                    .orElse(USUAL);
        }

        String words() {
            return Objects.equals(version, "TLSv1.3") || Objects.equals(version, "TLSv1.2")
                    ? suite + ", TLS " + version.substring(4)
                    : suite + ", " + version;
        }
    }
}
