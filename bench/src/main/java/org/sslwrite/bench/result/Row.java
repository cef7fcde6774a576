package org.sslwrite.bench.result;

import java.util.List;

/**
 * One cell of the matrix.
 *
 * @param subject what was measured
 * @param engine who sealed, as people call it: {@code ours, SunJCE}, {@code JSSE}, {@code
 *     Conscrypt}
 * @param kind whose it is
 * @param suite IANA name of the cipher suite
 * @param version {@code TLSv1.3} or {@code TLSv1.2}
 * @param size bytes of plaintext an operation
 * @param direct whether the plaintext lies in a direct buffer; otherwise in a heap array
 * @param threads that ran it at once, each with a connection of its own
 * @param samples nanoseconds an operation of one thread, one a measurement
 * @param allocated bytes of heap allocated an operation; NaN if not measured
 */
public record Row(
        Subject subject,
        String engine,
        Kind kind,
        String suite,
        String version,
        int size,
        boolean direct,
        int threads,
        List<Double> samples,
        double allocated) {
    /** What is measured. */
    public enum Subject {
        /** The sealer alone, record after record. */
        SEALER,
        /** {@code Ssl.write}, or a peer's wrap, with the output thrown away. */
        WRITE,
        /** The same over a loopback TCP connection whose other end reads. */
        TCP
    }

    /** Whose engine it is. */
    public enum Kind {
        /** Ours, sealed in this process. */
        OURS,
        /** Ours, sealed by a PKCS#11 token. */
        OURS_TOKEN,
        /** Another TLS library for the JVM. */
        PEER,
        /** Another TLS library for the JVM, sealed by the same token. */
        PEER_TOKEN,
        /** Not a TLS library: openssl speed, a C loop over the token. */
        YARDSTICK
    }
}
