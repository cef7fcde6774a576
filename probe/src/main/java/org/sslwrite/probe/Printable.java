package org.sslwrite.probe;

/** What a token says, made fit for a terminal. */
final class Printable {
    private static final int LONGEST = 400;

    private Printable() {}

    /** On one line, without characters that control a terminal or turn its writing round. */
    static String of(String text) {
        StringBuilder printable = new StringBuilder();
        text.codePoints()
                .limit(LONGEST)
                .map(c -> isHarmless(c) ? c : '?')
                .forEach(printable::appendCodePoint);
        return printable.toString();
    }

    static boolean isHarmless(int codePoint) {
        return switch (Character.getType(codePoint)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR ->
                    false;
            default -> true;
        };
    }
}
