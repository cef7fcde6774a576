package org.sslwrite.bench.engine;

import org.jspecify.annotations.Nullable;

/** An engine has sealed something else than it was given: its figures are worth nothing. */
public final class WrongBytesException extends Exception {
    private static final long serialVersionUID = 1L;

    /** See the class. */
    public WrongBytesException(String line) {
        super(line);
    }

    /** See the class. */
    public WrongBytesException(String line, @Nullable Throwable cause) {
        super(line, cause);
    }
}
