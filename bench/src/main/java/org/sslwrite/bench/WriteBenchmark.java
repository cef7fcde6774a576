package org.sslwrite.bench;

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
import org.sslwrite.Identity;
import org.sslwrite.Ssl;
import org.sslwrite.SslContext;
import org.sslwrite.bio.Bio;
import org.sslwrite.bio.BioPair;
import org.sslwrite.seal.CipherSuite;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * {@code Ssl.write} into a transport that throws the records away: what the write path costs
 * without a network. Beside it, in the same run, the JDK's own engine doing the same.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class WriteBenchmark {
    /** Bytes in one write. */
    @Param({"64", "1024", "4096", "16384"})
    public int size;

    /** Where the bytes lie. */
    @Param({"direct", "heap"})
    public String memory = "direct";

    private Ssl ssl;
    private JsseWriter jsse;
    private ByteBuffer src;

    /** Handshakes over a pair of transports, then throws away what is written. */
    @Setup(Level.Trial)
    public void connect() throws GeneralSecurityException, IOException {
        Identity identity = Identity.selfSigned("localhost", "EC");
        List<CipherSuite> suites = List.of(CipherSuite.TLS_AES_128_GCM_SHA256);
        SslContext server =
                SslContext.builder()
                        .identity(identity)
                        .versions(List.of(suites.getFirst().version()))
                        .cipherSuites(suites)
                        .build();
        SslContext client = SslContext.builder().trust(identity.chain()).build();
        BioPair pair = new BioPair();
        ssl = server.newSsl();
        ssl.setBio(pair.first());
        ssl.setAcceptState();
        try (Ssl peer = client.newSsl()) {
            peer.setBio(pair.second());
            peer.setHost("localhost");
            peer.setConnectState();
            while (peer.doHandshake() != 1 | ssl.doHandshake() != 1) {
                if (peer.failure() != null || ssl.failure() != null) {
                    throw new IllegalStateException(peer.failure() + " / " + ssl.failure());
                }
            }
        }
        ssl.setBio(pair.first(), new Discard());
        jsse = new JsseWriter(identity);
        src = memory.equals("direct") ? ByteBuffer.allocateDirect(size) : ByteBuffer.allocate(size);
    }

    /** Wipes the keys. */
    @TearDown(Level.Trial)
    public void close() {
        ssl.close();
    }

    /** Ours. */
    @Benchmark
    public int sslwrite() {
        return ssl.write(src.position(0));
    }

    /** The JDK's {@code SSLEngine.wrap}. */
    @Benchmark
    public int jsse() throws IOException {
        return jsse.wrap(src.position(0));
    }

    /** Takes everything, keeps nothing. */
    private static final class Discard implements Bio {
        @Override
        public int read(ByteBuffer dst) {
            return RETRY;
        }

        @Override
        public int write(ByteBuffer src) {
            int n = src.remaining();
            src.position(src.limit());
            return n;
        }

        @Override
        public void close() {}
    }
}
