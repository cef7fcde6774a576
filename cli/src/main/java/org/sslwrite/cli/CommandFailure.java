package org.sslwrite.cli;

import org.jspecify.annotations.Nullable;

/** Ends a command with exit code 1. The message is the one line that its user reads. */
final class CommandFailure extends Exception {
    private static final long serialVersionUID = 1L;

    CommandFailure(String line) {
        super(line);
    }

    CommandFailure(String line, @Nullable Throwable cause) {
        super(line, cause);
    }
}
