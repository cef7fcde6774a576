package org.sslwrite;

import org.jspecify.annotations.Nullable;
import org.sslwrite.seal.Breaker;
import org.sslwrite.seal.SealedBy;

import java.util.List;

/**
 * What the connections of a context have done so far.
 *
 * @param sealedBy application data by engine, with that of connections still open
 * @param fallbacks how many times an engine failed at a connection
 * @param latestFallbacks the latest of them, the oldest first
 * @param breaker whether new connections may use the token; null without a breaker
 */
public record SslContextStatistics(
        List<SealedBy> sealedBy,
        long fallbacks,
        List<SslFallback> latestFallbacks,
        Breaker.@Nullable State breaker) {}
