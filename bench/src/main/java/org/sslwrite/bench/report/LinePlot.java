package org.sslwrite.bench.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;
import java.util.function.DoubleFunction;
import java.util.stream.DoubleStream;

/**
 * Lines over the size of a record, which is on a logarithmic axis.
 *
 * @param label what it shows, in words
 * @param unit of the other axis, as in {@code GB/s}
 * @param logarithmic whether that axis is logarithmic as well
 * @param tick words for a value of that axis
 * @param one whether one is a border: above it the area is shaded
 * @param series the lines; later ones lie on top
 */
record LinePlot(
        String label,
        String unit,
        boolean logarithmic,
        DoubleFunction<String> tick,
        boolean one,
        List<Series> series)
        implements Plot {
    private static final double TOP = 28;
    private static final double BOTTOM = 40;
    private static final int MOST = 28;
    private static final double LINE = 14.5;

    /**
     * A line.
     *
     * @param name as in the legend
     * @param points by size; at least one
     */
    record Series(String name, Look look, List<Point> points) {}

    /** A point, and what it says to a pointer that rests on it. */
    record Point(int size, Spread value, String words) {}

    /** Where the axes lie. */
    private record Axes(Scale x, Scale y) {
        double left() {
            return x.start() - 10;
        }

        double right() {
            return x.end() + 8;
        }

        double bottom() {
            return y.start();
        }
    }

    @Override
    public Markup draw(Frame frame, String describedBy) {
        Markup svg = Plot.root(frame, frame.height(), label, describedBy);
        Axes axes = axes(frame);
        if (one) {
            border(svg, axes);
        }
        grid(svg, axes);
        series.forEach(s -> line(svg, axes, s));
        if (frame.wide()) {
            names(svg, axes);
        }
        return svg.close();
    }

    private Axes axes(Frame frame) {
        double right = frame.width() - (frame.wide() ? gutter() : 14);
        double bottom = frame.height() - BOTTOM;
        double high = Math.max(values().max().orElse(1), one ? 1.5 : 0);
        double low = Math.min(values().min().orElse(1), one ? 0.7 : high);
        Scale y =
                logarithmic
                        ? Scale.logarithmic(low, high, bottom, TOP)
                        : Scale.linear(high, bottom, TOP);
        double left =
                10 + y.ticks().stream().mapToDouble(v -> Plot.width(tick.apply(v))).max().orElse(0);
        int smallest = sizes().getFirst();
        int largest = sizes().getLast();
        // A single size is in the middle.
        double around = smallest < largest ? 1 : 2;
        return new Axes(
                new Scale(smallest / around, largest * around, true, left + 10, right - 8), y);
    }

    private double gutter() {
        return series.stream()
                        .mapToDouble(s -> Plot.width(Text.shortened(s.name, MOST)))
                        .max()
                        .orElse(0)
                + 20;
    }

    private DoubleStream values() {
        return series.stream()
                .flatMap(s -> s.points.stream())
                .flatMapToDouble(p -> DoubleStream.of(p.value.low(), p.value.high()));
    }

    private List<Integer> sizes() {
        return List.copyOf(
                new TreeSet<>(
                        series.stream().flatMap(s -> s.points.stream()).map(Point::size).toList()));
    }

    private void border(Markup svg, Axes axes) {
        double y = axes.y.at(1);
        svg.empty(
                "rect",
                "class",
                "faster",
                "x",
                Plot.number(axes.left()),
                "y",
                Plot.number(TOP),
                "width",
                Plot.number(axes.right() - axes.left()),
                "height",
                Plot.number(y - TOP));
        Plot.line(svg, "equal", axes.left(), y, axes.right(), y);
        Plot.text(svg, "side", "start", axes.left() + 8, y - 7, "token faster");
        Plot.text(svg, "side", "start", axes.left() + 8, y + 16, "CPU faster");
    }

    private void grid(Markup svg, Axes axes) {
        Plot.text(svg, "unit", "start", 2, 14, unit);
        for (double value : axes.y.ticks()) {
            double y = axes.y.at(value);
            Plot.line(svg, "rule", axes.left(), y, axes.right(), y);
            Plot.text(svg, "tick", "end", axes.left() - 6, y + 4, tick.apply(value));
        }
        Plot.line(svg, "axis", axes.left(), axes.bottom(), axes.right(), axes.bottom());
        double free = 0;
        for (int size : sizes()) {
            double x = axes.x.at(size);
            String words = Units.size(size);
            // Tight: sizes four times apart are to have their words on a phone, too.
            double half = Plot.width(words) * 0.44;
            Plot.line(svg, "axis", x, axes.bottom(), x, axes.bottom() + 4);
            if (x - half >= free) {
                Plot.text(svg, "tick", "middle", x, axes.bottom() + 17, words);
                free = x + half + 3;
            }
        }
        Plot.text(
                svg,
                "unit",
                "middle",
                (axes.left() + axes.right()) / 2,
                axes.bottom() + 35,
                "bytes a write");
    }

    private static void line(Markup svg, Axes axes, Series series) {
        StringBuilder path = new StringBuilder();
        Markup marks = new Markup();
        for (Point point : series.points) {
            double x = axes.x.at(point.size);
            double y = axes.y.at(point.value.median());
            path.append(path.isEmpty() ? "M" : "L").append(Plot.at(x, y));
            Plot.line(
                    marks,
                    "whisker " + series.look.classes(),
                    x,
                    axes.y.at(point.value.low()),
                    x,
                    axes.y.at(point.value.high()));
            marks.add(series.look.marker(x, y, series.name + ": " + point.words));
        }
        svg.empty("path", "class", series.look.line(), "d", path.toString()).add(marks);
    }

    /** Beside the ends of the lines, moved apart where they would lie on each other. */
    private void names(Markup svg, Axes axes) {
        List<Series> fromTop = new ArrayList<>(series);
        fromTop.sort(Comparator.comparingDouble(s -> end(axes, s)));
        double[] places = fromTop.stream().mapToDouble(s -> end(axes, s)).toArray();
        spread(places, TOP, axes.bottom());
        for (int i = 0; i < places.length; i++) {
            Series s = fromTop.get(i);
            double x = axes.x.at(s.points.getLast().size);
            svg.empty(
                    "path",
                    "class",
                    "leader " + s.look.classes(),
                    "d",
                    "M"
                            + Plot.at(x + 6, end(axes, s))
                            + "L"
                            + Plot.at(axes.right() + 8, places[i]));
            Plot.text(
                    svg,
                    "name " + s.look.classes(),
                    "start",
                    axes.right() + 12,
                    places[i] + 4,
                    Text.shortened(s.name, MOST));
        }
    }

    private static double end(Axes axes, Series series) {
        return axes.y.at(series.points.getLast().value.median());
    }

    /** Moves sorted places apart to a letter's height, and as far as they fit, between limits. */
    static void spread(double[] places, double top, double bottom) {
        int n = places.length;
        double gap = n < 2 ? 0 : Math.min(LINE, (bottom - top) / (n - 1));
        for (int i = 0; i < n; i++) {
            double least = i == 0 ? top : places[i - 1] + gap;
            places[i] = Math.max(places[i], least);
        }
        for (int i = n - 1; i >= 0; i--) {
            double most = i == n - 1 ? bottom : places[i + 1] - gap;
            places[i] = Math.min(places[i], most);
        }
    }
}
