package org.sslwrite.bench.jmh;

import org.HdrHistogram.Histogram;
import org.sslwrite.bench.engine.AbsentException;
import org.sslwrite.bench.engine.Discard;
import org.sslwrite.bench.engine.EngineName;
import org.sslwrite.bench.engine.WrongBytesException;
import org.sslwrite.pkcs11.TokenException;
import org.sslwrite.protocol.CipherSuite;

import java.io.IOException;
import java.time.Duration;

/**
 * How long single writes take, one by one, with the clock's own 20 to 30 ns in each. Not JMH's: its
 * own mode for this keeps a sample of them, and the slowest are what one wants to see.
 */
public final class LatencyLoop {
    /** Digits that the histogram keeps. */
    private static final int PRECISION = 3;

    private LatencyLoop() {}

    /**
     * Writes for so long, after half as long to warm up.
     *
     * @param token as {@link Tokens} has it
     * @param memory {@code direct} or {@code heap}
     * @return nanoseconds
     */
    public static Histogram run(
            EngineName engine,
            String token,
            CipherSuite suite,
            int size,
            String memory,
            Duration time)
            throws AbsentException, TokenException, IOException, WrongBytesException {
        EngineState state = new EngineState();
        state.engine = engine.id();
        state.token = token;
        state.open();
        try (Written written =
                new Written(state, suite, Source.of(size, memory), Discard.INSTANCE)) {
            record(written, time.toNanos() / 2);
            Histogram histogram = record(written, time.toNanos());
            written.checkAgain();
            return histogram;
        } finally {
            state.close();
        }
    }

    private static Histogram record(Written written, long nanos) throws IOException {
        Histogram histogram = new Histogram(PRECISION);
        histogram.setAutoResize(true);
        long begin = System.nanoTime();
        long before = begin;
        while (before - begin < nanos) {
            written.write();
            long after = System.nanoTime();
            histogram.recordValue(after - before);
            before = System.nanoTime();
        }
        return histogram;
    }
}
