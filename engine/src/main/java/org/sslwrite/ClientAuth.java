package org.sslwrite;

/** Whether a server asks its clients for a certificate. */
public enum ClientAuth {
    /** It does not ask. */
    NONE,
    /** It asks, and goes on without if the client has none; one that is sent must be trusted. */
    WANTED,
    /** It asks, and refuses a client without. */
    REQUIRED
}
