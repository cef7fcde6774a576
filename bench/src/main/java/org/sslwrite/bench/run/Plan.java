package org.sslwrite.bench.run;

import static org.sslwrite.bench.engine.EngineName.BCJSSE;
import static org.sslwrite.bench.engine.EngineName.BOUNCY_CASTLE;
import static org.sslwrite.bench.engine.EngineName.CONSCRYPT;
import static org.sslwrite.bench.engine.EngineName.CRYPTOKI;
import static org.sslwrite.bench.engine.EngineName.C_LOOP;
import static org.sslwrite.bench.engine.EngineName.C_MESSAGE_LOOP;
import static org.sslwrite.bench.engine.EngineName.IPSEC_MB;
import static org.sslwrite.bench.engine.EngineName.JSSE;
import static org.sslwrite.bench.engine.EngineName.JSSE_SUNPKCS11;
import static org.sslwrite.bench.engine.EngineName.OPENSSL_SPEED;
import static org.sslwrite.bench.engine.EngineName.SUNJCE;
import static org.sslwrite.bench.engine.EngineName.SUNPKCS11;
import static org.sslwrite.bench.engine.EngineName.TCNATIVE;
import static org.sslwrite.bench.engine.EngineName.VAES;

import org.sslwrite.bench.engine.EngineName;
import org.sslwrite.bench.engine.Engines;
import org.sslwrite.bench.fork.Cell;
import org.sslwrite.bench.fork.Measure;
import org.sslwrite.bench.fork.Timing;
import org.sslwrite.protocol.CipherSuite;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * What is measured, in which order, and for how long. Everything is measured in rounds, each in
 * processes of its own: so samples of a cell lie minutes apart, and their spread shows what differs
 * from JVM to JVM, too.
 *
 * @param rounds how often all jobs are done
 * @param limit after which nothing more is begun
 */
public record Plan(List<Job> jobs, Timing timing, int rounds, Duration limit) {
    /** The suite of the ratios. */
    public static final CipherSuite MAIN = CipherSuite.TLS_AES_128_GCM_SHA256;

    private static final List<CipherSuite> OTHERS =
            List.of(
                    CipherSuite.TLS_AES_256_GCM_SHA384,
                    CipherSuite.TLS_CHACHA20_POLY1305_SHA256,
                    CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
                    CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
                    CipherSuite.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
                    CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA);

    private static final double RESERVE = 0.95;

    /** Of the timing that was planned: shorter iterations say nothing. */
    private static final double LEAST = 0.3;

    private static final int KIB = 1024;
    private static final List<Integer> RECORDS = List.of(64, 256, KIB, 4 * KIB, 16 * KIB);
    private static final List<Integer> WRITES =
            List.of(64, 256, KIB, 4 * KIB, 16 * KIB, 64 * KIB, KIB * KIB);
    private static final List<Integer> HEADLINE = List.of(64, KIB, 16 * KIB);
    private static final List<Integer> ENDS = List.of(64, 16 * KIB);
    private static final List<Boolean> DIRECT = List.of(true);
    private static final List<Boolean> BOTH = List.of(true, false);

    private static final List<EngineName> TLS =
            List.of(
                    VAES,
                    IPSEC_MB,
                    SUNJCE,
                    TCNATIVE,
                    CONSCRYPT,
                    JSSE,
                    BCJSSE,
                    BOUNCY_CASTLE,
                    CRYPTOKI,
                    SUNPKCS11,
                    JSSE_SUNPKCS11);

    /** Those that are at their best with heap buffers. */
    private static final List<EngineName> LIKE_HEAP = List.of(JSSE, BCJSSE, JSSE_SUNPKCS11);

    private static final List<EngineName> SEALERS =
            List.of(VAES, IPSEC_MB, SUNJCE, BOUNCY_CASTLE, CRYPTOKI, SUNPKCS11);

    /**
     * Under three minutes: TLS 1.3 with AES-128-GCM, the sizes and engines that the ratios need.
     *
     * @param spent of these minutes, before the measuring begins
     */
    public static Plan quick(Selection selection, Duration spent) {
        Jobs jobs = new Jobs(selection);
        List<CipherSuite> suites =
                selection.suites().isEmpty() ? List.of(MAIN) : selection.suites();
        for (CipherSuite suite : suites) {
            addQuick(jobs, suite, !selection.tokens().isEmpty());
        }
        return new Plan(
                jobs.list,
                timing(jobs.list, 2, 4, left(Duration.ofSeconds(132), spent)),
                2,
                left(Duration.ofSeconds(160), spent));
    }

