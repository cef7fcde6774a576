package org.sslwrite.bench.report;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sslwrite.bench.result.Row.Kind;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The geometry of plots. */
class PlotTest {
    @ParameterizedTest
    @CsvSource({
        "false, 0,   21,  0 5 10 15 20",
        "false, 0,   0.9, 0 0.2 0.4 0.6 0.8",
        "true,  0.5, 11,  0.5 1 2 5 10",
        "true,  50,  2e6, 100 1000 10000 100000 1000000",
    })
    void ticksAreRound(boolean logarithmic, double min, double max, String ticks) {
        Scale scale = new Scale(min, max, logarithmic, 0, 100);
        assertEquals(
                ticks, scale.ticks().stream().map(Units::round).collect(Collectors.joining(" ")));
    }

    @ParameterizedTest
    @CsvSource({"1e-12, 1e12", "1, 1.0001", "1e-200, 1e200", "99, 101"})
    void ticksAreFew(double min, double max) {
        assertTrue(Scale.logarithmic(min, max, 0, 1).ticks().size() <= 9);
        assertTrue(Scale.linear(max, 0, 1).ticks().size() <= 9);
    }

    @Test
    void placesLieBetweenTheEnds() {
        Scale up = new Scale(1, 100, true, 200, 100);
        assertEquals(200, up.at(1), 1e-9);
        assertEquals(150, up.at(10), 1e-9);
        assertEquals(100, up.at(100), 1e-9);
        assertThrows(IllegalArgumentException.class, () -> new Scale(0, 1, true, 0, 1));
        assertThrows(IllegalArgumentException.class, () -> new Scale(1, 1, false, 0, 1));
        assertThrows(IllegalArgumentException.class, () -> new Scale(0, Double.NaN, false, 0, 1));
    }

    @Test
    void namesMoveApart() {
        double[] places = {100, 101, 102, 300};
        LinePlot.spread(places, 0, 310);
        assertArrayEquals(new double[] {100, 114.5, 129, 300}, places, 1e-9);
        double[] low = {305, 306, 310};
        LinePlot.spread(low, 0, 310);
        assertArrayEquals(new double[] {281, 295.5, 310}, low, 1e-9);
        double[] many = new double[101];
        LinePlot.spread(many, 0, 100);
        assertEquals(0, many[0], 1e-9);
        assertEquals(100, many[100], 1e-9);
    }

    /** Even without colour, two engines of one kind are not drawn alike. */
    @Test
    void enginesOfAKindHaveMarkersOfTheirOwn() {
        List<Engine> engines =
                IntStream.range(0, 8).mapToObj(i -> new Engine("e" + i, Kind.PEER)).toList();
        Set<String> markers = new HashSet<>();
        Look.of(engines)
                .values()
                .forEach(
                        look ->
                                markers.add(
                                        look.marker(0, 0, "").toString().replaceAll("c\\d", "")));
        assertEquals(8, markers.size());
    }
}
