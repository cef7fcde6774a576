package org.sslwrite.accel.ipsecmb;

/** A library cannot be used; the message says why, in words for a person. */
final class UnusableLibraryException extends Exception {
    private static final long serialVersionUID = 1L;

    UnusableLibraryException(String message) {
        super(message);
    }
}
