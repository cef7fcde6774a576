package org.sslwrite.bench.run;

import org.jspecify.annotations.Nullable;

/** Ends the command with exit code 1. The message is the one line that its user reads. */
public final class RunException extends Exception {
    private static final long serialVersionUID = 1L;

    /** See the class. */
    public RunException(@Nullable String line, @Nullable Throwable cause) {
        super(line, cause);
    }
}
