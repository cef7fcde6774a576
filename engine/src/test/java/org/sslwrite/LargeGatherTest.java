package org.sslwrite;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.sslwrite.bio.ChannelBio;
import org.sslwrite.kit.Data;
import org.sslwrite.kit.Link;
import org.sslwrite.kit.Pki;
import org.sslwrite.kit.Scene;

import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.Arrays;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import javax.net.ssl.SSLSocket;

/** More than an {@code int} can count, in one write. */
@Timeout(180)
class LargeGatherTest {
    private static final int PIECE = 1_000_003;
    private static final int PIECES = 2200;

    /** The same bytes again and again, every other time from direct memory. */
    private static ByteBuffer[] pieces(byte[] content) {
        ByteBuffer heap = ByteBuffer.wrap(content);
        ByteBuffer direct = ByteBuffer.allocateDirect(PIECE).put(content).clear();
        ByteBuffer[] pieces = new ByteBuffer[PIECES];
        for (int i = 0; i < PIECES; i++) {
            pieces[i] = (i % 2 == 0 ? heap : direct).duplicate();
        }
        pieces[PIECES / 2] = ByteBuffer.allocate(0);
        return pieces;
    }

    @Test
    void moreThan2GiBArriveInOneWrite() throws Exception {
        byte[] content = Data.bytes(PIECE);
        ByteBuffer[] pieces = pieces(content);
        long length = (PIECES - 1L) * PIECE;
        assertTrue(length > 1L << 31);
        InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        try (ExecutorService thread = Executors.newSingleThreadExecutor();
                ServerSocketChannel listener = ServerSocketChannel.open().bind(any);
                SocketChannel channel = SocketChannel.open(listener.getLocalAddress());
                Socket farEnd = listener.accept().socket();
                Ssl ssl = Link.context(Scene.ANY).newSsl()) {
            Future<Long> arrived = thread.submit(() -> readAll(farEnd, content));
            ssl.setBio(new ChannelBio(channel));
            ssl.setHost(Pki.HOST);
            ssl.setConnectState();
            assertEquals(length, ssl.write(pieces));
            ssl.shutdown();
            channel.shutdownOutput();
            assertEquals(length, arrived.get());
        }
        assertTrue(Arrays.stream(pieces).noneMatch(ByteBuffer::hasRemaining));
    }

    private static long readAll(Socket farEnd, byte[] content) throws Exception {
        try (SSLSocket socket =
                (SSLSocket)
                        Pki.jsse(Pki.EC)
                                .getSocketFactory()
                                .createSocket(farEnd, Pki.HOST, farEnd.getPort(), true)) {
            socket.setUseClientMode(false);
            InputStream in = socket.getInputStream();
            byte[] room = new byte[PIECE];
            long all = 0;
            int n = in.readNBytes(room, 0, PIECE);
            while (n > 0) {
                all += n;
                assertArrayEquals(content, room, () -> "other bytes");
                n = in.readNBytes(room, 0, PIECE);
            }
            return all;
        }
    }
}
