package org.sslwrite.bench.report;

import java.util.List;

/** Words from elsewhere, such as the label of a token, made fit to be shown. */
final class Text {
    private static final int REPLACEMENT = 0xFFFD;

    private Text() {}

    /**
     * Without what moves a terminal's cursor, turns the direction of writing, or is no character:
     * each becomes a replacement character. Line ends become spaces.
     */
    static String clean(String text) {
        StringBuilder clean = new StringBuilder(text.length());
        text.codePoints().forEach(c -> clean.appendCodePoint(shown(c)));
        return clean.toString();
    }

    /** At most so many characters, the last of them an ellipsis if something is missing. */
    static String shortened(String text, int most) {
        int length = text.codePointCount(0, text.length());
        return length <= most
                ? text
                : text.substring(0, text.offsetByCodePoints(0, most - 1)).stripTrailing() + "…";
    }

    /** As in {@code a, b and c}. */
    static String list(List<String> words) {
        int last = words.size() - 1;
        return last < 1
                ? String.join("", words)
                : String.join(", ", words.subList(0, last)) + " and " + words.get(last);
    }

    /** As in {@code 1 thread}, {@code 2 threads}. */
    static String count(long n, String what) {
        return n + " " + what + (n == 1 ? "" : "s");
    }

    private static int shown(int c) {
        if (c == '\n' || c == '\r' || c == '\t') {
            return ' ';
        }
        return switch (Character.getType(c)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR ->
                    REPLACEMENT;
            default -> c;
        };
    }
}
