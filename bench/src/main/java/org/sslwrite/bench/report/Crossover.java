package org.sslwrite.bench.report;

import org.jspecify.annotations.Nullable;
import org.sslwrite.bench.report.Cut.Protocol;
import org.sslwrite.bench.report.Spread.Standing;
import org.sslwrite.bench.result.Row;
import org.sslwrite.bench.result.Row.Kind;
import org.sslwrite.bench.result.Row.Subject;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;

/**
 * Where a token beats the CPU: our own engine, with the same number of threads, each at its
 * fastest. It beats it where even its slowest sample is above the CPU's fastest.
 *
 * @param token ours, sealed by it
 * @param subject in which both were measured
 * @param protocol in which both were measured
 * @param points by threads, then by size
 */
record Crossover(String token, Subject subject, Protocol protocol, List<Point> points) {
    /**
     * Token and CPU at one size.
     *
     * @param size bytes of plaintext
     * @param threads each with a connection, and so with sessions of its own
     * @param token what the token did
     * @param cpu what our fastest engine without a token did
     */
    record Point(int size, int threads, Row token, Row cpu) {
        /** Throughput of the token, as a multiple of the CPU's. */
        Spread ratio() {
            return Spread.throughput(token).over(Spread.throughput(cpu));
        }
    }

    /**
     * Of every token that was measured; first those that beat the CPU beyond noise, then those that
     * come closest to it.
     */
    static List<Crossover> of(List<Row> rows) {
        List<Crossover> all = new ArrayList<>();
        rows.stream()
                .filter(row -> row.kind() == Kind.OURS_TOKEN)
                .map(Row::engine)
                .distinct()
                .forEach(token -> all.add(of(token, rows)));
        all.sort(
                Comparator.comparing(Crossover::everWins)
                        .thenComparing(Crossover::bestRatio)
                        .reversed());
        return all;
    }

    private static Crossover of(String token, List<Row> rows) {
        List<Row> its =
                rows.stream()
                        .filter(r -> r.kind() == Kind.OURS_TOKEN && r.engine().equals(token))
                        .toList();
        Protocol protocol = Protocol.chief(its);
        Crossover nothing = new Crossover(token, Subject.WRITE, protocol, List.of());
        for (Subject subject : List.of(Subject.WRITE, Subject.SEALER, Subject.TCP)) {
            List<Point> points = points(token, rows, subject, protocol);
            if (!points.isEmpty()) {
                return new Crossover(token, subject, protocol, points);
            }
        }
        return nothing;
    }

    private static List<Point> points(
            String token, List<Row> rows, Subject subject, Protocol protocol) {
        List<Point> points = new ArrayList<>();
        for (int threads : new TreeSet<>(rows.stream().map(Row::threads).toList())) {
            Cut cut = Cut.of(rows, subject, protocol, threads);
            for (int size : cut.sizes()) {
                Row its = cut.best(size, new Engine(token, Kind.OURS_TOKEN)::equals);
                Row cpu = cut.best(size, engine -> engine.kind() == Kind.OURS);
                if (its != null && cpu != null) {
                    points.add(new Point(size, threads, its, cpu));
                }
            }
        }
        return points;
    }

    /** Where the token comes closest to the CPU, or is farthest ahead; null without points. */
    @Nullable Point best() {
        return points.stream()
                .max(Comparator.comparingDouble(point -> point.ratio().median()))
                .orElse(null);
    }

    private boolean everWins() {
        return !standing(Standing.ABOVE).isEmpty();
    }

    private double bestRatio() {
        Point best = best();
        return best == null ? -1 : best.ratio().median();
    }

    List<Integer> threads() {
        return List.copyOf(new TreeSet<>(points.stream().map(Point::threads).toList()));
    }

    List<Point> with(int threads) {
        return points.stream().filter(point -> point.threads == threads).toList();
    }

    List<Point> standing(Standing standing) {
        return points.stream().filter(point -> point.ratio().standing() == standing).toList();
    }

    /** The size from which on it beats the CPU at every size measured; null if there is none. */
    @Nullable Integer from(int threads) {
        Integer from = null;
        for (Point point : with(threads).reversed()) {
            if (point.ratio().standing() != Standing.ABOVE) {
                break;
            }
            from = point.size;
        }
        return from;
    }
}
