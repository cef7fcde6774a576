package org.sslwrite;

/**
 * Who may hold the traffic keys when an engine outside the process, such as a token, seals records.
 */
public enum OffloadPolicy {
    /**
     * Records are sealed by the token or not at all: when it fails, and is not well when it is
     * given the key again, the connection ends.
     */
    TOKEN_ONLY,
    /**
     * Software takes over when the token fails or cannot do a suite; the record that failed is
     * sealed again, under the same sequence number, and the switch is reported.
     */
    TOKEN_PREFERRED,
    /** Never a token. */
    SOFTWARE
}
