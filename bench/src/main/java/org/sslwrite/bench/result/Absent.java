package org.sslwrite.bench.result;

/**
 * An engine or peer that was not measured.
 *
 * @param engine its name
 * @param reason why, for a person
 */
public record Absent(String engine, String reason) {}
