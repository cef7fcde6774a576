package org.sslwrite.bench.transfer;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;

import javax.net.ssl.SSLSocket;

/** The JDK's own socket. It takes arrays only. */
final class JsseSender implements Sender {
    private final SSLSocket socket;
    private byte[] bytes = new byte[0];
    private @Nullable ByteBuffer last;

    private JsseSender(SSLSocket socket) {
        this.socket = socket;
    }

    static JsseSender connect(InetSocketAddress reader, boolean isServer)
            throws IOException, GeneralSecurityException {
        Socket plain = new Socket(reader.getAddress(), reader.getPort());
        plain.setTcpNoDelay(true);
        return new JsseSender(Reader.layered(plain, isServer));
    }

    @Override
    public void send(ByteBuffer src, long times) throws IOException {
        if (src != last) {
            last = src;
            bytes = new byte[src.capacity()];
            src.get(0, bytes);
        }
        for (long i = 0; i < times; i++) {
            socket.getOutputStream().write(bytes);
        }
    }

    @Override
    public void close() throws IOException {
        socket.shutdownOutput();
        // To close with a ticket unread would take back what is still under way.
        socket.getInputStream().transferTo(OutputStream.nullOutputStream());
        socket.close();
    }
}
