package org.sslwrite.interop.jdk;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.sslwrite.Ssl;
import org.sslwrite.SslContext;
import org.sslwrite.SslError;
import org.sslwrite.TlsIdentity;
import org.sslwrite.bio.ChannelBio;
import org.sslwrite.protocol.CipherSuite;
import org.sslwrite.protocol.CipherSuite.Authentication;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

import javax.net.ssl.SSLServerSocket;

/** The JDK's SSLSocket as the other side, in both roles, with every suite, both ways. */
@Timeout(60)
final class JdkSocketTest {
    private static final byte[] DATA = new byte[(1 << 20) + 7];

    static {
        new Random(42).nextBytes(DATA);
    }

    private static TlsIdentity identityFor(CipherSuite suite) throws Exception {
        boolean rsa = suite.authentication() == Authentication.RSA;
        return TlsIdentity.selfSigned("localhost", rsa ? "RSA" : "EC");
    }

    @ParameterizedTest
    @EnumSource(CipherSuite.class)
    void servesTheJdk(CipherSuite suite) throws Exception {
        TlsIdentity identity = identityFor(suite);
        SslContext context = context(suite, identity).identity(identity).build();
        JdkPeers jdk = new JdkPeers(identity, suite.version().toString(), suite.name());
        InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        try (ServerSocketChannel listener = ServerSocketChannel.open().bind(any)) {
            int port = ((InetSocketAddress) listener.getLocalAddress()).getPort();
            both(
                    () -> echoOnce(jdk.client(port)),
                    () -> {
                        try (SocketChannel channel = listener.accept();
                                Ssl ssl = context.newSsl()) {
                            ssl.setBio(new ChannelBio(channel));
                            ssl.setAcceptState();
                            return exchange(ssl);
                        }
                    });
        }
    }

    @ParameterizedTest
    @EnumSource(CipherSuite.class)
    void isServedByTheJdk(CipherSuite suite) throws Exception {
        TlsIdentity identity = identityFor(suite);
        SslContext context = context(suite, identity).build();
        JdkPeers jdk = new JdkPeers(identity, suite.version().toString(), suite.name());
        try (SSLServerSocket listener = jdk.server()) {
            both(
                    () -> echoOnce(listener.accept()),
                    () -> {
                        try (SocketChannel channel =
                                        SocketChannel.open(listener.getLocalSocketAddress());
                                Ssl ssl = context.newSsl()) {
                            ssl.setBio(new ChannelBio(channel));
                            ssl.setHost("localhost");
                            ssl.setConnectState();
                            return exchange(ssl);
                        }
                    });
        }
    }

    private static SslContext.Builder context(CipherSuite suite, TlsIdentity trusted) {
        return SslContext.builder()
                .versions(List.of(suite.version()))
                .cipherSuites(List.of(suite))
                .trust(trusted.chain());
    }

    /** Runs the JDK's side beside ours. */
    private static void both(Callable<byte[]> theirs, Callable<byte[]> ours) throws Exception {
        try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<byte[]> peer = executor.submit(theirs);
            assertArrayEquals(DATA, ours.call(), "what came back");
            assertArrayEquals(DATA, peer.get(30, TimeUnit.SECONDS), "what the JDK got");
        }
    }

    /** The JDK reads all of it, sends it back, and waits for the end. */
    private static byte[] echoOnce(Socket socket) throws IOException {
        try (socket) {
            byte[] got = socket.getInputStream().readNBytes(DATA.length);
            socket.getOutputStream().write(got);
            assertEquals(-1, socket.getInputStream().read(), "close_notify");
            return got;
        }
    }

    private static byte[] exchange(Ssl ssl) {
        int written = ssl.write(ByteBuffer.wrap(DATA));
        assertEquals(DATA.length, written, () -> String.valueOf(ssl.failure()));
        ByteBuffer back = ByteBuffer.allocate(DATA.length);
        while (back.hasRemaining()) {
            int n = ssl.read(back);
            if (n <= 0) {
                throw new AssertionError(ssl.getError(n) + " " + ssl.failure());
            }
        }
        assertEquals(0, ssl.shutdown(), "our close_notify");
        int end = ssl.shutdown();
        assertEquals(1, end, () -> "the JDK's close_notify: " + ssl.failure());
        assertEquals(SslError.NONE, ssl.getError(end));
        return back.array();
    }
}
