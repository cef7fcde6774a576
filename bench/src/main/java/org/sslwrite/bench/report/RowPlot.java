package org.sslwrite.bench.report;

import java.util.List;
import java.util.function.DoubleFunction;
import java.util.stream.DoubleStream;

/**
 * A line of its own for each name: marks on a common axis, or a bar.
 *
 * @param label what it shows, in words
 * @param unit of the axis
 * @param logarithmic whether the axis is; else it starts at nothing
 * @param tick words for a value of the axis
 * @param one whether one is a border: to the right of it the area is shaded
 * @param items from top to bottom; at least one
 */
record RowPlot(
        String label,
        String unit,
        boolean logarithmic,
        DoubleFunction<String> tick,
        boolean one,
        List<Item> items)
        implements Plot {
    private static final double TOP = 8;
    private static final double BOTTOM = 40;

    /** Where things are: names and values beside the marks, or above them. */
    private record Layout(
            boolean beside, double left, double right, double row, double name, double marks) {
        static Layout of(Frame frame, List<Item> items) {
            if (!frame.wide()) {
                return new Layout(false, 8, frame.width() - 14, 36, 14, 24);
            }
            double names = items.stream().mapToDouble(i -> Plot.width(i.name)).max().orElse(0);
            double left = Math.min(names, frame.width() * 0.4) + 24;
            return new Layout(true, left, frame.width() - 76, 26, 17, 13);
        }
    }

    /**
     * A line.
     *
     * @param name stands above it
     * @param value stands right of the name
     * @param marks on it, from left to right
     * @param bar whether it is filled from nothing to its mark
     */
    record Item(String name, String value, Look look, List<Mark> marks, boolean bar) {}

    /** A place on a line. */
    record Mark(double value, Shape shape, String words) {}

    /** What a mark looks like. */
    enum Shape {
        /** The middle. */
        DOT,
        /** An end of the thick part. */
        TICK,
        /** A place on the thin part. */
        DIAMOND,
        /** The end of the thin part. */
        RING
    }

    @Override
    public Markup draw(Frame frame, String describedBy) {
        Layout layout = Layout.of(frame, items);
        double bottom = TOP + layout.row * items.size();
        Markup svg = Plot.root(frame, (int) (bottom + BOTTOM), label, describedBy);
        Scale x = scale(layout.left, layout.right);
        axis(svg, x, bottom);
        for (int i = 0; i < items.size(); i++) {
            double top = TOP + layout.row * i;
            if (one) {
                // Not through the names.
                double start = layout.beside() ? top : top + layout.marks - 8;
                Plot.line(svg, "equal", x.at(1), start, x.at(1), top + layout.row);
            }
            item(svg, x, layout, items.get(i), top);
        }
        return svg.close();
    }

    private Scale scale(double start, double end) {
        double high = Math.max(values().max().orElse(1), one ? 1.25 : 0);
        double low = Math.min(values().min().orElse(1), one ? 0.8 : high);
        return logarithmic
                ? Scale.logarithmic(low, high, start, end)
                : Scale.linear(high, start, end);
    }

    private DoubleStream values() {
        return items.stream().flatMap(i -> i.marks.stream()).mapToDouble(Mark::value);
    }

    private void axis(Markup svg, Scale x, double bottom) {
        if (one) {
            svg.empty(
                    "rect",
                    "class",
                    "faster",
                    "x",
                    Plot.number(x.at(1)),
                    "y",
                    Plot.number(TOP),
                    "width",
                    Plot.number(x.end() - x.at(1)),
                    "height",
                    Plot.number(bottom - TOP));
        }
        double free = 0;
        for (double value : x.ticks()) {
            double at = x.at(value);
            String words = tick.apply(value);
            Plot.line(svg, "rule", at, TOP, at, bottom);
            double half = Plot.width(words) / 2;
            double middle = Math.max(half, Math.min(at, x.end() + 12 - half));
            if (middle - half >= free) {
                Plot.text(svg, "tick", "middle", middle, bottom + 15, words);
                free = middle + half + 6;
            }
        }
        Plot.line(svg, "axis", x.start(), bottom, x.end(), bottom);
        Plot.text(svg, "unit", "middle", (x.start() + x.end()) / 2, bottom + 33, unit);
    }

    private static void item(Markup svg, Scale x, Layout layout, Item item, double top) {
        boolean beside = layout.beside();
        double room = beside ? x.start() - 16 : x.end() - x.start() - Plot.width(item.value) - 8;
        Plot.text(
                svg,
                "name " + item.look.classes(),
                beside ? "end" : "start",
                beside ? x.start() - 12 : x.start(),
                top + layout.name,
                Text.shortened(item.name, Math.max((int) (room / Plot.LETTER), 8)));
        double end = beside ? x.end() + 70 : x.end();
        Plot.text(svg, "value", "end", end, top + layout.name, item.value);
        if (item.bar) {
            bar(svg, x, item, top + layout.marks);
        } else {
            marks(svg, x, item, top + layout.marks);
        }
    }

    private static void bar(Markup svg, Scale x, Item item, double y) {
        Mark mark = item.marks.getFirst();
        // Nothing is something to see, too.
        double width = Math.max(x.at(mark.value) - x.start(), 2);
        svg.open(
                        "rect",
                        "class",
                        "bar " + item.look.classes(),
                        "x",
                        Plot.number(x.start()),
                        "y",
                        Plot.number(y - 5),
                        "width",
                        Plot.number(width),
                        "height",
                        "10",
                        "rx",
                        "2")
                .element("title", mark.words)
                .close();
    }

    private static void marks(Markup svg, Scale x, Item item, double y) {
        String classes = item.look.classes();
        List<Mark> ticks = item.marks.stream().filter(m -> m.shape == Shape.TICK).toList();
        Plot.line(
                svg,
                "thin " + classes,
                x.at(item.marks.getFirst().value),
                y,
                x.at(item.marks.getLast().value),
                y);
        if (!ticks.isEmpty()) {
            Mark start = ticks.size() > 1 ? ticks.getFirst() : item.marks.getFirst();
            Plot.line(
                    svg, "thick " + classes, x.at(start.value), y, x.at(ticks.getLast().value), y);
        }
        for (Mark mark : item.marks) {
            svg.open(
                            "path",
                            "class",
                            "shape " + (mark.shape == Shape.RING ? "ring " : "") + classes,
                            "d",
                            "M" + Plot.at(x.at(mark.value), y) + outline(mark.shape))
                    .element("title", mark.words)
                    .close();
        }
    }

    /** Of a mark, from its middle. */
    static String outline(Shape shape) {
        return switch (shape) {
            case DOT -> circle(4.6);
            case TICK -> "m-1 -5h2v10h-2z";
            case DIAMOND -> "m0 -4.6l4.6 4.6l-4.6 4.6l-4.6 -4.6z";
            case RING -> circle(3.2);
        };
    }

    private static String circle(double radius) {
        String r = Plot.number(radius);
        String d = Plot.number(2 * radius);
        return "m-"
                + r
                + " 0a"
                + r
                + " "
                + r
                + " 0 1 0 "
                + d
                + " 0a"
                + r
                + " "
                + r
                + " 0 1 0 -"
                + d
                + " 0z";
    }
}
