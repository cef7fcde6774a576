package org.sslwrite.bench.run;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/**
 * Says on standard error what is being measured and how long it will take: on a terminal in one
 * line that changes, elsewhere in a line now and then.
 */
final class Progress {
    private static final int WIDTH = 79;
    private static final long PAUSE_NS = Duration.ofSeconds(15).toNanos();

    private final PrintStream err;
    private final boolean isTerminal;
    private final long estimate;
    private final int jobs;
    private int done;
    private long estimatedDone;
    private long begin;
    private long lastLine;

    /**
     * @param jobs of all rounds together
     * @param estimate milliseconds that they should take
     */
    Progress(PrintStream err, boolean isTerminal, int jobs, long estimate) {
        this.err = err;
        this.isTerminal = isTerminal;
        this.jobs = jobs;
        this.estimate = estimate;
    }

    /**
     * The JDK knows this of standard input and output together only ({@code Console.isTerminal}).
     */
    static boolean errorIsTerminal() {
        try {
            String target = Files.readSymbolicLink(Path.of("/proc/self/fd/2")).toString();
            return target.startsWith("/dev/pts") || target.matches("/dev/(tty.*|console)");
        } catch (IOException | UnsupportedOperationException e) {
            return System.console() != null && System.console().isTerminal();
        }
    }

    void begin() {
        begin = System.nanoTime();
        lastLine = begin - PAUSE_NS;
    }

    void show(String title) {
        long now = System.nanoTime();
        if (!isTerminal && now - lastLine < PAUSE_NS) {
            return;
        }
        lastLine = now;
        String line = "%3d/%d  %s left  %s".formatted(done + 1, jobs, left(now), title);
        if (isTerminal) {
            String cut = line.length() > WIDTH ? line.substring(0, WIDTH) : line;
            err.print("\r" + cut + " ".repeat(WIDTH - cut.length()));
        } else {
            err.println(line);
        }
        err.flush();
    }

    /** By what the jobs so far took, as far as they were not as quick as they should have been. */
    private String left(long now) {
        double passed = (now - begin) / 1e6;
        double pace = estimatedDone < estimate / 50 ? 1 : passed / estimatedDone;
        long seconds = Math.round((estimate - estimatedDone) * pace / 1000);
        return "%d:%02d".formatted(seconds / 60, seconds % 60);
    }

    /** A job is done, or left out. */
    void done(long itsEstimate) {
        done++;
        estimatedDone += itsEstimate;
    }

    /** Leaves the line free. */
    void end() {
        if (isTerminal) {
            err.print("\r" + " ".repeat(WIDTH) + "\r");
            err.flush();
        }
    }
}
