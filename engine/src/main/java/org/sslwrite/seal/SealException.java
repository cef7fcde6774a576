package org.sslwrite.seal;

import org.jspecify.annotations.Nullable;

/**
 * One record could not be sealed. The output is undefined, and the record's sequence number still
 * belongs to exactly that plaintext: nothing else may be sealed under it, unless the engine knows
 * that it had not begun. Names the engine and the suite, never a key.
 */
public final class SealException extends Exception {
    private static final long serialVersionUID = 1L;

    private final boolean begun;

    /** Says what failed and on which engine, which may have begun to encrypt. */
    public SealException(String message, @Nullable Throwable cause) {
        this(message, cause, true);
    }

    /**
     * Says what failed and on which engine.
     *
     * @param begun false only if the engine has certainly not encrypted anything under the record's
     *     nonce
     */
    public SealException(String message, @Nullable Throwable cause, boolean begun) {
        super(message, cause);
        this.begun = begun;
    }

    /** Whether something may have been encrypted under the record's nonce. */
    public boolean begun() {
        return begun;
    }
}
