package org.sslwrite.probe;

import org.jspecify.annotations.Nullable;
import org.sslwrite.pkcs11.TokenRoute;
import org.sslwrite.pkcs11.cryptoki.ffi.LibraryInfo;
import org.sslwrite.pkcs11.cryptoki.ffi.TokenInfo;
import org.sslwrite.probe.Finding.Verdict;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** The report for people. */
final class ReportText {
    private static final int WIDTH = 100;

    private final ProbeReport report;
    private final Findings findings;
    private final StringBuilder out = new StringBuilder();

    private ReportText(ProbeReport report) {
        this.report = report;
        this.findings = new Findings(report.findings());
    }

    static String of(ProbeReport report) {
        ReportText text = new ReportText(report);
        text.head();
        text.features();
        text.suites();
        text.timings();
        text.notes();
        text.recommendation();
        return text.out.toString();
    }

    private void head() {
        TokenInfo token = report.tokenInfo();
        LibraryInfo module = report.moduleInfo();
        line(report.token());
        row("label", token.label());
        row("model", token.manufacturer() + ", " + token.model());
        row("serial", token.serial());
        row("hardware", token.hardwareVersion() + ", firmware " + token.firmwareVersion());
        row("module", report.module().toString());
        row(
                "",
                module.description()
                        + " "
                        + module.libraryVersion()
                        + ", "
                        + module.manufacturer());
        row("PKCS#11", module.cryptokiVersion() + gcmParams());
        row("sessions", sessions());
    }

    private String gcmParams() {
        GcmLayout layout = report.gcmLayout();
        return layout == null ? "" : "; CK_GCM_PARAMS " + layout.title();
    }

    private String sessions() {
        SessionLimit limit = report.sessionLimit();
        return limit.reason() == null
                ? "at least " + limit.opened()
                : limit.opened() + ", then " + limit.reason();
    }

    private void features() {
        line("");
        line("  %-26s %-10s %s".formatted("what the token can do", "C API", "SunPKCS11"));
        for (Feature feature : Feature.values()) {
            Finding c = findings.of(feature, TokenRoute.CRYPTOKI);
            Finding sun = findings.of(feature, TokenRoute.SUNPKCS11);
            if (c != null || sun != null) {
                line(
                        "  %-26s %-10s %s"
                                .formatted(feature.title(), word(c), word(sun))
                                .stripTrailing());
                for (String detail : details(c, sun)) {
                    wrapped("      ", detail);
                }
            }
        }
    }

    private static String word(@Nullable Finding finding) {
        return finding == null
                ? ""
                : switch (finding.verdict()) {
                    case WORKS -> "yes";
                    case PARTLY -> "partly";
                    case BROKEN, ABSENT -> "no";
                    case UNTRIED -> "not tried";
                };
    }

    /** What is to be said of each; once, if it is the same. */
    private static Set<String> details(@Nullable Finding c, @Nullable Finding sun) {
        Set<String> details = new LinkedHashSet<>();
        if (c != null) {
            details.add(explained(c));
        }
        // That SunPKCS11 does not offer what the token does not have goes without saying.
        if (sun != null && (c == null || sun.verdict() != Verdict.ABSENT || c.works())) {
            details.add(explained(sun));
        }
        details.remove("");
        return details;
    }

    private static String explained(Finding finding) {
        return switch (finding.verdict()) {
            case BROKEN -> "listed but does not work: " + finding.detail();
            case WORKS, PARTLY, ABSENT, UNTRIED -> finding.detail();
        };
    }

    private void suites() {
        line("");
        line("  TLS cipher suites whose records the token can seal");
        List<SuiteOffload> impossible = new ArrayList<>();
        for (SuiteOffload suite : report.suites()) {
            if (suite.isPossible()) {
                line("  %-48s %s".formatted(suite.name(), engines(suite)));
            } else {
                impossible.add(suite);
            }
        }
        if (impossible.isEmpty()) {
            return;
        }
        line("");
        line("  and those it cannot");
        for (SuiteOffload suite : impossible) {
            line("  " + suite.name());
            wrapped("      ", suite.reason());
        }
    }

    private static String engines(SuiteOffload suite) {
        List<String> names = new ArrayList<>();
        for (TokenRoute engine : suite.engines()) {
            names.add(name(engine));
        }
        return String.join(", ", names);
    }

    private void timings() {
        if (report.timings().isEmpty()) {
            return;
        }
        line("");
        line(
                "  %-26s %-10s %9s %9s %9s"
                        .formatted("µs a record, one thread", "", "64 B", "1 KiB", "16 KiB"));
        Set<String> rows = new LinkedHashSet<>();
        for (Timing timing : report.timings()) {
            rows.add(timingRow(timing.operation(), timing.engine()));
        }
        rows.forEach(this::line);
    }

    private String timingRow(String operation, TokenRoute engine) {
        StringBuilder row = new StringBuilder("  %-26s %-10s".formatted(operation, name(engine)));
        for (int size : Timings.SIZES) {
            String cell = "";
            for (Timing timing : report.timings()) {
                if (timing.bytes() == size
                        && timing.engine() == engine
                        && timing.operation().equals(operation)) {
                    cell = String.format(Locale.ROOT, "%.1f", timing.micros());
                }
            }
            row.append(" %9s".formatted(cell));
        }
        return row.toString();
    }

    private void notes() {
        if (!report.notes().isEmpty()) {
            line("");
            report.notes().forEach(note -> wrapped("  ", note));
        }
    }

    private void recommendation() {
        line("");
        line("  recommended configuration");
        report.recommendation().lines().forEach(l -> line("  " + l));
    }

    private static String name(TokenRoute engine) {
        return switch (engine) {
            case CRYPTOKI -> "C API";
            case SUNPKCS11 -> "SunPKCS11";
        };
    }

    private void row(String title, String value) {
        line("  %-10s %s".formatted(title, value).stripTrailing());
    }

    /** Words in lines of the report's width. */
    private void wrapped(String indent, String text) {
        StringBuilder current = new StringBuilder(indent);
        for (String word : Printable.of(text).split(" ")) {
            if (current.length() > indent.length()) {
                if (current.length() + 1 + word.length() > WIDTH) {
                    line(current.toString());
                    current = new StringBuilder(indent);
                } else {
                    current.append(' ');
                }
            }
            current.append(word);
        }
        line(current.toString());
    }

    private void line(String text) {
        out.append(Printable.of(text)).append('\n');
    }
}
