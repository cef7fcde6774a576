package org.sslwrite.bench.report;

import org.jspecify.annotations.Nullable;

import java.util.List;

/**
 * A plot with its title, what it says in words, and its figures.
 *
 * @param id unique on the page
 * @param words what the plot says, also to those who don't see it
 * @param frames the rooms to draw it in: one, or narrow and wide
 * @param table its figures; null if a table beside it has them
 */
record Figure(
        String id,
        String title,
        String words,
        Plot plot,
        List<Frame> frames,
        @Nullable Table table) {
    static final List<Frame> ONE = List.of(Frame.NARROW);
    static final List<Frame> BOTH = List.of(Frame.NARROW, Frame.WIDE);

    Markup draw() {
        Markup html =
                new Markup()
                        .open("figure")
                        .open("figcaption")
                        .element("h4", title)
                        .element("p", words, "id", id)
                        .close();
        for (Frame frame : frames) {
            html.open("div", "class", room(frame)).add(plot.draw(frame, id)).close();
        }
        if (table != null) {
            html.add(table.folded("These figures as a table"));
        }
        return html.close().newline();
    }

    private String room(Frame frame) {
        if (frames.size() == 1) {
            return "any";
        }
        return frame.wide() ? "wide" : "narrow";
    }
}
