package org.sslwrite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.sslwrite.bio.Bio;
import org.sslwrite.bio.ChannelBio;
import org.sslwrite.kit.Data;
import org.sslwrite.kit.Link;
import org.sslwrite.kit.Outcomes;
import org.sslwrite.kit.Pki;
import org.sslwrite.kit.Scene;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.channels.Pipe;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/**
 * Row B3: socket channels, blocking and not, against the JDK's TLS sockets; and any byte channel.
 */
@Timeout(60)
class SocketTest {
    private static final int SECONDS = 20;
    private static final int SIZE = 3_000_003;
    private static final SSLContext JSSE = Pki.jsse(Pki.EC);

    /** Our connection over a real socket; the JDK's on the other side, in a thread of its own. */
    private static final class Connection implements AutoCloseable {
        private final ExecutorService thread = Executors.newSingleThreadExecutor();
        private final SocketChannel channel;
        private final Socket farEnd;
        private final Scene scene;
        private final Ssl ssl;
        private Selector selector;

        Connection(Scene scene, boolean blocking) throws IOException {
            this.scene = scene;
            try (ServerSocketChannel listener = ServerSocketChannel.open()) {
                listener.setOption(StandardSocketOptions.SO_RCVBUF, 20_000);
                listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
                channel = SocketChannel.open();
                channel.setOption(StandardSocketOptions.SO_SNDBUF, 20_000);
                channel.connect(listener.getLocalAddress());
                farEnd = listener.accept().socket();
            }
            farEnd.setSoTimeout(SECONDS * 1000);
            channel.configureBlocking(blocking);
            if (!blocking) {
                selector = Selector.open();
                channel.register(selector, 0);
            }
            ssl = Link.context(scene).newSsl();
            ssl.setBio(new ChannelBio(channel));
            ssl.setHost(Pki.HOST);
            if (scene.role() == Scene.Role.CLIENT) {
                ssl.setConnectState();
            } else {
                ssl.setAcceptState();
            }
        }

        /** The JDK's side: runs the handshake, then what it is told. */
        <T> Future<T> peer(PeerBody<T> body) {
            Callable<T> whole =
                    () -> {
                        SSLSocket socket =
                                (SSLSocket)
                                        JSSE.getSocketFactory()
                                                .createSocket(
                                                        farEnd, Pki.HOST, farEnd.getPort(), true);
                        socket.setUseClientMode(scene.role() == Scene.Role.SERVER);
                        socket.setEnabledProtocols(new String[] {scene.version().toString()});
                        socket.setEnabledCipherSuites(new String[] {scene.suite().name()});
                        return body.with(socket);
                    };
            return thread.submit(whole);
        }

        /** What the peer does. */
        interface PeerBody<T> {
            T with(SSLSocket socket) throws Exception;
        }

        /** Waits until the channel can do what the last call wanted. */
        void await(SslError error) throws IOException {
            assertTrue(
                    selector != null,
                    () -> "a blocking channel never wants " + error + "; " + ssl.failure());
            SelectionKey key = channel.keyFor(selector);
            key.interestOps(
                    error == SslError.WANT_READ ? SelectionKey.OP_READ : SelectionKey.OP_WRITE);
            assertTrue(selector.select(SECONDS * 1000L) > 0, () -> "waited too long for " + error);
            selector.selectedKeys().clear();
        }

        /** Writes all of it; returns how often the transport was full. */
        int write(ByteBuffer src) throws IOException {
            int waits = 0;
            while (true) {
                int wanted = src.remaining();
                int n = ssl.write(src);
                SslError error = ssl.getError(n);
                if (n == wanted) {
                    return waits;
                }
                assertTrue(
                        error == SslError.WANT_READ || error == SslError.WANT_WRITE,
                        () -> error + " " + ssl.failure());
                waits += error == SslError.WANT_WRITE ? 1 : 0;
                await(error);
            }
        }

        byte[] read(int length) throws IOException {
            ByteBuffer dst = ByteBuffer.allocate(length);
            while (dst.hasRemaining()) {
                int n = ssl.read(dst);
                if (n <= 0) {
                    assertEquals(
                            SslError.WANT_READ,
                            ssl.getError(n),
                            () -> String.valueOf(ssl.failure()));
                    await(SslError.WANT_READ);
                }
            }
            return dst.array();
        }

        @Override
        public void close() throws IOException {
            channel.close();
            farEnd.close();
            // Its socket is closed, so the peer's thread ends, and this waits for it.
            thread.close();
            if (selector != null) {
                selector.close();
            }
            ssl.close();
        }
    }

    static List<Arguments> scenesAndModes() {
        List<Arguments> rows = new ArrayList<>();
        for (Scene scene : Scene.each()) {
            rows.add(Arguments.of(scene, true));
            rows.add(Arguments.of(scene, false));
        }
        return rows;
    }

