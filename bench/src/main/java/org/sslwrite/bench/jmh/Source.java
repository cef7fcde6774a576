package org.sslwrite.bench.jmh;

import java.nio.ByteBuffer;
import java.util.Random;

/** Bytes to be sealed. */
final class Source {
    private Source() {}

    /**
     * A buffer full of bytes that repeat nothing.
     *
     * @param memory {@code direct} or {@code heap}
     */
    static ByteBuffer of(int size, String memory) {
        byte[] bytes = new byte[size];
        new Random(size).nextBytes(bytes);
        return switch (memory) {
            case "direct" -> ByteBuffer.allocateDirect(size).put(bytes).clear();
            case "heap" -> ByteBuffer.wrap(bytes);
            default -> throw new IllegalArgumentException("memory is direct or heap: " + memory);
        };
    }
}
