package org.sslwrite;

import org.jspecify.annotations.Nullable;
import org.sslwrite.protocol.CipherSuite;
import org.sslwrite.seal.BreakerState;
import org.sslwrite.seal.SealedBy;

import java.util.List;
import java.util.Map;

/**
 * What the connections of a context have done so far.
 *
 * @param sealedBy application data by engine, with that of connections still open
 * @param fallbacks how many times an engine failed at a connection
 * @param latestFallbacks the latest of them, the oldest first
 * @param notOffloaded suites that the token could not seal when the context was made, each with the
 *     reason; software does
 * @param breaker whether new connections may use the token; null without a breaker
 */
public record SslContextStatistics(
        List<SealedBy> sealedBy,
        long fallbacks,
        List<SslFallback> latestFallbacks,
        Map<CipherSuite, String> notOffloaded,
        @Nullable BreakerState breaker) {}
