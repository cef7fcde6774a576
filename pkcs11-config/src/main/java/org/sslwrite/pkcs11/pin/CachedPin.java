package org.sslwrite.pkcs11.pin;

import org.jspecify.annotations.Nullable;
import org.sslwrite.pkcs11.TokenException;

import java.util.Arrays;

/**
 * A source that keeps the PIN, so that a token which comes back after a reset can be logged in to
 * without a person; until {@link #close} wipes it. Safe for use by several threads.
 */
public final class CachedPin implements PinSource, AutoCloseable {
    private final PinSource origin;
    private @Nullable Pin kept;
    private boolean needsNone;
    private boolean closed;

    CachedPin(PinSource origin) {
        this.origin = origin;
    }

    static CachedPin of(char[] pin) {
        CachedPin source = new CachedPin(token -> null);
        source.kept = new Pin(pin);
        return source;
    }

    @Override
    public synchronized @Nullable Pin pin(String token) throws TokenException {
        if (closed) {
            throw new TokenException(token + ": its PIN has been wiped; open the token anew");
        }
        if (kept == null && !needsNone) {
            kept = origin.pin(token);
            needsNone = kept == null;
        }
        if (kept == null) {
            return null;
        }
        char[] copy = kept.chars();
        try {
            return new Pin(copy);
        } finally {
            Arrays.fill(copy, '\0');
        }
    }

    /** Wipes the PIN; there is none from here any more. Twice does no harm. */
    @Override
    public synchronized void close() {
        closed = true;
        if (kept != null) {
            kept.close();
        }
    }

    PinSource origin() {
        return origin;
    }

    @Override
    public String toString() {
        return "kept in memory";
    }
}