    /**
     * Few JVMs, for each costs a second; what they measure last does not spoil what they measure
     * first.
     *
     * @param threads whether to learn how many sessions beat the CPU
     */
    private static void addQuick(Jobs jobs, CipherSuite suite, boolean threads) {
        List<Cell> writes = cells(Measure.WRITE, suite, HEADLINE, true);
        List<Cell> heapWrites = cells(Measure.WRITE, suite, HEADLINE, false);
        List<Cell> sealers = cells(Measure.SEALER, suite, ENDS, true);
        List<Cell> latencies = cells(Measure.LATENCY, suite, ENDS, true);
        List<Cell> heapLatencies = cells(Measure.LATENCY, suite, ENDS, false);
        List<Cell> together =
                threads ? threads(suite, List.of(16 * KIB), List.of(2, 4)) : List.of();
        List<Cell> tcp = cells(Measure.TCP, suite, List.of(16 * KIB), true);
        List<Cell> heapTcp = cells(Measure.TCP, suite, List.of(16 * KIB), false);
        EngineName first = Engines.isThere(VAES) ? VAES : IPSEC_MB;
        EngineName second = first == VAES ? IPSEC_MB : VAES;
        jobs.add(second, join(List.of(writes, sealers)));
        jobs.add(second, heapWrites);
        for (EngineName engine : List.of(first, SUNJCE)) {
            jobs.add(engine, join(List.of(writes, sealers, latencies, together, tcp)));
            jobs.add(engine, heapWrites);
        }
        jobs.add(TCNATIVE, join(List.of(writes, latencies, tcp)));
        jobs.add(TCNATIVE, heapWrites);
        jobs.add(CONSCRYPT, join(List.of(writes, latencies)));
        jobs.add(CONSCRYPT, heapWrites);
        jobs.add(JSSE, join(List.of(heapWrites, heapLatencies, heapTcp)));
        jobs.add(JSSE, writes);
        jobs.add(BCJSSE, join(List.of(heapWrites, heapLatencies)));
        jobs.add(CRYPTOKI, join(List.of(writes, sealers, latencies, together, tcp)));
        jobs.add(SUNPKCS11, join(List.of(writes, latencies)));
        jobs.add(JSSE_SUNPKCS11, cells(Measure.WRITE, suite, ENDS, true));
        jobs.add(JSSE_SUNPKCS11, cells(Measure.WRITE, suite, ENDS, false));
        jobs.addYardsticks(suite, HEADLINE);
    }

    private static List<Cell> join(List<List<Cell>> parts) {
        return parts.stream().flatMap(List::stream).toList();
    }

    private static List<Cell> cells(
            Measure measure, CipherSuite suite, List<Integer> sizes, boolean direct) {
        return sizes.stream().map(size -> new Cell(measure, suite, size, direct, 1)).toList();
    }

    private static List<Cell> threads(
            CipherSuite suite, List<Integer> sizes, List<Integer> threads) {
        List<Cell> cells = new ArrayList<>();
        for (int size : sizes) {
            for (int n : threads) {
                cells.add(new Cell(Measure.WRITE, suite, size, true, n));
            }
        }
        return cells;
    }

    /** Not less than it takes to measure anything. */
    private static Duration left(Duration all, Duration spent) {
        Duration least = all.dividedBy(2);
        Duration left = all.minus(spent);
        return left.compareTo(least) < 0 ? least : left;
    }

    /** Under forty minutes: everything. */
    public static Plan full(Selection selection) {
        Jobs jobs = new Jobs(selection);
        List<CipherSuite> suites = new ArrayList<>(selection.suites());
        if (suites.isEmpty()) {
            suites.add(MAIN);
            suites.addAll(OTHERS);
        }
        CipherSuite chief = suites.contains(MAIN) ? MAIN : suites.getFirst();
        suites.remove(chief);
        jobs.addWrites(TLS, chief);
        jobs.addYardsticks(chief, RECORDS);
        jobs.add(SEALERS, Measure.SEALER, chief, WRITES, BOTH);
        jobs.add(TLS, Measure.TCP, chief, List.of(64, 16 * KIB, KIB * KIB), BOTH);
        jobs.addThreads(TLS, chief, List.of(KIB, 16 * KIB), List.of(2, 4, 8));
        for (CipherSuite other : suites) {
            jobs.add(TLS, Measure.WRITE, other, List.of(16 * KIB), BOTH);
            jobs.add(SEALERS, Measure.SEALER, other, List.of(16 * KIB), DIRECT);
        }
        return new Plan(
                jobs.list,
                timing(jobs.list, 2, 5, Duration.ofMinutes(32)),
                2,
                Duration.ofMinutes(38));
    }

