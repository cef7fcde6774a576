package org.sslwrite.bench.engine;

import org.sslwrite.protocol.CipherSuite;
import org.sslwrite.seal.RecordSealer;
import org.sslwrite.seal.SealingParameters;
import org.sslwrite.seal.TrafficKeys;

/** One that is measured. Safe for use by several threads. */
public interface Engine extends AutoCloseable {
    /**
     * A connection past its handshake, this engine being the server; the other end, in memory, is
     * another's.
     *
     * @param direct whether records go to direct memory, for those who let the caller choose
     * @throws AbsentException if it cannot do the suite
     */
    Connection connect(CipherSuite suite, boolean direct) throws AbsentException;

    /**
     * The sealer alone.
     *
     * @throws AbsentException if it cannot do the suite, or has none that can be used alone
     */
    default RecordSealer sealer(SealingParameters parameters, TrafficKeys keys)
            throws AbsentException {
        throw new AbsentException("has no sealer that can be used alone");
    }

    @Override
    void close();
}
