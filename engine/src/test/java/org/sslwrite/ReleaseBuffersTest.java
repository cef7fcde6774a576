package org.sslwrite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.sslwrite.kit.ScriptedBio.RETRY;
import static org.sslwrite.kit.ScriptedBio.take;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.sslwrite.bio.Bio;
import org.sslwrite.bio.BioPair;
import org.sslwrite.bio.MemoryBio;
import org.sslwrite.kit.Data;
import org.sslwrite.kit.Link;
import org.sslwrite.kit.Pki;
import org.sslwrite.kit.Scene;
import org.sslwrite.kit.TwoWayBio;
import org.sslwrite.protocol.CipherSuite;
import org.sslwrite.protocol.TlsVersion;

import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** Row W22: an idle connection holds no record buffers, and nothing is lost by that. */
@Timeout(60)
class ReleaseBuffersTest {
    private static final int CONNECTIONS = 40;

    /** 10,000 to be asked for: that takes a minute. */
    private static final int CONNECTIONS_AT_ONCE = Integer.getInteger("sslwrite.idle", 1000);

    private static long directBytes() {
        return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                .filter(pool -> pool.getName().equals("direct"))
                .mapToLong(BufferPoolMXBean::getTotalCapacity)
                .sum();
    }

    private static long directBytesOfIdleConnections(boolean release) {
        // A context of its own, for a pool of its own.
        SslContext context = Link.builder(Scene.ANY).build();
        List<Link> links = new ArrayList<>();
        long before = directBytes();
        try {
            for (int i = 0; i < CONNECTIONS; i++) {
                Link link = Link.toJsse(Scene.ANY, context, TwoWayBio.pair());
                links.add(link);
                if (release) {
                    link.ssl().setMode(SslMode.RELEASE_BUFFERS);
                }
                link.handshake();
                link.assertDone(link.ssl().write(Data.bytes(70_000), 0, 70_000), 70_000);
            }
            return directBytes() - before;
        } finally {
            links.forEach(Link::close);
        }
    }

    @Tag("W22")
    @Test
    void idleConnectionsShareABuffer() {
        long held = directBytesOfIdleConnections(true);
        // Beside the buffer, a native engine has 2 KiB for each key: handshake and data.
        assertTrue(
                held <= 2 * 70_000 + CONNECTIONS * 2 * 2100,
                () -> CONNECTIONS + " idle connections hold " + held + " bytes");
    }

    /**
     * Heap and native memory of an idle connection, without its peer; most is Bouncy Castle's and
     * the JCA's.
     */
    @Tag("W22")
    @ParameterizedTest
    @EnumSource(TlsVersion.class)
    void idleConnectionsCostLessThan8KiB(TlsVersion version) {
        SslContext context =
                Link.builder(Scene.ANY)
                        .versions(List.of(version))
                        .cipherSuites(List.of(CipherSuite.values()))
                        .identity(Pki.EC.identity())
                        .build();
        memoryOf(context, 500); // classes, tables and pools are there once
        Memory all = memoryOf(context, CONNECTIONS_AT_ONCE);
        String words =
                "%d idle connections of %s: %d bytes of heap and %d outside each"
                        .formatted(
                                CONNECTIONS_AT_ONCE,
                                version,
                                all.heap / CONNECTIONS_AT_ONCE,
                                all.direct / CONNECTIONS_AT_ONCE);
        System.out.println(words);
        assertTrue(all.heap + all.direct < 8192L * CONNECTIONS_AT_ONCE, words);
    }

    private record Memory(long heap, long direct) {
        /** What nobody refers to goes some time after a collection: the least of several. */
        static Memory used() {
            long heap = Long.MAX_VALUE;
            long direct = Long.MAX_VALUE;
            for (int i = 0; i < 8; i++) {
                System.gc();
                Runtime runtime = Runtime.getRuntime();
                heap = Math.min(heap, runtime.totalMemory() - runtime.freeMemory());
                direct = Math.min(direct, directBytes());
            }
            return new Memory(heap, direct);
        }
    }

    private static Memory memoryOf(SslContext context, int connections) {
        List<Ssl> held = new ArrayList<>();
        Memory before = Memory.used();
        for (int i = 0; i < connections / 2; i++) {
            BioPair pair = new BioPair();
            Ssl server = idle(context, pair.first());
            server.setAcceptState();
            Ssl client = idle(context, pair.second());
            client.setHost(Pki.HOST);
            client.setConnectState();
            while (!server.isInitFinished() || !client.isInitFinished()) {
                client.doHandshake();
                server.doHandshake();
            }
            assertEquals(100, server.write(ByteBuffer.allocate(100)));
            assertEquals(100, client.read(ByteBuffer.allocate(1000)));
            assertEquals(-1, client.read(ByteBuffer.allocate(1000)), "nothing more");
            assertEquals(-1, server.read(ByteBuffer.allocate(1000)), "nothing");
            server.setBio(new MemoryBio());
            client.setBio(new MemoryBio());
            held.add(server);
            held.add(client);
        }
        Memory after = Memory.used();
        held.forEach(Ssl::close);
        return new Memory(after.heap - before.heap, after.direct - before.direct);
    }

    private static Ssl idle(SslContext context, Bio bio) {
        Ssl ssl = context.newSsl();
        ssl.setMode(SslMode.RELEASE_BUFFERS);
        ssl.setBio(bio);
        return ssl;
    }

    @Tag("W22")
    @ParameterizedTest
    @MethodSource("org.sslwrite.kit.Scene#everySuite")
    void nothingIsLost(Scene scene) {
        byte[] data = Data.bytes(100_000);
        try (Link link = Link.toJsse(scene)) {
            link.ssl().setMode(SslMode.RELEASE_BUFFERS);
            link.handshake();
            for (int i = 0; i < 3; i++) {
                int mark = link.transport().mark();
                ByteBuffer src = ByteBuffer.wrap(data);
                link.transport().onWrite(take(9), RETRY, take(30_000), RETRY);
                assertEquals(3, link.writeFully(src), "two interruptions");
                link.recordsSince(mark);
                // Reads that stop in a record, between records, and within a header.
                link.peer().send(data);
                link.transport().onRead(take(3), RETRY, take(17_000), RETRY, take(16_405), take(1));
                ByteBuffer dst = ByteBuffer.allocate(data.length);
                link.pump(
                        () -> !dst.hasRemaining(),
                        () -> {
                            byte[] part = new byte[Math.min(7000, dst.remaining())];
                            int n = link.ssl().read(part, 0, part.length);
                            dst.put(part, 0, Math.max(0, n));
                        });
                Data.assertSame(data, dst.array(), scene + ", read");
            }
            Data.assertSame(Data.join(data, data, data), link.received(), scene + ", written");
        }
    }
}
