package org.sslwrite.bench.fork;

/** A JVM that measures has ended before its work. The message says how, in one line. */
public final class ForkException extends Exception {
    private static final long serialVersionUID = 1L;

    ForkException(String line) {
        super(line);
    }
}