    /** Shares out the time: the first cell of a JVM takes twice as long, for there it warms up. */
    private static Timing timing(List<Job> jobs, int rounds, int iterations, Duration budget) {
        long shares = 0;
        long fixed = 0;
        for (Job job : jobs) {
            if (job.engine() == EngineName.OPENSSL_SPEED) {
                fixed += (long) job.cells().size() * Job.SECOND;
            } else if (job.engine().isProgram()) {
                shares += job.cells().size();
            } else {
                fixed += Job.STARTUP;
                shares += job.cells().size() + 1;
            }
        }
        long left = budget.toMillis() / rounds - fixed;
        int share = Math.clamp(left / Math.max(1, shares), 120, 1500);
        int iteration = share * 6 / 10 / iterations;
        int warmup = share - iterations * iteration;
        return new Timing(warmup + share, warmup, iteration, iterations);
    }

    /**
     * For the rounds that are left: what a round costs besides measuring depends on the machine,
     * and is known after the first, so the others fit themselves into the time that there is.
     *
     * @param done rounds that took so long, with the timing of the plan
     */
    Timing timingAfter(int done, Duration elapsed) {
        double measuring = jobs.stream().mapToInt(job -> job.measuring(timing)).sum();
        double passed = elapsed.toMillis();
        double besides = passed / done - measuring;
        double left = (limit.toMillis() - passed) / (rounds - done);
        return timing.times(Math.clamp(RESERVE * (left - besides) / measuring, LEAST, 1));
    }

    /** Milliseconds that it should take. */
    long estimate() {
        return jobs.stream().mapToLong(job -> job.estimate(timing)).sum() * rounds;
    }

    private static final class Jobs {
        private final Selection selection;
        private final List<Job> list = new ArrayList<>();

        Jobs(Selection selection) {
            this.selection = selection;
        }

        /** One job for each engine, token and kind of buffer. */
        void add(
                List<EngineName> engines,
                Measure measure,
                CipherSuite suite,
                List<Integer> sizes,
                List<Boolean> buffers) {
            for (EngineName engine : engines) {
                for (boolean direct : buffers) {
                    add(engine, cells(measure, suite, sizes, direct));
                }
            }
        }

        /** Of every size; and the latencies with the kind of buffer that an engine likes better. */
        void addWrites(List<EngineName> engines, CipherSuite suite) {
            for (EngineName engine : engines) {
                for (boolean direct : BOTH) {
                    List<Cell> cells = cells(Measure.WRITE, suite, WRITES, direct);
                    List<Cell> latencies = cells(Measure.LATENCY, suite, HEADLINE, direct);
                    boolean likes = direct != LIKE_HEAP.contains(engine);
                    add(engine, likes ? join(List.of(cells, latencies)) : cells);
                }
            }
        }

        void addThreads(
                List<EngineName> engines,
                CipherSuite suite,
                List<Integer> sizes,
                List<Integer> threads) {
            for (EngineName engine : engines) {
                add(engine, threads(suite, sizes, threads));
            }
        }

        void addYardsticks(CipherSuite suite, List<Integer> sizes) {
            List<Cell> cells = cells(Measure.SEALER, suite, sizes, true);
            add(OPENSSL_SPEED, cells);
            if (suite == MAIN) {
                add(C_LOOP, cells);
                add(C_MESSAGE_LOOP, cells);
            }
        }

        /** One job for each token, if the engine needs one. */
        void add(EngineName engine, List<Cell> cells) {
            if (!selection.has(engine)) {
                return;
            }
            if (!engine.needsToken()) {
                list.add(new Job(engine, null, cells));
                return;
            }
            for (BenchToken token : selection.tokens()) {
                if (engine != C_MESSAGE_LOOP || token.hasMessages()) {
                    list.add(new Job(engine, token, cells));
                }
            }
        }
    }
}
