package org.sslwrite.seal.token;

/** An operation of a token failed; says whether something may have been encrypted already. */
final class TokenFailure extends Exception {
    private static final long serialVersionUID = 1L;

    private final boolean begun;

    /**
     * @param begun false only if the token has certainly been given no plaintext
     */
    TokenFailure(Exception cause, boolean begun) {
        super(cause.getMessage() == null ? cause.toString() : cause.getMessage(), cause);
        this.begun = begun;
    }

    boolean begun() {
        return begun;
    }
}
