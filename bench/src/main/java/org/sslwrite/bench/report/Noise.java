package org.sslwrite.bench.report;

import org.sslwrite.bench.result.Row.Kind;

import java.util.List;

/**
 * What two runs of the same thing differ by. A difference beyond it is real, which takes all of:
 *
 * <ul>
 *   <li>both runs have at least three samples of the cell;
 *   <li>their samples do not overlap, and the gap between them is wider than the samples of either
 *       run lie apart, three times as wide if one has fewer than five samples;
 *   <li>the medians differ by more than the floor.
 * </ul>
 *
 * The floor is a tenth, since a JVM that starts anew may well compile differently. Peers are the
 * control group: nobody has changed their code, so if nine in ten of their cells stay within some
 * change, twice that is the floor where it is more than a tenth.
 *
 * @param floor as a share: 0.1 is ten per cent
 */
record Noise(double floor) {
    private static final double LEAST = 0.1;
    private static final int FEWEST_CONTROLS = 8;

    /** Whether the control group has raised it. */
    boolean raised() {
        return floor > LEAST;
    }

    /** With the peers of both runs as the control group. */
    static Noise of(List<Change> changes) {
        double[] controls =
                changes.stream()
                        .filter(change -> change.cell().engine().kind() == Kind.PEER)
                        .mapToDouble(change -> Math.abs(Math.log(change.ratio())))
                        .filter(Double::isFinite)
                        .sorted()
                        .toArray();
        if (controls.length < FEWEST_CONTROLS) {
            return new Noise(LEAST);
        }
        double most = controls[(controls.length - 1) * 9 / 10];
        return new Noise(Math.max(LEAST, Math.expm1(2 * most)));
    }

    /** Without a control group. */
    static Noise unknown() {
        return new Noise(LEAST);
    }

    /** Whether two lists of samples differ beyond noise. */
    boolean real(List<Double> a, List<Double> b) {
        if (Math.min(a.size(), b.size()) < 3) {
            return false;
        }
        Spread first = Spread.of(a);
        Spread second = Spread.of(b);
        double change = Math.abs(Math.log(second.median() / first.median()));
        double gap = Math.log(Math.max(second.low() / first.high(), first.low() / second.high()));
        double apart = Math.log(Math.max(first.high() / first.low(), second.high() / second.low()));
        double needed = Math.min(a.size(), b.size()) < 5 ? 3 * apart : apart;
        return change > Math.log1p(floor) && gap > 0 && gap > needed;
    }
}
