package org.sslwrite.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Lays results out for a person: columns, then a line a row on why its engine was chosen. */
final class ResultTable {
    private static final List<String> HEADINGS =
            List.of(
                    "peer",
                    "version",
                    "suite",
                    "sealed by",
                    "records",
                    "bytes",
                    "seconds",
                    "GB/s",
                    "SHA-256");

    /** The column from which on numbers are set flush right. */
    private static final int FIRST_NUMBER = 4;

    private static final int LAST_NUMBER = 7;

    private ResultTable() {}

    static List<String> of(List<TransferRow> rows) {
        List<List<String>> cells = new ArrayList<>();
        cells.add(HEADINGS);
        for (TransferRow row : rows) {
            cells.add(cellsOf(row));
        }
        List<String> lines = new ArrayList<>();
        for (List<String> line : cells) {
            lines.add(aligned(line, cells));
        }
        lines.add("");
        for (TransferRow row : rows) {
            lines.add(
                    row.protocol()
                            + " is sealed by "
                            + (row.sealer() == null ? "-" : row.sealer()));
        }
        if (rows.stream().anyMatch(row -> !row.failures().isEmpty())) {
            lines.add("");
            lines.add("All sessions of the token closed behind its back when half was sent:");
            for (TransferRow row : rows) {
                row.failures().forEach(failure -> lines.addAll(failure.toLines()));
            }
        }
        return lines;
    }

    private static List<String> cellsOf(TransferRow row) {
        Boolean equal = row.sha256Equal();
        return List.of(
                row.peer(),
                row.protocol(),
                row.suite(),
                row.engines(),
                String.format(Locale.ROOT, "%,d", row.records()),
                String.format(Locale.ROOT, "%,d", row.bytes()),
                String.format(Locale.ROOT, "%.3f", row.seconds()),
                String.format(Locale.ROOT, "%.2f", row.gigabytesPerSecond()),
                equal == null ? "-" : equal ? "equal" : "DIFFERENT");
    }

    private static String aligned(List<String> line, List<List<String>> all) {
        StringBuilder text = new StringBuilder();
        for (int column = 0; column < line.size(); column++) {
            int at = column;
            int width = all.stream().mapToInt(other -> other.get(at).length()).max().orElse(0);
            boolean right = column >= FIRST_NUMBER && column <= LAST_NUMBER;
            String padding = " ".repeat(width - line.get(column).length());
            text.append(right ? padding + line.get(column) : line.get(column) + padding)
                    .append("  ");
        }
        return text.toString().stripTrailing();
    }
}
