package org.sslwrite.cli;

import org.jspecify.annotations.Nullable;

import java.io.IOException;

/** A connection broke. The message is one line: the peer, what was under way, and what happened. */
final class TlsFailure extends IOException {
    private static final long serialVersionUID = 1L;

    TlsFailure(String line, @Nullable Throwable cause) {
        super(line, cause);
    }
}
