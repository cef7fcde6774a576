package org.sslwrite.bench.run;

import org.jspecify.annotations.Nullable;
import org.sslwrite.bench.engine.AbsentException;
import org.sslwrite.bench.engine.EngineName;
import org.sslwrite.bench.engine.WrongBytesException;
import org.sslwrite.bench.fork.Cell;
import org.sslwrite.bench.fork.Fork;
import org.sslwrite.bench.fork.ForkException;
import org.sslwrite.bench.fork.Histograms;
import org.sslwrite.bench.fork.Order;
import org.sslwrite.bench.fork.Outcome;
import org.sslwrite.bench.fork.Timing;
import org.sslwrite.bench.jmh.Tokens;
import org.sslwrite.bench.result.Results;
import org.sslwrite.bench.result.Row;
import org.sslwrite.bench.yardstick.OpensslSpeed;
import org.sslwrite.bench.yardstick.TokenLoop;
import org.sslwrite.pkcs11.TokenException;
import org.sslwrite.pkcs11.pin.Pin;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Carries out a plan. Of one thread, except that {@link #stop} may be called by another: what was
 * measured until then is kept.
 */
public final class Bench {
    private static final int SLACK_FACTOR = 4;
    private static final Duration SLACK = Duration.ofSeconds(20);
    private static final Duration JOURNAL = Duration.ofSeconds(20);

    /** How long to wait for the news that a signal that ended a child was meant for all. */
    private static final long SIGNAL_MS = 500;

    private final Plan plan;
    private final List<BenchToken> tokens;
    private final String command;
    private final Journal journal;
    private final Measurements measurements = new Measurements();
    private final CountDownLatch stopping = new CountDownLatch(1);
    private final Instant started = Instant.now();
    private final long begin = System.nanoTime();
    private final SystemLoad load = new SystemLoad();
    private final List<String> remarks = new ArrayList<>();
    private Map<String, String> facts = Map.of();
    private Timing timing;
    private boolean complete;
    private @Nullable RuntimeException broken;
    private @Nullable TokenLoop loop;
    private @Nullable Thread runner;

    /** Where results go while more are being measured. */
    public interface Journal {
        /** Keeps the results so far. */
        void keep(Results results);
    }

    /**
     * Measures nothing yet.
     *
     * @param tokens in the order that they were asked for
     * @param command for the report
     */
    public Bench(Plan plan, List<BenchToken> tokens, String command, Journal journal) {
        this.plan = plan;
        this.timing = plan.timing();
        this.tokens = tokens;
        this.command = command;
        this.journal = journal;
    }

    /** Ends the measuring soon; {@link #run} then returns. */
    public void stop() {
        stopping.countDown();
        synchronized (stopping) {
            if (runner != null) {
                runner.interrupt();
            }
        }
    }

    /** No interrupt comes after this, for it would spoil the writing of the results. */
    private void beyondInterrupts() {
        synchronized (stopping) {
            runner = null;
            Thread.interrupted();
        }
    }

    /** Sealed wrong bytes were seen: the run has failed, whatever else it found. */
    public List<String> wrong() {
        return measurements.wrong();
    }

    /** The fault of this program's that has broken the run off; null if none has. */
    @Nullable RuntimeException broken() {
        return broken;
    }

    /** Measures everything, or until it is stopped. */
    public Results run(Progress progress) {
        Fork.prepare(); // which does not bear an interrupt
        synchronized (stopping) {
            runner = Thread.currentThread();
        }
        progress.begin();
        try {
            facts = Environment.facts(tokens);
            complete = rounds(progress);
        } catch (InterruptedException | RuntimeException e) {
            // JMH wraps the one into the other.
            if (stopping.getCount() != 0) {
                broken = new IllegalStateException(e);
                remarks.add("The run broke off: " + AbsentException.words(e));
            }
        } finally {
            beyondInterrupts();
            progress.end();
            if (loop != null) {
                loop.close();
            }
        }
        return results();
    }

    private boolean rounds(Progress progress) throws InterruptedException {
        long lastKept = System.nanoTime();
        int leftOut = 0;
        for (int round = 1; round <= plan.rounds(); round++) {
            if (round > 1) {
                timing = plan.timingAfter(round - 1, elapsed());
            }
            for (Job job : plan.jobs()) {
                if (stopping.getCount() == 0) {
                    return false;
                }
                Job remaining = measurements.remaining(job);
                if (remaining != null && elapsed().compareTo(plan.limit()) > 0) {
                    leftOut++;
                } else if (remaining != null) {
                    progress.show(remaining.title());
                    execute(remaining);
                }
                progress.done(job.estimate(plan.timing()));
                if (System.nanoTime() - lastKept > JOURNAL.toNanos()) {
                    journal.keep(results());
                    lastKept = System.nanoTime();
                }
            }
        }
        if (leftOut > 0) {
            remarks.add(
                    "Time ran out: %d of %d jobs were left out."
                            .formatted(leftOut, plan.rounds() * plan.jobs().size()));
        }
        return leftOut == 0;
    }

    private Duration elapsed() {
        return Duration.ofNanos(System.nanoTime() - begin);
    }

    private void execute(Job job) throws InterruptedException {
        try {
            if (job.engine() == EngineName.OPENSSL_SPEED) {
                speed(job);
            } else if (job.engine().isProgram()) {
                loop(job);
            } else {
                fork(job);
            }
        } catch (AbsentException | TokenException e) {
            addFailure(job, AbsentException.words(e));
        } catch (IOException e) {
            addFailure(job, String.valueOf(e.getMessage()));
        }
    }

    private void addFailure(Job job, String reason) throws InterruptedException {
        if (!isStopped()) {
            measurements.addAbsent(job, reason);
        }
    }

    /** A signal that ended a child may have been meant for all: the news come a little later. */
    private boolean isStopped() throws InterruptedException {
        return stopping.await(SIGNAL_MS, TimeUnit.MILLISECONDS);
    }

    private void speed(Job job) throws IOException, InterruptedException {
        for (Cell cell : job.cells()) {
            try {
                double time = OpensslSpeed.measure(cell.suite(), cell.size());
                measurements.add(job, cell, List.of(time), Double.NaN);
            } catch (AbsentException e) {
                addFailure(job, cell, AbsentException.words(e));
            }
        }
    }

    private void addFailure(Job job, Cell cell, String reason) throws InterruptedException {
        if (!isStopped()) {
            measurements.addAbsent(job, cell, reason);
        }
    }

    private void loop(Job job)
            throws AbsentException, TokenException, IOException, InterruptedException {
        BenchToken token = job.token();
        if (token == null) {
            throw new AbsentException("no token was given");
        }
        if (loop == null) {
            loop = TokenLoop.compile();
        }
        TokenLoop.Way way =
                job.engine() == EngineName.C_LOOP ? TokenLoop.Way.CALL : TokenLoop.Way.MESSAGE;
        for (Cell cell : job.cells()) {
            try (Pin pin = token.pin()) {
                List<Double> times =
                        loop.measure(
                                token.target(pin),
                                way,
                                cell.size(),
                                Duration.ofMillis(timing.iteration()),
                                timing.iterations());
                measurements.add(job, cell, times, Double.NaN);
            } catch (AbsentException e) {
                addFailure(job, cell, AbsentException.words(e));
            } catch (WrongBytesException e) {
                measurements.addWrong(job, cell, String.valueOf(e.getMessage()));
            }
        }
    }

    /**
     * A crash or a hang costs the cell that it hits, and another JVM measures those behind it; but
     * two in a row that tell nothing are enough.
     */
    private void fork(Job job) throws TokenException, IOException, InterruptedException {
        boolean toldBefore = true;
        Job rest = job;
        while (rest != null) {
            Job its = rest;
            Set<Cell> told = ConcurrentHashMap.newKeySet();
            try {
                fork(its, told);
                return;
            } catch (ForkException e) {
                if (isStopped()) {
                    return;
                }
                String reason = String.valueOf(e.getMessage());
                if (told.isEmpty() && !toldBefore) {
                    measurements.addAbsent(job, reason);
                    return;
                }
                toldBefore = !told.isEmpty();
                its.cells().stream()
                        .filter(cell -> !told.contains(cell))
                        .findFirst()
                        .ifPresent(cell -> measurements.addAbsent(job, cell, reason));
                rest = measurements.remaining(its.without(told));
                if (elapsed().compareTo(plan.limit()) > 0) {
                    return;
                }
            }
        }
    }

    private void fork(Job job, Set<Cell> told)
            throws ForkException, TokenException, IOException, InterruptedException {
        BenchToken token = job.token();
        Map<String, String> environment = token == null ? Map.of() : token.environment();
        try (Pin pin = token == null ? null : token.pin();
                Fork fork = Fork.start(environment)) {
            Order order =
                    new Order(
                            job.engine(),
                            token == null ? Tokens.NONE : token.text(),
                            pin != null,
                            job.cells(),
                            timing);
            fork.run(order, pin, limit(job), outcome -> take(job, outcome, told));
        }
    }

    /** Not far beyond the whole run's, or one that hangs would cost more than itself. */
    private Duration limit(Job job) {
        Duration its =
                Duration.ofMillis(job.estimate(plan.timing()))
                        .multipliedBy(SLACK_FACTOR)
                        .plus(SLACK);
        Duration left = plan.limit().minus(elapsed()).plus(SLACK);
        return its.compareTo(left) < 0 ? its : left;
    }

    private void take(Job job, Outcome outcome, Set<Cell> told) {
        if (outcome.cell() == Outcome.ALL) {
            told.addAll(job.cells());
            measurements.addAbsent(job, String.valueOf(outcome.failure()));
            return;
        }
        Cell cell = job.cells().get(outcome.cell());
        told.add(cell);
        if (outcome.failure() != null && outcome.wrong()) {
            measurements.addWrong(job, cell, outcome.failure());
        } else if (outcome.failure() != null) {
            measurements.addAbsent(job, cell, outcome.failure());
        } else if (outcome.histogram() != null) {
            measurements.add(job, cell, Histograms.fromText(outcome.histogram()));
        } else {
            measurements.add(job, cell, outcome.samples(), outcome.allocated());
        }
    }

    private Results results() {
        double others = load.others();
        Map<String, String> environment = new LinkedHashMap<>(facts);
        environment.put("Load before", SystemLoad.load(load.averageBefore()));
        environment.put("Time taken by others meanwhile", SystemLoad.percent(others));
        environment.put("Started", started.truncatedTo(ChronoUnit.SECONDS).toString());
        environment.put("Duration", elapsed().toSeconds() + " s");
        environment.put("Measuring", measuring());
        environment.put("Command", command);
        List<Row> rows = measurements.rows();
        List<String> warnings = new ArrayList<>(measurements.wrong());
        warnings.addAll(remarks);
        warnings.addAll(Warnings.of(rows, facts, load, others, tokens));
        return new Results(
                environment,
                complete && measurements.wrong().isEmpty(),
                rows,
                measurements.latencies(),
                Ratios.of(rows, tokens.stream().map(BenchToken::name).toList()),
                measurements.absent(),
                warnings);
    }

    private String measuring() {
        Timing planned = plan.timing();
        return "%d rounds in JVMs of their own, each %d times %d ms after %d ms of warm-up, or less"
                .formatted(
                        plan.rounds(), planned.iterations(), planned.iteration(), planned.warmup());
    }
}
