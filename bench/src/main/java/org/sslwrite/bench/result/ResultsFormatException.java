package org.sslwrite.bench.result;

import org.jspecify.annotations.Nullable;

/** A text that is not the results of a run. The message is one line for a person. */
public final class ResultsFormatException extends Exception {
    private static final long serialVersionUID = 1L;

    ResultsFormatException(String line) {
        super(line);
    }

    ResultsFormatException(String line, @Nullable Throwable cause) {
        super(line, cause);
    }
}
