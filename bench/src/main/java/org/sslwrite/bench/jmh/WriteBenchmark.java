package org.sslwrite.bench.jmh;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.sslwrite.bench.engine.AbsentException;
import org.sslwrite.bench.engine.Discard;
import org.sslwrite.bench.engine.WrongBytesException;
import org.sslwrite.protocol.CipherSuite;

import java.io.IOException;
import java.util.concurrent.TimeUnit;

/**
 * {@code Ssl.write}, or a peer's wrap, into a transport that throws the records away: what the
 * write path costs without a network.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
        value = 1,
        jvmArgsAppend = {Netty.UNSAFE_MEMORY, Netty.CACHE})
public class WriteBenchmark {
    /** A connection of the thread's own. */
    @State(Scope.Thread)
    public static class Writer {
        /** A {@link CipherSuite}. */
        @Param("TLS_AES_128_GCM_SHA256")
        public String suite = "TLS_AES_128_GCM_SHA256";

        /** Bytes in one write. */
        @Param({"64", "1024", "4096", "16384"})
        public int size;

        /** Where the bytes lie. */
        @Param({"direct", "heap"})
        public String memory = "direct";

        private Written written;

        /** Connects. */
        @Setup(Level.Trial)
        public void connect(EngineState engine)
                throws AbsentException, IOException, WrongBytesException {
            written =
                    new Written(
                            engine,
                            CipherSuite.of(suite),
                            Source.of(size, memory),
                            Discard.INSTANCE);
        }

        /** Connects anew where a key has sealed nearly all that it may. */
        @Setup(Level.Iteration)
        public void renew() throws AbsentException, IOException, WrongBytesException {
            written.renewIfWornOut();
        }

        /** Checks, and wipes the keys. */
        @TearDown(Level.Trial)
        public void close() throws AbsentException, IOException, WrongBytesException {
            try (Written last = written) {
                last.checkAgain();
            }
        }
    }

    /** Seals and throws away. */
    @Benchmark
    public void write(Writer writer) throws IOException {
        writer.written.write();
    }
}
