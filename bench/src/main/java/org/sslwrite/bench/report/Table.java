package org.sslwrite.bench.report;

import java.util.List;
import java.util.stream.Stream;

/**
 * A table, which scrolls by itself where it is wider than the page.
 *
 * @param label what it holds
 * @param columns from left to right; the first holds the rows' names
 * @param rows as long as there are columns
 */
record Table(String label, List<Column> columns, List<List<String>> rows) {
    /**
     * A column.
     *
     * @param head above it
     * @param figure whether figures are in it, whose ends are below each other
     */
    record Column(String head, boolean figure) {
        static Column word(String head) {
            return new Column(head, false);
        }

        static Column figure(String head) {
            return new Column(head, true);
        }

        String kind() {
            return figure ? "figure" : "word";
        }
    }

    /** A column of names, then one of figures for each size. */
    static List<Column> bySize(String name, List<Integer> sizes) {
        Stream<Column> figures = sizes.stream().map(size -> Column.figure(Units.size(size)));
        return Stream.concat(Stream.of(Column.word(name)), figures).toList();
    }

    Markup draw() {
        Markup html =
                new Markup()
                        .open(
                                "div",
                                "class",
                                "scroll",
                                "role",
                                "region",
                                "tabindex",
                                "0",
                                "aria-label",
                                label)
                        .open("table")
                        .open("thead")
                        .open("tr");
        for (Column column : columns) {
            html.element("th", column.head, "scope", "col", "class", column.kind());
        }
        html.close().close().open("tbody");
        for (List<String> row : rows) {
            html.open("tr");
            for (int i = 0; i < row.size(); i++) {
                if (i == 0) {
                    html.element("th", row.get(i), "scope", "row");
                } else {
                    html.element("td", row.get(i), "class", columns.get(i).kind());
                }
            }
            html.close().newline();
        }
        return html.close().close().close();
    }

    /** Behind a line that opens it. */
    Markup folded(String summary) {
        return new Markup()
                .open("details")
                .element("summary", summary)
                .add(draw())
                .close()
                .newline();
    }
}
