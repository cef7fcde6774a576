package org.sslwrite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.sslwrite.bio.BioPair;
import org.sslwrite.kit.Data;
import org.sslwrite.kit.Peers;
import org.sslwrite.kit.WireTap;
import org.sslwrite.protocol.CipherSuite;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/** Two of us: our reader and our writer, client and server, in lockstep over bounded rings. */
@Timeout(60)
class PeersTest {
    static List<Arguments> suitesAndCapacities() {
        List<Arguments> rows = new ArrayList<>();
        for (CipherSuite suite : CipherSuite.values()) {
            rows.add(Arguments.of(suite, 1, 3000));
            rows.add(Arguments.of(suite, BioPair.DEFAULT_CAPACITY, 200_001));
        }
        return rows;
    }

    @Tag("B1")
    @ParameterizedTest(name = "{0}, {1} bytes a side")
    @MethodSource("suitesAndCapacities")
    void bothDirections(CipherSuite suite, int capacity, int size) {
        byte[] data = Data.bytes(size);
        try (Peers peers = Peers.of(suite, capacity).handshake()) {
            Data.assertSame(
                    data, peers.transfer(peers.client(), peers.server(), data), "to the server");
            Data.assertSame(
                    data, peers.transfer(peers.server(), peers.client(), data), "to the client");
            SslSession client = peers.client().session();
            SslSession server = peers.server().session();
            assertNotNull(client);
            assertNotNull(server);
            assertEquals(suite, client.suite());
            assertEquals(suite, server.suite());
            assertEquals(client.encryptThenMac(), server.encryptThenMac());
            peers.shutdown();
            WireTap.records(peers.clientTransport().wire());
            WireTap.records(peers.serverTransport().wire());
        }
    }

    @Tag("B1")
    @Tag("W5")
    @ParameterizedTest
    @EnumSource(names = {"TLS_AES_256_GCM_SHA384", "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256"})
    void bothWriteAtOnceAndReadInBetween(CipherSuite suite) {
        byte[] data = Data.bytes(300_000);
        ByteBuffer[] out = {ByteBuffer.wrap(data), ByteBuffer.wrap(data)};
        ByteBuffer[] in = {ByteBuffer.allocate(data.length), ByteBuffer.allocate(data.length)};
        try (Peers peers = Peers.of(suite, 1000).handshake()) {
            Ssl[] both = {peers.client(), peers.server()};
            Peers.pump(
                    () ->
                            !out[0].hasRemaining()
                                    && !out[1].hasRemaining()
                                    && !in[0].hasRemaining()
                                    && !in[1].hasRemaining(),
                    () -> {
                        for (int i = 0; i < 2; i++) {
                            if (out[i].hasRemaining()) {
                                Peers.assertNoFailure(both[i], both[i].write(out[i]));
                            }
                            if (in[i].hasRemaining()) {
                                Peers.assertNoFailure(both[i], both[i].read(in[i]));
                            }
                        }
                    });
            Data.assertSame(data, in[0].array(), "to the client");
            Data.assertSame(data, in[1].array(), "to the server");
        }
    }

    @Test
    void manyConnectionsOfOneContextInManyThreads() throws Exception {
        int threads = 4;
        List<Future<?>> users = new ArrayList<>();
        try (ExecutorService pool = Executors.newFixedThreadPool(threads)) {
            for (int t = 0; t < threads; t++) {
                int size = 100_000 + t;
                users.add(
                        pool.submit(
                                () -> {
                                    for (int i = 0; i < 12; i++) {
                                        byte[] data = Data.bytes(size + 10 * i);
                                        try (Peers peers =
                                                Peers.of(CipherSuite.TLS_AES_128_GCM_SHA256, 30_000)
                                                        .handshake()) {
                                            // Some end with sealed bytes that wait: their buffers
                                            // go back all the same.
                                            Data.assertSame(
                                                    data,
                                                    peers.transfer(
                                                            peers.client(), peers.server(), data),
                                                    "a stream");
                                            peers.server()
                                                    .write(data, 0, i % 2 == 0 ? data.length : 100);
                                        }
                                    }
                                }));
            }
            for (Future<?> user : users) {
                user.get(30, TimeUnit.SECONDS);
            }
        }
    }

    @Tag("S2")
    @Test
    void bothCloseAtOnce() {
        try (Peers peers = Peers.of(CipherSuite.TLS_AES_128_GCM_SHA256, 5000).handshake()) {
            assertEquals(0, peers.client().shutdown());
            assertEquals(0, peers.server().shutdown());
            assertEquals(1, peers.client().shutdown());
            assertEquals(1, peers.server().shutdown());
        }
    }

    @Tag("F4")
    @Test
    void tinyReadsOfLargeRecords() {
        byte[] data = Data.bytes(40_000);
        try (Peers peers =
                Peers.of(CipherSuite.TLS_CHACHA20_POLY1305_SHA256, 100_000).handshake()) {
            assertEquals(data.length, peers.client().write(data, 0, data.length));
            byte[] all = new byte[data.length];
            for (int at = 0; at < all.length; ) {
                int n = peers.server().read(all, at, Math.min(7, all.length - at));
                assertTrue(n >= 1 && n <= 7, "some of a record, never none");
                at += n;
            }
            Data.assertSame(data, all, "seven at a time");
        }
    }
}
