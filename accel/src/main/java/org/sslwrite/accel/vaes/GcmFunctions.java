package org.sslwrite.accel.vaes;

import java.lang.foreign.MemorySegment;

/**
 * The functions of one length of key, as C would call them; see {@link GcmCode} for what they take.
 *
 * @param expand {@code void expand(layout)}
 * @param sealTls13 {@code void seal(layout, out, in, length, sequence, contentType)}
 * @param sealTls12 the same
 */
public record GcmFunctions(
        MemorySegment expand, MemorySegment sealTls13, MemorySegment sealTls12) {}
