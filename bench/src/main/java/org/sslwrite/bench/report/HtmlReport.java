package org.sslwrite.bench.report;

import org.sslwrite.bench.result.Results;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What a run found, as one HTML page for people: answer first, then plots, then every figure. The
 * page needs nothing but itself: no script, no font, no other file.
 */
public final class HtmlReport {
    /** Even if a name got out of its place, nothing could be loaded or run. */
    private static final String POLICY =
            "default-src 'none'; style-src 'unsafe-inline'; img-src data:";

    private HtmlReport() {}

    /**
     * Writes the page, over one that is there.
     *
     * @throws IOException if the file can't be written
     */
    public static void write(Results results, Path file) throws IOException {
        Files.writeString(file, html(results));
    }

    static String html(Results results) {
        Findings findings = Findings.of(results);
        Markup html =
                new Markup()
                        .open("html", "lang", "en")
                        .open("head")
                        .empty("meta", "charset", "utf-8")
                        .empty("meta", "http-equiv", "Content-Security-Policy", "content", POLICY)
                        .empty(
                                "meta",
                                "name",
                                "viewport",
                                "content",
                                "width=device-width, initial-scale=1")
                        .empty("meta", "name", "color-scheme", "content", "light dark")
                        .element("title", "Does offload pay? sslwrite bench")
                        .empty("link", "rel", "icon", "href", "data:,")
                        .style(styleSheet())
                        .close()
                        .open("body")
                        .open("main")
                        .add(new Opening(findings).draw())
                        .add(new Offload(findings.crossovers()).draw());
        if (!findings.chief().isEmpty()) {
            html.add(new Lines(findings).throughput());
        }
        html.add(new Ratios(results.ratios()).draw());
        if (!findings.chief().isEmpty()) {
            html.add(new Lines(findings).time());
        }
        html.add(new Latencies(findings).draw())
                .add(new Allocations(findings).draw())
                .add(new Particulars(findings).draw())
                .close()
                .close()
                .close();
        return "<!DOCTYPE html>\n" + html + "\n";
    }

    private static String styleSheet() {
        try (InputStream css = HtmlReport.class.getResourceAsStream("report.css")) {
            if (css == null) {
                throw new IllegalStateException("report.css is missing beside HtmlReport.class");
            }
            return new String(css.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new IllegalStateException("report.css can't be read", e);
        }
    }
}
