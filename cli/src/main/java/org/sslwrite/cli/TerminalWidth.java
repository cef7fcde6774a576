package org.sslwrite.cli;

import org.jspecify.annotations.Nullable;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** How wide the terminal is that standard error goes to, if it is one. For one thread. */
final class TerminalWidth {
    private static final int USUAL = 80;
    private static final int LEAST = 10;

    /** A user may change it at any time. */
    private static final Duration ASK_AGAIN = Duration.ofSeconds(1);

    private final @Nullable Path terminal;
    private int columns = USUAL;
    private long askAt = System.nanoTime();

    private TerminalWidth(@Nullable Path terminal) {
        this.terminal = terminal;
    }

    static TerminalWidth ofStandardError() {
        return new TerminalWidth(terminal());
    }

    /**
     * The JDK knows this of standard input and output together only ({@code Console.isTerminal}).
     */
    private static @Nullable Path terminal() {
        try {
            Path target = Files.readSymbolicLink(Path.of("/proc/self/fd/2"));
            boolean known =
                    target.startsWith("/dev/pts")
                            || target.toString().matches("/dev/(tty.*|console)");
            return known ? target : null;
        } catch (IOException | UnsupportedOperationException e) {
            boolean known = System.console() != null && System.console().isTerminal();
            return known ? Path.of("/dev/tty") : null;
        }
    }

    boolean isTerminal() {
        return terminal != null;
    }

    /** Columns, by {@code stty}, else by COLUMNS in the environment, else 80. */
    int columns() {
        Path asked = terminal;
        if (asked != null && System.nanoTime() - askAt >= 0) {
            int told = told(asked);
            int width = told > 0 ? told : number(System.getenv("COLUMNS"));
            columns = width > 0 ? Math.max(width, LEAST) : USUAL;
            askAt = System.nanoTime() + ASK_AGAIN.toNanos();
        }
        return columns;
    }

    /** What stty says; 0 if it does not know. */
    private static int told(Path terminal) {
        try {
            Process stty =
                    new ProcessBuilder("stty", "size")
                            .redirectInput(terminal.toFile())
                            .redirectError(new File("/dev/null"))
                            .start();
            byte[] said = stty.getInputStream().readAllBytes();
            // As in "24 80".
            return number(new String(said, StandardCharsets.US_ASCII).replaceFirst("^\\d+ ", ""));
        } catch (IOException e) {
            return 0;
        }
    }

    private static int number(@Nullable String text) {
        return text != null && text.strip().matches("[0-9]{1,5}")
                ? Integer.parseInt(text.strip())
                : 0;
    }
}
