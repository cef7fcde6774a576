package org.sslwrite;

import org.jspecify.annotations.Nullable;
import org.sslwrite.seal.SealerChoice;

/**
 * What a connection has written.
 *
 * @param records records of application data sealed
 * @param bytes bytes of application data in them
 * @param sealer the engine that seals, and why; null before the handshake is complete
 */
public record SslStatistics(long records, long bytes, @Nullable SealerChoice sealer) {}
