package org.sslwrite.bench.fork;

import org.jspecify.annotations.Nullable;
import org.sslwrite.bench.result.Row.Subject;

/** What a cell measures. */
public enum Measure {
    /** As {@link Subject#SEALER}. */
    SEALER(Subject.SEALER, "sealer alone"),
    /** As {@link Subject#WRITE}. */
    WRITE(Subject.WRITE, "write"),
    /** As {@link Subject#TCP}. */
    TCP(Subject.TCP, "loopback TCP"),
    /** The distribution of single writes. */
    LATENCY(null, "latency");

    private final @Nullable Subject subject;
    private final String words;

    Measure(@Nullable Subject subject, String words) {
        this.subject = subject;
        this.words = words;
    }

    /** The subject of its rows; null if it makes none. */
    public @Nullable Subject subject() {
        return subject;
    }

    /** For people. */
    @Override
    public String toString() {
        return words;
    }
}
