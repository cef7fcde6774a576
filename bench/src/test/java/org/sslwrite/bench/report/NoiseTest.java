package org.sslwrite.bench.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sslwrite.bench.result.Row;
import org.sslwrite.bench.result.Row.Kind;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/** The rule that tells a difference from noise. */
class NoiseTest {
    private static final int DRAWS = 20_000;

    @ParameterizedTest(name = "{0} against {1}: {2}")
    @CsvSource({
        "100 101 102 103 104, 130 131 132 133 134, true",
        "130 131 132 133 134, 100 101 102 103 104, true",
        // Not a tenth.
        "100 100 100 100 100, 109 109 109 109 109, false",
        // They overlap.
        "100 101 102 103 140, 130 131 132 133 134, false",
        // The gap is narrower than they lie apart.
        "100 105 110 112 115, 120 125 126 128 135, false",
        // With few samples they must lie closer.
        "100 105 110, 130 132 134, false",
        "100 101 102, 130 131 132, true",
        // Too few, or none.
        "100 100, 200 200, false",
        "100, 200, false",
        "'', 100 101 102, false",
        "NaN NaN NaN, 100 101 102, false",
    })
    void judges(String a, String b, boolean real) {
        assertEquals(real, Noise.unknown().real(samples(a), samples(b)));
    }

    /** Two runs of the same thing, drawn again and again. */
    @ParameterizedTest(name = "spread {0}, one in {1} is an outlier, {2} samples")
    @CsvSource({
        "0.01, 0,  3, 0",
        "0.03, 0,  3, 0.0005",
        "0.03, 10, 3, 0.002",
        "0.1,  0,  3, 0.002",
        "0.03, 0,  5, 0",
        "0.1,  0,  5, 0.0003",
        "0.1,  10, 5, 0.0003",
        "0.3,  0,  5, 0.0003",
        "0.1,  10, 10, 0",
    })
    void isNotFooledByChance(double spread, int outliers, int samples, double most) {
        Random random = new Random(42);
        int real = 0;
        for (int i = 0; i < DRAWS; i++) {
            List<Double> a = draw(random, 100, spread, outliers, samples);
            List<Double> b = draw(random, 100, spread, outliers, samples);
            real += Noise.unknown().real(a, b) ? 1 : 0;
        }
        assertTrue(real <= most * DRAWS, real + " of " + DRAWS);
    }

    @ParameterizedTest(name = "{0} times as slow, spread {1}, {2} samples")
    @CsvSource({"1.3, 0.01, 3", "1.3, 0.02, 5", "1.5, 0.03, 5"})
    void seesWhatIsThere(double change, double spread, int samples) {
        Random random = new Random(42);
        int real = 0;
        for (int i = 0; i < DRAWS; i++) {
            List<Double> a = draw(random, 100, spread, 0, samples);
            List<Double> b = draw(random, 100 * change, spread, 0, samples);
            real += Noise.unknown().real(a, b) ? 1 : 0;
        }
        assertTrue(real > 0.97 * DRAWS, real + " of " + DRAWS);
    }

    @Test
    void peersRaiseTheFloor() {
        assertEquals(0.1, Noise.of(changes(Kind.PEER, 10, 1.02)).floor(), 1e-9);
        assertEquals(0.44, Noise.of(changes(Kind.PEER, 10, 1.2)).floor(), 1e-9);
        assertEquals(0.44, Noise.of(changes(Kind.PEER, 10, 1 / 1.2)).floor(), 1e-9);
        assertTrue(Noise.of(changes(Kind.PEER, 10, 1.2)).raised());
    }

    @Test
    void oneWildPeerDoesNotRaiseTheFloor() {
        List<Change> changes = new ArrayList<>(changes(Kind.PEER, 19, 1.02));
        changes.addAll(changes(Kind.PEER, 1, 3));
        assertFalse(Noise.of(changes).raised());
    }

    @Test
    void neitherFewPeersNorOursRaiseTheFloor() {
        assertFalse(Noise.of(changes(Kind.PEER, 3, 1.2)).raised());
        assertFalse(Noise.of(changes(Kind.OURS, 100, 1.2)).raised());
    }

    private static List<Change> changes(Kind kind, int n, double ratio) {
        Row a = OddRuns.row("P", kind, 64, List.of(100.0), 0);
        Row b = OddRuns.row("P", kind, 64, List.of(100.0 * ratio), 0);
        return Stream.generate(() -> new Change(Cell.of(a), a, b)).limit(n).toList();
    }

    private static List<Double> draw(
            Random random, double median, double spread, int outliers, int samples) {
        List<Double> drawn = new ArrayList<>();
        for (int i = 0; i < samples; i++) {
            boolean outlier = outliers > 0 && random.nextInt(outliers) == 0;
            double time = median * Math.exp(spread * random.nextGaussian());
            drawn.add(outlier ? time * 1.6 : time);
        }
        return drawn;
    }

    private static List<Double> samples(String text) {
        return Stream.of(text.split(" ")).filter(s -> !s.isEmpty()).map(Double::valueOf).toList();
    }
}
