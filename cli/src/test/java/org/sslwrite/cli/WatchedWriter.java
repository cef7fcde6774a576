package org.sslwrite.cli;

import java.io.StringWriter;
import java.time.Duration;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Keeps what is written, and lets another thread wait for it. */
final class WatchedWriter extends StringWriter {
    private static final Duration LONGEST = Duration.ofSeconds(20);

    @Override
    public void flush() {
        super.flush();
        synchronized (getBuffer()) {
            getBuffer().notifyAll();
        }
    }

    /** Waits until the pattern is found. */
    Matcher await(String regex) throws InterruptedException {
        Matcher matcher = Pattern.compile(regex).matcher("");
        await("\"" + regex + "\"", text -> matcher.reset(text).find());
        return matcher;
    }

    /** Waits until there are so many lines. */
    void awaitLines(int count) throws InterruptedException {
        await(count + " lines", text -> text.lines().count() >= count);
    }

    private void await(String what, Predicate<String> condition) throws InterruptedException {
        long end = System.nanoTime() + LONGEST.toNanos();
        synchronized (getBuffer()) {
            while (!condition.test(toString())) {
                long left = end - System.nanoTime();
                if (left <= 0) {
                    throw new AssertionError(what + " did not come; this did: " + this);
                }
                getBuffer().wait(left / 1_000_000 + 1);
            }
        }
    }
}
