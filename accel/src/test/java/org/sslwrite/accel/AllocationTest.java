package org.sslwrite.accel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.management.ThreadMXBean;

import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.sslwrite.Ssl;
import org.sslwrite.bio.Bio;
import org.sslwrite.kit.Link;
import org.sslwrite.kit.Scene;
import org.sslwrite.protocol.CipherSuite;
import org.sslwrite.seal.SealerChoice;

import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/** In steady state a write leaves nothing on the heap, where the engine leaves nothing there. */
@Timeout(120)
class AllocationTest {
    private static final int WRITES = 2000;
    private static final CipherSuite TLS13 = CipherSuite.TLS_AES_128_GCM_SHA256;
    private static final CipherSuite TLS12 = CipherSuite.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384;

    /** Takes everything. */
    private static final Bio DISCARD =
            new Bio() {
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
            };

    static Stream<Arguments> writes() {
        return Stream.of("vaes", "ipsec-mb")
                .flatMap(
                        engine ->
                                Stream.of(
                                        Arguments.of(engine, TLS13, 64, true),
                                        Arguments.of(engine, TLS13, 64, false),
                                        Arguments.of(engine, TLS13, 16384, true),
                                        Arguments.of(engine, TLS13, 100_000, false),
                                        Arguments.of(engine, TLS12, 64, true),
                                        Arguments.of(engine, TLS12, 100_000, false)));
    }

    @ParameterizedTest(name = "{0}, {1}: {2} bytes, direct: {3}")
    @MethodSource("writes")
    void nativeEngineLeavesNothing(String engine, CipherSuite suite, int length, boolean direct) {
        ByteBuffer src = direct ? ByteBuffer.allocateDirect(length) : ByteBuffer.allocate(length);
        Scene scene = new Scene(Scene.Role.SERVER, suite);
        try (Link link =
                Link.toJsse(scene, builder -> builder.providers(List.of(engine))).handshake()) {
            Ssl ssl = link.ssl();
            SealerChoice choice = ssl.statistics().sealer();
            boolean isThere = choice != null && choice.engine().equals(engine);
            if (!isThere) {
                System.out.println("skipped, as sealed by " + choice);
            }
            assumeTrue(isThere, () -> "sealed by " + choice);
            ssl.setBio(DISCARD);
            long allocated = allocatedInSteadyState(ssl, src);
            assertTrue(allocated < WRITES, () -> allocated + " bytes in " + WRITES + " writes");
        }
    }

    /** A collection or the compiler may cost this thread a little; a write must not. */
    private static long allocatedInSteadyState(Ssl ssl, ByteBuffer src) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        long allocated;
        do {
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < WRITES; i++) {
                assertEquals(src.capacity(), ssl.write(src.clear()));
            }
            allocated = threads.getCurrentThreadAllocatedBytes() - before;
        } while (allocated >= WRITES && System.nanoTime() < deadline);
        return allocated;
    }
}
