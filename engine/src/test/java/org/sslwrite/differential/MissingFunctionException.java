package org.sslwrite.differential;

/** The library has not the function that is called. */
final class MissingFunctionException extends RuntimeException {
    private static final long serialVersionUID = 1;

    MissingFunctionException(String function) {
        super(function);
    }
}
