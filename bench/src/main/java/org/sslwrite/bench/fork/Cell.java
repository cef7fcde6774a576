package org.sslwrite.bench.fork;

import org.sslwrite.protocol.CipherSuite;

/**
 * One figure that is wanted, of an engine that is known.
 *
 * @param size bytes of plaintext an operation
 * @param direct whether they lie in a direct buffer
 * @param threads that do it at once
 */
public record Cell(Measure measure, CipherSuite suite, int size, boolean direct, int threads) {
    String memory() {
        return direct ? "direct" : "heap";
    }
}
