package org.sslwrite.bench.fork;

import org.HdrHistogram.Histogram;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.BenchmarkResult;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;
import org.sslwrite.bench.engine.AbsentException;
import org.sslwrite.bench.engine.Connection;
import org.sslwrite.bench.engine.Engines;
import org.sslwrite.bench.engine.WrongBytesException;
import org.sslwrite.bench.jmh.LatencyLoop;
import org.sslwrite.bench.jmh.SealerBenchmark;
import org.sslwrite.bench.jmh.TcpBenchmark;
import org.sslwrite.bench.jmh.Tokens;
import org.sslwrite.bench.jmh.WriteBenchmark;
import org.sslwrite.pkcs11.TokenException;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/** Measures the cells of an order in this JVM, one after the other. */
public final class CellRunner {
    private static final String ALLOCATED = "gc.alloc.rate.norm";

    private final Order order;

    /** Measures nothing yet. */
    public CellRunner(Order order) {
        this.order = order;
    }

    /** Measures all cells; each is told as soon as it is done. */
    public void run(Consumer<Outcome> outcomes) {
        try {
            Engines.open(order.engine(), Tokens.of(order.token())).close();
        } catch (AbsentException | TokenException e) {
            outcomes.accept(Outcome.failed(Outcome.ALL, AbsentException.words(e), false));
            return;
        }
        for (int i = 0; i < order.cells().size(); i++) {
            outcomes.accept(outcome(i));
        }
    }

    private Outcome outcome(int index) {
        Cell cell = order.cells().get(index);
        try {
            return cell.measure() == Measure.LATENCY
                    ? Outcome.timed(index, Histograms.toText(latencies(cell)))
                    : jmh(index, cell);
        } catch (RunnerException
                | AbsentException
                | TokenException
                | IOException
                | WrongBytesException
                | RuntimeException e) {
            return Outcome.failed(
                    index, AbsentException.words(cause(e)), Connection.isWrongRecord(e));
        }
    }

    /** JMH keeps what a benchmark threw among the suppressed. */
    private static Throwable cause(Throwable thrown) {
        for (Throwable t = thrown; t != null; t = t.getCause()) {
            if (t.getSuppressed().length > 0) {
                return t.getSuppressed()[0];
            }
        }
        return thrown;
    }

    private Histogram latencies(Cell cell)
            throws AbsentException, TokenException, IOException, WrongBytesException {
        Timing timing = order.timing();
        return LatencyLoop.run(
                order.engine(),
                order.token(),
                cell.suite(),
                cell.size(),
                cell.memory(),
                Duration.ofMillis((long) timing.iteration() * timing.iterations()));
    }

    private Outcome jmh(int index, Cell cell) throws RunnerException {
        RunResult result = new Runner(options(cell, index == 0)).runSingle();
        List<Double> samples = new ArrayList<>();
        for (BenchmarkResult fork : result.getBenchmarkResults()) {
            for (IterationResult iteration : fork.getIterationResults()) {
                samples.add(iteration.getPrimaryResult().getScore());
            }
        }
        Result<?> allocated = result.getSecondaryResults().get(ALLOCATED);
        return Outcome.measured(
                index, samples, allocated == null ? Double.NaN : allocated.getScore());
    }

    private Options options(Cell cell, boolean first) {
        Timing timing = order.timing();
        return new OptionsBuilder()
                .include("^" + Pattern.quote(benchmark(cell.measure())) + "$")
                .param("engine", order.engine().id())
                .param("token", order.token())
                .param("suite", cell.suite().name())
                .param("size", Integer.toString(cell.size()))
                .param("memory", cell.memory())
                .threads(cell.threads())
                .forks(0)
                .warmupIterations(1)
                .warmupTime(TimeValue.milliseconds(first ? timing.firstWarmup() : timing.warmup()))
                .measurementIterations(timing.iterations())
                .measurementTime(TimeValue.milliseconds(timing.iteration()))
                .addProfiler(GCProfiler.class)
                .shouldFailOnError(true)
                .verbosity(VerboseMode.SILENT)
                .build();
    }

    private static String benchmark(Measure measure) {
        return switch (measure) {
            case SEALER -> SealerBenchmark.class.getName() + ".seal";
            case WRITE -> WriteBenchmark.class.getName() + ".write";
            case TCP -> TcpBenchmark.class.getName() + ".write";
            case LATENCY -> throw new IllegalArgumentException("not a benchmark of JMH");
        };
    }
}
