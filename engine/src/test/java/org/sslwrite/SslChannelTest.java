package org.sslwrite;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.sslwrite.kit.Pki;
import org.sslwrite.protocol.TlsVersion;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/** The channel face over real sockets: both directions at once, and both ways of waiting. */
@Timeout(60)
final class SslChannelTest {
    private static final byte[] DATA = new byte[6_000_001];

    static {
        new Random(7).nextBytes(DATA);
    }

    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private SocketChannel clientSocket;
    private SocketChannel serverSocket;

    @BeforeEach
    void connect() throws IOException {
        InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        try (ServerSocketChannel listener = ServerSocketChannel.open().bind(any)) {
            clientSocket = SocketChannel.open(listener.getLocalAddress());
            serverSocket = listener.accept();
        }
    }

    @AfterEach
    void close() throws IOException {
        clientSocket.close();
        serverSocket.close();
        threads.shutdownNow();
    }

    private SslChannel client(TlsVersion version) throws Exception {
        return client(version, Pki.EC.certificate());
    }

    private SslChannel client(TlsVersion version, X509Certificate trusted) {
        SslContext context =
                SslContext.builder()
                        .versions(List.of(version))
                        .trust(List.of(trusted))
                        .verifyHost(false)
                        .build();
        Ssl ssl = context.newSsl();
        ssl.setConnectState();
        return new SslChannel(ssl, clientSocket);
    }

    private SslChannel server() throws Exception {
        Ssl ssl = SslContext.builder().identity(Pki.EC.identity()).build().newSsl();
        ssl.setAcceptState();
        return new SslChannel(ssl, serverSocket);
    }

    private static byte[] readAll(SslChannel channel) throws IOException {
        ByteBuffer all = ByteBuffer.allocate(DATA.length + 1);
        while (channel.read(all) >= 0) {
            assertTrue(all.hasRemaining(), "more than was sent");
        }
        return Arrays.copyOf(all.array(), all.position());
    }

    private static void writeAll(SslChannel channel) throws IOException {
        assertEquals(DATA.length, channel.write(ByteBuffer.wrap(DATA)));
        assertTrue(channel.shutdownOutput());
    }

    private static <T> T get(Future<T> future) throws Exception {
        return future.get(40, TimeUnit.SECONDS);
    }

    /** Far more both ways than sockets hold: whoever waits to write must not keep its reader. */
    @ParameterizedTest
    @EnumSource(TlsVersion.class)
    void bothWaysAtOnceFromTwoThreadsASide(TlsVersion version) throws Exception {
        SslChannel client = client(version);
        SslChannel server = server();
        Future<?> clientWrites = threads.submit(() -> done(() -> writeAll(client)));
        Future<?> serverWrites = threads.submit(() -> done(() -> writeAll(server)));
        Future<byte[]> clientReads = threads.submit(() -> readAll(client));
        Future<byte[]> serverReads = threads.submit(() -> readAll(server));
        get(clientWrites);
        get(serverWrites);
        assertArrayEquals(DATA, get(clientReads));
        assertArrayEquals(DATA, get(serverReads));
    }

    private interface Action {
        void run() throws IOException;
    }

    private static Void done(Action action) throws IOException {
        action.run();
        return null;
    }

    @ParameterizedTest
    @EnumSource(TlsVersion.class)
    void piecesShareRecords(TlsVersion version) throws Exception {
        SslChannel client = client(version);
        SslChannel server = server();
        Future<byte[]> serverReads = threads.submit(() -> readAll(server));
        ByteBuffer[] pieces = {
            ByteBuffer.wrap(DATA, 0, 10), ByteBuffer.allocate(0), ByteBuffer.wrap(DATA, 10, 20)
        };
        assertEquals(30, client.write(pieces));
        assertEquals(1, client.ssl().statistics().records());
        assertTrue(client.shutdownOutput());
        assertArrayEquals(Arrays.copyOf(DATA, 30), get(serverReads));
    }

    /** One thread and a selector, on both ends at once. */
    @ParameterizedTest
    @EnumSource(TlsVersion.class)
    void nonBlocking(TlsVersion version) throws Exception {
        clientSocket.configureBlocking(false);
        serverSocket.configureBlocking(false);
        SslChannel client = client(version);
        SslChannel server = server();
        ByteBuffer src = ByteBuffer.wrap(DATA);
        ByteBuffer dst = ByteBuffer.allocate(DATA.length + 1);
        boolean zeroSeen = false;
        try (Selector selector = Selector.open()) {
            SelectionKey out = clientSocket.register(selector, 0);
            SelectionKey in = serverSocket.register(selector, 0);
            boolean closed = false;
            int end = 0;
            while (end >= 0) {
                if (src.hasRemaining()) {
                    zeroSeen |= client.write(src) == 0;
                } else {
                    closed = closed || client.shutdownOutput();
                }
                out.interestOps(client.interestOps());
                end = server.read(dst);
                in.interestOps(end == 0 ? server.interestOps() : 0);
                if (end == 0 && (src.hasRemaining() ? out.interestOps() != 0 : true)) {
                    assertTrue(selector.select(30_000) > 0, "nobody waits in vain");
                    selector.selectedKeys().clear();
                }
            }
        }
        assertTrue(zeroSeen, "the socket was full at times");
        assertEquals(DATA.length, dst.position());
        assertArrayEquals(DATA, Arrays.copyOf(dst.array(), DATA.length));
    }

