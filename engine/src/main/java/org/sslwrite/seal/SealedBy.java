package org.sslwrite.seal;

/**
 * What one engine has sealed.
 *
 * @param engine its name
 * @param records records of application data
 * @param bytes bytes of application data in them
 */
public record SealedBy(String engine, long records, long bytes) {}
