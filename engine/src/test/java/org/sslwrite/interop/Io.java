package org.sslwrite.interop;

/** How our side uses its socket. */
public enum Io {
    /** Calls block. */
    BLOCKING("blocking"),
    /** Calls are repeated when a selector says so. */
    NON_BLOCKING("non-blocking");

    public final String label;

    Io(String label) {
        this.label = label;
    }
}