    @Test
    void closeNotifyIsTheEndAndTheOtherWayStaysOpen() throws Exception {
        SslChannel client = client(TlsVersion.TLSV1_3);
        SslChannel server = server();
        Future<byte[]> serverReads = threads.submit(() -> readAll(server));
        assertTrue(client.handshake());
        assertTrue(client.shutdownOutput());
        assertArrayEquals(new byte[0], get(serverReads));
        assertEquals(3, server.write(ByteBuffer.wrap(DATA, 0, 3)));
        ByteBuffer got = ByteBuffer.allocate(10);
        assertEquals(3, client.read(got));
        assertThrows(SslException.class, () -> client.write(ByteBuffer.wrap(DATA, 0, 1)));
        server.close();
        assertEquals(-1, client.read(got));
        assertFalse(server.isOpen());
    }

    @Test
    void failureHasItsReasonOnBothSides() throws Exception {
        SslChannel client = client(TlsVersion.TLSV1_3, Pki.RSA.certificate());
        SslChannel server = server();
        Callable<Boolean> accept = server::handshake;
        Future<SslException> refused =
                threads.submit(
                        () ->
                                assertThrows(
                                        SslException.class,
                                        () -> {
                                            accept.call();
                                            server.read(ByteBuffer.allocate(1));
                                        }));
        SslException ours = assertThrows(SslException.class, client::handshake);
        assertEquals(SslReason.CERTIFICATE_VERIFY_FAILED, ours.failure().reason());
        assertEquals(SslReason.TLSV1_ALERT_UNKNOWN_CA, get(refused).failure().reason());
    }

    @Test
    void closingWakesTheReader() throws Exception {
        SslChannel client = client(TlsVersion.TLSV1_3);
        SslChannel server = server();
        Future<Boolean> accepted = threads.submit(server::handshake);
        assertTrue(client.handshake());
        assertTrue(get(accepted));
        Future<?> reader = threads.submit(() -> client.read(ByteBuffer.allocate(1)));
        client.close();
        client.close();
        Exception woken = assertThrows(ExecutionException.class, () -> get(reader));
        assertTrue(woken.getCause() instanceof IOException, String.valueOf(woken.getCause()));
        assertThrows(ClosedChannelException.class, () -> client.write(ByteBuffer.allocate(1)));
        assertEquals(-1, server.read(ByteBuffer.allocate(1)));
    }

    /** What a blocking read has taken from the socket beyond what it returned is not lost. */
    @Test
    void blockingFirstThenNot() throws Exception {
        SslChannel client = client(TlsVersion.TLSV1_3);
        SslChannel server = server();
        int size = 50_000;
        Future<?> writes =
                threads.submit(() -> done(() -> server.write(ByteBuffer.wrap(DATA, 0, size))));
        ByteBuffer got = ByteBuffer.allocate(size).limit(10);
        assertEquals(10, client.read(got));
        get(writes);
        clientSocket.configureBlocking(false);
        got.limit(size);
        try (Selector selector = Selector.open()) {
            clientSocket.register(selector, SelectionKey.OP_READ);
            while (got.hasRemaining()) {
                if (client.read(got) == 0) {
                    assertTrue(selector.select(10_000) > 0, "nobody waits in vain");
                    selector.selectedKeys().clear();
                }
            }
        }
        assertArrayEquals(Arrays.copyOf(DATA, size), got.array());
    }

    @Test
    void closeWipesEvenIfTheSocketIsClosedAlready() throws Exception {
        SslChannel client = client(TlsVersion.TLSV1_3);
        clientSocket.close();
        client.close();
        assertThrows(IllegalStateException.class, () -> client.ssl().write(ByteBuffer.allocate(1)));
    }

    /** The peer may write all that it has before it reads. */
    @Test
    void readerThatHasSomethingUnsentWaitsForBoth() throws Exception {
        SslChannel client = client(TlsVersion.TLSV1_3);
        SslChannel server = server();
        Future<Boolean> accepted = threads.submit(server::handshake);
        assertTrue(client.handshake());
        assertTrue(get(accepted));
        serverSocket.configureBlocking(false);
        ByteBuffer all = ByteBuffer.wrap(DATA);
        while (all.hasRemaining() && server.write(all) > 0) {
            // Until the sockets are full: nobody reads.
        }
        while (!all.hasRemaining()) {
            all.rewind();
            while (all.hasRemaining() && server.write(all) > 0) {
                // Sockets may hold more.
            }
        }
        assertFalse(server.shutdownOutput(), "close_notify has no room");
        assertEquals(0, server.read(ByteBuffer.allocate(100)));
        assertEquals(SelectionKey.OP_READ | SelectionKey.OP_WRITE, server.interestOps());
    }

    @Test
    void hangUpIsNoEnd() throws Exception {
        SslChannel client = client(TlsVersion.TLSV1_3);
        SslChannel server = server();
        Future<Boolean> accepted = threads.submit(server::handshake);
        assertTrue(client.handshake());
        assertTrue(get(accepted));
        serverSocket.close();
        SslException cut =
                assertThrows(SslException.class, () -> client.read(ByteBuffer.allocate(1)));
        assertEquals(SslReason.UNEXPECTED_EOF_WHILE_READING, cut.failure().reason());
    }
}
