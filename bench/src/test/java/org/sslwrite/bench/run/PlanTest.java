package org.sslwrite.bench.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.sslwrite.bench.engine.EngineName;
import org.sslwrite.bench.fork.Measure;
import org.sslwrite.bench.fork.Timing;
import org.sslwrite.protocol.CipherSuite;
import org.sslwrite.softhsm.SoftwareToken;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** What is measured, and in what time. */
class PlanTest {
    private static final Selection ALL = new Selection(List.of(), List.of(), List.of());

    @Test
    void quickTakesUnderThreeMinutes() throws RunException {
        assertFits(Plan.quick(ALL, Duration.ZERO), Duration.ofMinutes(3));
        try (BenchToken token = softhsm()) {
            Plan plan =
                    Plan.quick(new Selection(List.of(), List.of(), List.of(token)), Duration.ZERO);
            assertFits(plan, Duration.ofMinutes(3));
            assertTrue(engines(plan).contains(EngineName.C_LOOP));
            assertFalse(engines(plan).contains(EngineName.C_MESSAGE_LOOP), "it has no messages");
        }
    }

    @Test
    void timeThatIsSpentAlreadyIsSaved() {
        Plan plan = Plan.quick(ALL, Duration.ofSeconds(40));
        assertEquals(Duration.ofSeconds(120), plan.limit());
        assertTrue(plan.estimate() < 120_000, () -> plan.estimate() + " ms");
    }

    /** On a machine that starts JVMs slowly, what is measured is measured for a shorter time. */
    @Test
    void laterRoundsFitIntoTheTimeThatIsLeft() {
        Plan plan = Plan.quick(ALL, Duration.ZERO);
        Timing timing = plan.timing();
        Duration half = Duration.ofMillis(plan.estimate() / 2);
        assertEquals(timing, plan.timingAfter(1, half));
        Timing shorter = plan.timingAfter(1, plan.limit().dividedBy(2).plusSeconds(5));
        long others = plan.limit().dividedBy(2).plusSeconds(5).toMillis() - measuring(plan, timing);
        assertTrue(shorter.iteration() < timing.iteration(), shorter::toString);
        assertTrue(
                others + measuring(plan, shorter)
                        < plan.limit().dividedBy(2).minusSeconds(5).toMillis(),
                shorter::toString);
        Timing shortest = plan.timingAfter(1, plan.limit().multipliedBy(2));
        assertEquals(timing.times(0.3), shortest);
    }

    private static long measuring(Plan plan, Timing timing) {
        return plan.jobs().stream().mapToLong(job -> job.measuring(timing)).sum();
    }

    @Test
    void fullTakesUnderFortyMinutes() throws RunException {
        assertFits(Plan.full(ALL), Duration.ofMinutes(40));
        try (BenchToken token = softhsm()) {
            assertFits(
                    Plan.full(new Selection(List.of(), List.of(), List.of(token))),
                    Duration.ofMinutes(40));
        }
    }

    private static void assertFits(Plan plan, Duration time) {
        assertTrue(plan.limit().compareTo(time) < 0);
        assertTrue(
                plan.estimate() < plan.limit().toMillis(),
                () -> plan.estimate() + " ms, " + plan.timing());
        Timing timing = plan.timing();
        assertTrue(timing.warmup() > 0 && timing.iteration() >= 40, timing::toString);
    }

    @Test
    void fullHasEverySizeOfTheMatrix() {
        Set<Integer> sizes =
                Plan.full(ALL).jobs().stream()
                        .flatMap(job -> job.cells().stream())
                        .filter(cell -> cell.measure() == Measure.WRITE)
                        .map(cell -> cell.size())
                        .collect(Collectors.toSet());
        assertEquals(Set.of(64, 256, 1024, 4096, 16384, 65536, 1 << 20), sizes);
    }

    /** Of each engine in one kind of buffer: the one that it likes better. */
    @Test
    void latenciesAreOfTheBetterBuffer() {
        for (Plan plan : List.of(Plan.full(ALL), Plan.quick(ALL, Duration.ZERO))) {
            for (Job job : plan.jobs()) {
                boolean heap = job.engine() == EngineName.JSSE || job.engine() == EngineName.BCJSSE;
                assertTrue(
                        job.cells().stream()
                                .filter(cell -> cell.measure() == Measure.LATENCY)
                                .allMatch(cell -> cell.direct() != heap),
                        job::title);
            }
        }
    }

    @Test
    void selectionIsObeyed() {
        CipherSuite suite = CipherSuite.TLS_CHACHA20_POLY1305_SHA256;
        Plan plan =
                Plan.full(
                        new Selection(
                                List.of(EngineName.JSSE, EngineName.CRYPTOKI),
                                List.of(suite),
                                List.of()));
        assertEquals(Set.of(EngineName.JSSE), engines(plan));
        assertTrue(
                plan.jobs().stream()
                        .flatMap(job -> job.cells().stream())
                        .allMatch(cell -> cell.suite() == suite));
    }

    private static Set<EngineName> engines(Plan plan) {
        return plan.jobs().stream().map(Job::engine).collect(Collectors.toSet());
    }

    private static BenchToken softhsm() throws RunException {
        String reason = SoftwareToken.reasonAgainst(SoftwareToken.Kind.SOFTHSM);
        Assumptions.assumeTrue(reason == null, reason);
        return BenchToken.named("softhsm");
    }
}
