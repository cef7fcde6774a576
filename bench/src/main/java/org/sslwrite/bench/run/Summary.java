package org.sslwrite.bench.run;

import org.jspecify.annotations.Nullable;
import org.sslwrite.bench.result.Absent;
import org.sslwrite.bench.result.Ratio;
import org.sslwrite.bench.result.Results;

import java.nio.file.Path;
import java.util.Locale;

/** A run in a few lines, for a terminal. */
final class Summary {
    private Summary() {}

    /**
     * @param folder of the files; null if there are none
     */
    static String of(Results results, @Nullable Path folder) {
        StringBuilder text = new StringBuilder();
        if (!results.complete()) {
            text.append("Stopped before its end; this is what was measured by then.\n\n");
        }
        for (Ratio ratio : results.ratios()) {
            text.append(line(ratio)).append('\n');
        }
        for (Absent absent : results.absent()) {
            text.append("\nnot measured: ").append(absent.engine());
            text.append(": ").append(clean(absent.reason()));
        }
        for (String warning : results.warnings()) {
            text.append("\nwarning: ").append(clean(warning));
        }
        if (!results.absent().isEmpty() || !results.warnings().isEmpty()) {
            text.append('\n');
        }
        if (folder != null) {
            text.append("\nreport: ").append(folder.resolve("report.html")).append('\n');
        }
        return text.toString();
    }

    /** A library's or a token's words may have anything in them. */
    private static String clean(String words) {
        return words.replaceAll("[\\p{Cntrl}\\s]+", " ");
    }

    private static String line(Ratio ratio) {
        if (Double.isNaN(ratio.value())) {
            return String.format(Locale.ROOT, "%-32s     -  %s", ratio.name(), ratio.note());
        }
        return String.format(
                Locale.ROOT,
                "%-32s %5.2f  (%.2f to %.2f)  %s against %s",
                ratio.name(),
                ratio.value(),
                ratio.low(),
                ratio.high(),
                ratio.ours(),
                ratio.other());
    }
}
