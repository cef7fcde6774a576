package org.sslwrite.bench.report;

import java.util.Locale;

/** A picture that can be drawn in any room. */
interface Plot {
    /** Width of a letter, in CSS pixels. */
    double LETTER = 7.2;

    /** Draws an SVG element whose words are its label and whose details stand elsewhere. */
    Markup draw(Frame frame, String describedBy);

    /** The root element, left open. */
    static Markup root(Frame frame, int height, String label, String describedBy) {
        return new Markup()
                .open(
                        "svg",
                        "class",
                        "plot",
                        "role",
                        "img",
                        "viewBox",
                        "0 0 " + frame.width() + " " + height,
                        "width",
                        String.valueOf(frame.width()),
                        "height",
                        String.valueOf(height),
                        "aria-label",
                        label,
                        "aria-describedby",
                        describedBy);
    }

    /** A coordinate: a tenth of a pixel is enough. */
    static String number(double coordinate) {
        return String.format(Locale.ROOT, "%.1f", coordinate).replaceFirst("\\.0$", "");
    }

    /** Two coordinates, for a path. */
    static String at(double x, double y) {
        return number(x) + " " + number(y);
    }

    /** A straight line. */
    static void line(Markup svg, String classes, double x1, double y1, double x2, double y2) {
        svg.empty("path", "class", classes, "d", "M" + at(x1, y1) + "L" + at(x2, y2));
    }

    /** Text at a point; {@code anchor} is start, middle or end. */
    static void text(Markup svg, String classes, String anchor, double x, double y, String text) {
        svg.element(
                "text",
                text,
                "class",
                classes,
                "text-anchor",
                anchor,
                "x",
                number(x),
                "y",
                number(y));
    }

    /** About how wide a text is in a plot, rather too wide: fonts differ. */
    static double width(String text) {
        return text.codePointCount(0, text.length()) * LETTER;
    }
}
