package org.sslwrite.seal;

import org.jspecify.annotations.Nullable;

/**
 * One record could not be sealed. The output is undefined, and the record's sequence number still
 * belongs to exactly that plaintext: nothing else may be sealed under it. Names the engine and the
 * suite, never a key.
 */
public final class SealException extends Exception {
    private static final long serialVersionUID = 1L;

    /** Says what failed and on which engine. */
    public SealException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
