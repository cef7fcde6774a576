package org.sslwrite.cli;

/** Text that a peer or a file name may have had a hand in, made fit for one line of a terminal. */
final class OneLine {
    private OneLine() {}

    /**
     * Line breaks and what follows them become one blank, other control characters a question mark.
     */
    static String of(String text) {
        String joined = text.strip().replaceAll("\\s*\\R\\s*", " ");
        return joined.replaceAll("[\\p{C}\\p{Zl}\\p{Zp}]", "?");
    }
}
