package org.sslwrite.differential;

/**
 * What a call on a connection came to, in words that both implementations share.
 *
 * @param value what it returned; after a write through {@code SSL_write_ex}, the bytes written or
 *     -1
 * @param error the name of {@code SSL_get_error}'s answer, or the exception's
 * @param reason OpenSSL's reason where the error is {@code SSL}; else null
 */
record Result(long value, String error, String reason) {
    static final Result DONE = new Result(1, "NONE", null);

    boolean isWant() {
        return error.startsWith("WANT_");
    }

    boolean succeeded() {
        return error.equals("NONE");
    }

    /** Whether the connection went wrong, as opposed to waiting or having come to an end. */
    boolean isFailure() {
        return !isWant() && !succeeded() && !error.equals("ZERO_RETURN");
    }

    @Override
    public String toString() {
        return value + " " + error + (reason == null ? "" : " " + reason);
    }
}
