package org.sslwrite.interop;

import org.jspecify.annotations.Nullable;
import org.sslwrite.SslContext;

/**
 * What we are told to do.
 *
 * @param context the configuration
 * @param host for a client, the server's name; null to name none and check none
 * @param io how we use the socket
 */
public record OurSetup(SslContext context, @Nullable String host, Io io) {}
