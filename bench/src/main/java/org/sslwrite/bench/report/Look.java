package org.sslwrite.bench.report;

import org.sslwrite.bench.result.Row.Kind;

import java.util.Collection;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How a series is drawn, so that it can be told apart by colour, by dash and by marker.
 *
 * @param family class of the style sheet: how lines of this kind of series look
 * @param index which of the family
 */
record Look(String family, int index) {
    private static final int COLOURS = 4;

    /** The same engine looks the same in every plot. */
    static Map<Engine, Look> of(Collection<Engine> engines) {
        Map<Engine, Look> looks = new LinkedHashMap<>();
        Map<Kind, Integer> next = new EnumMap<>(Kind.class);
        for (Engine engine : engines) {
            looks.computeIfAbsent(
                    engine,
                    e -> new Look(family(e.kind()), next.merge(e.kind(), 1, Integer::sum) - 1));
        }
        return looks;
    }

    String line() {
        return "line " + classes();
    }

    String classes() {
        return family + " c" + index % COLOURS;
    }

    /** A mark at a point, with words for a pointer that rests on it. */
    Markup marker(double x, double y, String words) {
        Markup svg = new Markup();
        String classes = "mark " + classes();
        if (index % 8 == 0) {
            svg.open(
                    "circle",
                    "class",
                    classes,
                    "cx",
                    Plot.number(x),
                    "cy",
                    Plot.number(y),
                    "r",
                    "3.6");
        } else {
            svg.open("path", "class", classes, "d", "M" + Plot.at(x, y) + outline());
        }
        if (!words.isEmpty()) {
            svg.element("title", words);
        }
        return svg.close();
    }

    /** Its line and marker, for a legend. */
    Markup swatch() {
        return new Markup()
                .open(
                        "svg",
                        "class",
                        "swatch",
                        "viewBox",
                        "0 0 34 12",
                        "width",
                        "34",
                        "height",
                        "12",
                        "aria-hidden",
                        "true")
                .empty("path", "class", line(), "d", "M1 6H33")
                .add(marker(17, 6, ""))
                .close();
    }

    private String outline() {
        return switch (index % 8) {
            case 1 -> "m-3.5 -3.5h7v7h-7z";
            case 2 -> "m0 -4.6l4.6 8h-9.2z";
            case 3 -> "m0 -4.9l4.9 4.9l-4.9 4.9l-4.9 -4.9z";
            case 4 -> "m0 4.6l4.6 -8h-9.2z";
            case 5 -> "m-1.4 -4.4h2.8v3h3v2.8h-3v3h-2.8v-3h-3v-2.8h3z";
            case 6 -> "m-4.4 -2.2h8.8v4.4h-8.8z";
            default -> "m-2.2 -4.4h4.4v8.8h-4.4z";
        };
    }

    private static String family(Kind kind) {
        return switch (kind) {
            case OURS -> "ours";
            case OURS_TOKEN -> "token";
            case PEER -> "peer";
            case PEER_TOKEN -> "peer-token";
            case YARDSTICK -> "yardstick";
        };
    }
}
