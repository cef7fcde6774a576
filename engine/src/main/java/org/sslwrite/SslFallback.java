package org.sslwrite;

import org.jspecify.annotations.Nullable;

import java.time.Instant;

/**
 * An engine that failed.
 *
 * @param time when
 * @param engine the one that failed
 * @param successor the one that went on, which may be the same, given the key again; null if none
 *     did, and the connection ended
 * @param reason what the engine said, for a token with the name of the CKR code
 */
public record SslFallback(Instant time, String engine, @Nullable String successor, String reason) {}
