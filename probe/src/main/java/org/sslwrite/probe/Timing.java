package org.sslwrite.probe;

import org.sslwrite.pkcs11.TokenRoute;

/**
 * What one record's sealing takes, with the key already in the token, from one thread.
 *
 * @param operation as in {@code AES-128-GCM}
 * @param bytes of content
 * @param micros the median
 */
public record Timing(TokenRoute engine, String operation, int bytes, double micros) {}
