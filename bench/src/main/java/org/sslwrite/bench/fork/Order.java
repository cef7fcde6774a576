package org.sslwrite.bench.fork;

import org.sslwrite.bench.engine.EngineName;
import org.sslwrite.bench.jmh.Tokens;

import java.util.List;

/**
 * What a JVM is to measure.
 *
 * @param token as {@link Tokens} has it, {@link Tokens#NONE} for none
 * @param hasPin whether the token's PIN follows
 */
public record Order(
        EngineName engine, String token, boolean hasPin, List<Cell> cells, Timing timing) {}
