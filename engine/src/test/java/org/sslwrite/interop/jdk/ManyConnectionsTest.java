package org.sslwrite.interop.jdk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.sslwrite.NamedGroup;
import org.sslwrite.Ssl;
import org.sslwrite.SslContext;
import org.sslwrite.SslError;
import org.sslwrite.TlsIdentity;
import org.sslwrite.bio.BioPair;

import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.List;

/** 10,000 connections, one after the other: nothing may grow with their number. */
final class ManyConnectionsTest {
    private static final int CONNECTIONS = 10_000;
    private static final int WARM_UP = 1_000;
    private static final byte[] DATA = new byte[40_000];

    /** What may grow. */
    private record Use(long heap, long direct, int threads) {
        /** Collects until nothing more is freed: cleaners come some time after a collection. */
        static Use now() {
            long direct = Long.MAX_VALUE;
            long before;
            int collections = 0;
            do {
                before = direct;
                System.gc();
                direct = Math.min(before, directBytes());
                collections++;
            } while (direct < before || collections < 10);
            return new Use(
                    ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed(),
                    direct,
                    ManagementFactory.getThreadMXBean().getThreadCount());
        }

        private static long directBytes() {
            return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                    .filter(pool -> pool.getName().equals("direct"))
                    .mapToLong(BufferPoolMXBean::getMemoryUsed)
                    .sum();
        }
    }

    @Test
    @Timeout(300)
    void nothingGrows() throws Exception {
        TlsIdentity identity = TlsIdentity.selfSigned("localhost", "EC");
        SslContext server =
                SslContext.builder().identity(identity).groups(List.of(NamedGroup.X25519)).build();
        SslContext client =
                SslContext.builder()
                        .trust(identity.chain())
                        .groups(List.of(NamedGroup.X25519))
                        .build();
        for (int i = 0; i < WARM_UP; i++) {
            connectOnce(server, client, i);
        }
        Use before = Use.now();
        for (int i = WARM_UP; i < CONNECTIONS; i++) {
            connectOnce(server, client, i);
        }
        Use after = Use.now();
        String story = before + " after " + WARM_UP + ", " + after + " after " + CONNECTIONS;
        assertTrue(after.heap - before.heap < 4 << 20, story);
        // Native engines have 2 KiB for each key, until the collector comes; 40 MB if it never did.
        assertTrue(after.direct - before.direct < 1 << 20, story);
        assertTrue(after.threads <= before.threads, story);
    }

    /** Some end properly, some in the middle of a write, some in the middle of the handshake. */
    private static void connectOnce(SslContext server, SslContext client, int number) {
        BioPair pair = new BioPair();
        try (Ssl reader = client.newSsl();
                Ssl writer = server.newSsl()) {
            reader.setBio(pair.first());
            reader.setHost("localhost");
            reader.setConnectState();
            writer.setBio(pair.second());
            writer.setAcceptState();
            reader.doHandshake();
            writer.doHandshake();
            if (number % 10 == 0) {
                return;
            }
            ByteBuffer data = ByteBuffer.wrap(DATA);
            ByteBuffer got = ByteBuffer.allocate(DATA.length);
            while (got.hasRemaining()) {
                check(writer, data.hasRemaining() ? writer.write(data) : 1);
                check(reader, reader.read(got));
                if (number % 10 == 1) {
                    return;
                }
            }
            assertEquals(0, writer.shutdown());
        }
    }

    private static void check(Ssl ssl, int result) {
        SslError error = ssl.getError(result);
        if (error == SslError.SSL || error == SslError.SYSCALL) {
            throw new AssertionError(error + " " + ssl.failure());
        }
    }
}
