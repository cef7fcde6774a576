package org.sslwrite.bench.jmh;

import org.sslwrite.bench.engine.WrongBytesException;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.concurrent.TimeUnit;

/** A loopback TCP connection whose other end reads and throws away, in a thread of its own. */
final class DrainedSocket implements AutoCloseable {
    private static final int ROOM = 256 * 1024;
    private static final long PATIENCE_MS = TimeUnit.SECONDS.toMillis(10);

    private final SocketChannel channel;
    private final SocketChannel other;
    private final Thread drain;

    /** Written by the thread that drains; read after it has ended. */
    private long arrived;

    DrainedSocket() throws IOException {
        InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        try (ServerSocketChannel listener = ServerSocketChannel.open().bind(any)) {
            channel = SocketChannel.open(listener.getLocalAddress());
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            other = listener.accept();
        }
        drain = new Thread(this::drain, "drain");
        drain.setDaemon(true);
        drain.start();
    }

    SocketChannel channel() {
        return channel;
    }

    private void drain() {
        ByteBuffer room = ByteBuffer.allocateDirect(ROOM);
        try (other) {
            int n = 0;
            while (n >= 0) {
                arrived += n;
                n = other.read(room.clear());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Ends the stream, and makes sure that at least so many bytes have come through it. */
    void requireArrived(long bytes) throws IOException, InterruptedException, WrongBytesException {
        channel.shutdownOutput();
        drain.join(PATIENCE_MS);
        if (drain.isAlive()) {
            throw new IOException("the end of the stream did not arrive");
        }
        if (arrived < bytes) {
            throw new WrongBytesException(
                    bytes + " bytes were written, only " + arrived + " arrived");
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
