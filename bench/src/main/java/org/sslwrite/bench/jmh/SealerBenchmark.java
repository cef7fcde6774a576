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
import org.sslwrite.bench.engine.SealerLoop;
import org.sslwrite.bench.engine.WrongBytesException;
import org.sslwrite.protocol.CipherSuite;
import org.sslwrite.seal.SealException;

import java.util.concurrent.TimeUnit;

/** The sealer alone: what TLS may cost on top of it is seen beside {@link WriteBenchmark}. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
        value = 1,
        jvmArgsAppend = {Netty.UNSAFE_MEMORY, Netty.CACHE})
public class SealerBenchmark {
    /** A sealer with keys of its own. */
    @State(Scope.Thread)
    public static class Sealer {
        /** A {@link CipherSuite}. */
        @Param("TLS_AES_128_GCM_SHA256")
        public String suite = "TLS_AES_128_GCM_SHA256";

        /** Bytes of content an operation; more than 16384 are several records. */
        @Param({"64", "1024", "4096", "16384"})
        public int size;

        /** Where the content lies. */
        @Param({"direct", "heap"})
        public String memory = "direct";

        private SealerLoop loop;
        private EngineState state;

        /** Makes the sealer. */
        @Setup(Level.Trial)
        public void make(EngineState engine)
                throws AbsentException, SealException, WrongBytesException {
            loop = new SealerLoop(engine.opened, CipherSuite.of(suite), Source.of(size, memory));
            loop.check();
            state = engine;
            engine.retain();
        }

        /** Looks once more at what it seals, now that it is compiled. */
        @TearDown(Level.Trial)
        public void check() throws SealException, WrongBytesException {
            try {
                loop.check();
            } finally {
                loop.close();
                state.release();
            }
        }
    }

    /** Seals all of the content. */
    @Benchmark
    public int seal(Sealer sealer) throws SealException {
        return sealer.loop.seal();
    }
}
