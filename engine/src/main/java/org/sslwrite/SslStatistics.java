package org.sslwrite;

import org.jspecify.annotations.Nullable;
import org.sslwrite.seal.SealedBy;
import org.sslwrite.seal.SealerChoice;
import org.sslwrite.seal.SealerChoice.PassedOver;

import java.util.List;

/**
 * What a connection has written.
 *
 * @param records records of application data sealed
 * @param bytes bytes of application data in them
 * @param sealer the engine that seals, and why; null before the handshake is complete
 * @param sealedBy records and bytes by engine, in the order of first use
 * @param failures engines that failed at this connection, or were kept away from it because they
 *     had failed before
 */
public record SslStatistics(
        long records,
        long bytes,
        @Nullable SealerChoice sealer,
        List<SealedBy> sealedBy,
        List<PassedOver> failures) {}
