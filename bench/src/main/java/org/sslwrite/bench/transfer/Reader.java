package org.sslwrite.bench.transfer;

import org.jspecify.annotations.Nullable;
import org.sslwrite.TlsIdentity;
import org.sslwrite.bench.engine.BelievesAll;
import org.sslwrite.bench.engine.OneKey;
import org.sslwrite.bench.engine.WrongBytesException;

import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;

import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;

/**
 * The reading end, in a thread of its own: the JDK's TLS, the same for every sender. Compares what
 * it reads with what should come, over and over the same bytes.
 */
final class Reader implements AutoCloseable {
    private static final int ROOM = 1 << 16;
    private static final long PATIENCE_S = 30;
    private static final String SUITE = "TLS_AES_128_GCM_SHA256";
    private static final String VERSION = "TLSv1.3";

    private final ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    private final boolean isServer;
    private final byte[] expected;
    private final Thread thread = new Thread(this::run, "reader");

    /** Written by the thread; read after its end. */
    private long bytes;

    private @Nullable Exception failure;

    /**
     * @param isServer its role in TLS
     * @param expected what comes again and again
     */
    Reader(boolean isServer, byte[] expected) throws IOException {
        this.isServer = isServer;
        this.expected = expected;
        thread.setDaemon(true);
        thread.start();
    }

    InetSocketAddress address() {
        return (InetSocketAddress) listener.getLocalSocketAddress();
    }

    /** Nanoseconds of processor time that its thread has used. */
    long cpuNanos() {
        return ManagementFactory.getThreadMXBean().getThreadCpuTime(thread.threadId());
    }

    private void run() {
        try (Socket plain = listener.accept();
                SSLSocket socket = layered(plain, isServer)) {
            read(socket.getInputStream());
        } catch (IOException | GeneralSecurityException | WrongBytesException e) {
            failure = e;
        }
    }

    private void read(InputStream in) throws IOException, WrongBytesException {
        byte[] room = new byte[ROOM];
        int n = in.read(room);
        while (n >= 0) {
            requireExpected(room, n);
            bytes += n;
            n = in.read(room);
        }
    }

    private void requireExpected(byte[] room, int length) throws WrongBytesException {
        int done = 0;
        while (done < length) {
            int at = (int) ((bytes + done) % expected.length);
            int n = Math.min(length - done, expected.length - at);
            if (!Arrays.equals(room, done, done + n, expected, at, at + n)) {
                throw new WrongBytesException("other bytes arrived behind " + bytes);
            }
            done += n;
        }
    }

    /** Waits for the end of the stream, and makes sure that it was so long. */
    void requireAll(long wanted) throws IOException, InterruptedException, WrongBytesException {
        thread.join(TimeUnit.SECONDS.toMillis(PATIENCE_S));
        if (thread.isAlive()) {
            throw new IOException("the end of the stream did not arrive");
        }
        Exception reason = failure;
        if (reason instanceof WrongBytesException wrong) {
            throw wrong;
        }
        if (reason != null) {
            throw new IOException("the reader failed: " + reason.getMessage(), reason);
        }
        if (bytes != wanted) {
            throw new WrongBytesException(wanted + " bytes were sent, " + bytes + " arrived");
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
    }

    /** TLS of the JDK over a socket, past its handshake; believes everybody. */
    static SSLSocket layered(Socket plain, boolean isServer)
            throws IOException, GeneralSecurityException {
        SSLContext context = SSLContext.getInstance("TLS", "SunJSSE");
        context.init(
                isServer
                        ? new KeyManager[] {new OneKey(TlsIdentity.selfSigned("localhost", "EC"))}
                        : null,
                new TrustManager[] {new BelievesAll()},
                new SecureRandom());
        SSLSocket socket =
                (SSLSocket)
                        context.getSocketFactory()
                                .createSocket(plain, "localhost", plain.getPort(), true);
        socket.setUseClientMode(!isServer);
        socket.setEnabledProtocols(new String[] {VERSION});
        socket.setEnabledCipherSuites(new String[] {SUITE});
        socket.startHandshake();
        return socket;
    }
}