    @Tag("B3")
    @Tag("W1")
    @Tag("W2")
    @ParameterizedTest(name = "{0}, blocking: {1}")
    @MethodSource("scenesAndModes")
    void socketChannel(Scene scene, boolean blocking) throws Exception {
        byte[] data = Data.bytes(SIZE);
        CountDownLatch goOn = new CountDownLatch(blocking ? 0 : 1);
        try (Connection connection = new Connection(scene, blocking)) {
            Future<byte[]> peer =
                    connection.peer(
                            socket -> {
                                socket.startHandshake();
                                assertTrue(goOn.await(SECONDS, TimeUnit.SECONDS));
                                InputStream in = socket.getInputStream();
                                byte[] received = in.readNBytes(SIZE);
                                socket.getOutputStream().write(received);
                                assertEquals(-1, in.read(), "close_notify");
                                return received;
                            });
            ByteBuffer src = ByteBuffer.wrap(data);
            if (!blocking) {
                // The peer does not read until we have found the transport full.
                int n = connection.ssl.write(src);
                while (connection.ssl.getError(n) == SslError.WANT_READ) {
                    connection.await(SslError.WANT_READ);
                    n = connection.ssl.write(src);
                }
                Outcomes.assertWants(connection.ssl, n, SslError.WANT_WRITE);
                goOn.countDown();
            }
            int waits = connection.write(src);
            assertEquals(!blocking, waits > 0);
            Data.assertSame(data, connection.read(SIZE), scene + ", and back");
            Outcomes.assertDone(connection.ssl, connection.ssl.shutdown(), 0);
            Data.assertSame(data, peer.get(SECONDS, TimeUnit.SECONDS), scene.toString());
        }
    }

    @Tag("B3")
    @Tag("W18")
    @Test
    void peerThatResetsTheConnection() throws Exception {
        try (Connection connection = new Connection(Scene.ANY, true)) {
            Future<Boolean> peer =
                    connection.peer(
                            socket -> {
                                socket.startHandshake();
                                return true;
                            });
            Outcomes.assertDone(connection.ssl, connection.ssl.connect(), 1);
            assertTrue(peer.get(SECONDS, TimeUnit.SECONDS));
            connection.farEnd.setSoLinger(true, 0);
            connection.farEnd.close();
            ByteBuffer src = ByteBuffer.wrap(Data.bytes(SIZE));
            int n = connection.ssl.write(src);
            Outcomes.assertFailed(
                    connection.ssl, n, -1, SslError.SYSCALL, SslReason.TRANSPORT_FAILED);
            assertTrue(Outcomes.notNull(connection.ssl.failure()).cause() instanceof IOException);
            assertEquals(0, src.position());
        }
    }

    @Tag("B3")
    @Tag("W17")
    @Test
    void channelThatIsClosedOnOurSide() throws Exception {
        try (Connection connection = new Connection(Scene.ANY, true)) {
            connection.peer(
                    socket -> {
                        socket.startHandshake();
                        return true;
                    });
            Outcomes.assertDone(connection.ssl, connection.ssl.connect(), 1);
            connection.channel.close();
            int n = connection.ssl.write(new byte[10], 0, 10);
            Outcomes.assertFailed(
                    connection.ssl, n, 0, SslError.SYSCALL, SslReason.TRANSPORT_CLOSED);
        }
    }

    /** Two one-way channels as one: any byte channel will do. */
    private record Joined(Pipe.SourceChannel in, Pipe.SinkChannel out) implements ByteChannel {
        @Override
        public int read(ByteBuffer dst) throws IOException {
            return in.read(dst);
        }

        @Override
        public int write(ByteBuffer src) throws IOException {
            return out.write(src);
        }

        @Override
        public boolean isOpen() {
            return in.isOpen() && out.isOpen();
        }

        @Override
        public void close() throws IOException {
            in.close();
            out.close();
        }
    }

    @Tag("B3")
    @ParameterizedTest
    @MethodSource("org.sslwrite.kit.Scene#each")
    void anyByteChannel(Scene scene) throws IOException {
        byte[] data = Data.bytes(500_000);
        Pipe forth = Pipe.open();
        Pipe back = Pipe.open();
        forth.sink().configureBlocking(false);
        forth.source().configureBlocking(false);
        back.sink().configureBlocking(false);
        back.source().configureBlocking(false);
        ChannelBio near = new ChannelBio(new Joined(back.source(), forth.sink()));
        ChannelBio far = new ChannelBio(new Joined(forth.source(), back.sink()));
        try (near;
                far;
                Link link = Link.toJsse(scene, new Bio[] {near, far}).handshake()) {
            assertTrue(link.writeFully(ByteBuffer.wrap(data)) > 1, "a pipe fills");
            Data.assertSame(data, link.received(), scene.toString());
            link.peer().send(data);
            Data.assertSame(data, link.readFully(data.length), scene.toString());
        }
    }
}
