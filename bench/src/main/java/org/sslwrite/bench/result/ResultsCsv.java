package org.sslwrite.bench.result;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * Rows as comma-separated values (RFC 4180), for spreadsheets: one line a row, times in
 * nanoseconds.
 */
public final class ResultsCsv {
    private static final String HEAD =
            "subject,engine,kind,suite,version,size,memory,threads,samples,median_ns,p25_ns,p75_ns,"
                    + "bytes_per_second,allocated_bytes";

    private ResultsCsv() {}

    /** All rows, below a line with the names of the columns. */
    public static String toCsv(Results results) {
        StringBuilder csv = new StringBuilder(HEAD).append("\r\n");
        for (Row row : results.rows()) {
            csv.append(line(row)).append("\r\n");
        }
        return csv.toString();
    }

    private static String line(Row row) {
        double median = Samples.median(row.samples());
        return List.of(
                        row.subject().name(),
                        row.engine(),
                        row.kind().name(),
                        row.suite(),
                        row.version(),
                        Integer.toString(row.size()),
                        row.direct() ? "direct" : "heap",
                        Integer.toString(row.threads()),
                        Integer.toString(row.samples().size()),
                        number(median),
                        number(Samples.quantile(row.samples(), 0.25)),
                        number(Samples.quantile(row.samples(), 0.75)),
                        number(row.threads() * row.size() / median * 1e9),
                        number(row.allocated()))
                .stream()
                .map(ResultsCsv::quoted)
                .collect(Collectors.joining(","));
    }

    private static String number(double value) {
        return Double.isNaN(value) ? "" : String.format(Locale.ROOT, "%.3f", value);
    }

    private static String quoted(String field) {
        return field.matches("[^\",\r\n]*") ? field : '"' + field.replace("\"", "\"\"") + '"';
    }
}
