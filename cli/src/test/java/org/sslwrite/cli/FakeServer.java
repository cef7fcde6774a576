package org.sslwrite.cli;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;

import javax.net.ssl.SSLSocket;

/** A server for one connection that behaves as told, on a thread of its own. */
final class FakeServer implements AutoCloseable {
    /** What a server does with its connection. */
    interface Behaviour {
        void serve(Socket socket, CountDownLatch end) throws Exception;
    }

    /** Answers in plain HTTP. */
    static final Behaviour PLAIN_HTTP =
            (socket, end) -> {
                socket.getInputStream().read();
                byte[] answer =
                        "HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n"
                                .getBytes(StandardCharsets.US_ASCII);
                socket.getOutputStream().write(answer);
                socket.getOutputStream().flush();
                socket.shutdownOutput();
                end.await();
            };

    /** Hangs up in the handshake. */
    static final Behaviour HANGS_UP =
            (socket, end) -> {
                socket.getInputStream().read(new byte[4096]);
                socket.shutdownOutput();
                end.await();
            };

    /** Sends what no protocol knows. */
    static final Behaviour GARBAGE =
            (socket, end) -> {
                socket.getOutputStream().write(new byte[] {0, 1, 2, 3, 4, 5, 6, 7, 8, 9});
                socket.getOutputStream().flush();
                end.await();
            };

    /** Sends garbage that begins like a record. */
    static final Behaviour GARBAGE_RECORD =
            (socket, end) -> {
                socket.getInputStream().read(new byte[4096]);
                socket.getOutputStream().write(new byte[] {22, 3, 3, 0, 4, 77, 77, 77, 77});
                socket.getOutputStream().flush();
                end.await();
            };

    /** Says nothing at all. */
    static final Behaviour SILENT = (socket, end) -> end.await();

    /** Does the handshake, then reads nothing. */
    static final Behaviour NEVER_READS =
            (socket, end) -> {
                secured(socket).startHandshake();
                end.await();
            };

    /** Reads a little, then closes the socket without a word. */
    static final Behaviour HANGS_UP_MIDWAY =
            (socket, end) -> {
                secured(socket).getInputStream().readNBytes(100_000);
                socket.close();
            };

    /** Refuses a client without a certificate, which in TLS 1.3 is writing by then. */
    static final Behaviour WANTS_A_CERTIFICATE = wantsACertificate("TLSv1.3");

    private static final byte[] TOO_LARGE =
            "HTTP/1.1 413 Too Large\r\nContent-Length: 9999\r\n\r\n"
                    .getBytes(StandardCharsets.US_ASCII);

    /** Reads a little, answers, and closes. */
    static final Behaviour ANSWERS_EARLY =
            (socket, end) -> {
                SSLSocket secured = secured(socket);
                secured.getInputStream().readNBytes(100_000);
                secured.getOutputStream().write(TOO_LARGE);
                socket.close();
            };

    /** Reads a little, answers, and does no more. */
    static final Behaviour ANSWERS_AND_STANDS =
            (socket, end) -> {
                SSLSocket secured = secured(socket);
                secured.getInputStream().readNBytes(100_000);
                secured.getOutputStream().write(TOO_LARGE);
                end.await();
            };

    /** Reads everything to close_notify, then closes the socket without sending one. */
    static final Behaviour CLOSES_SOCKET_ONLY =
            (socket, end) -> {
                secured(socket).getInputStream().readAllBytes();
                socket.close();
            };

    private final ServerSocket listener;
    private final CountDownLatch end = new CountDownLatch(1);
    private final CompletableFuture<Void> ended;

    private FakeServer(Behaviour behaviour) throws IOException {
        this.listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        this.ended = CompletableFuture.runAsync(() -> serve(behaviour), Thread::startVirtualThread);
    }

    private void serve(Behaviour behaviour) {
        try (Socket socket = listener.accept()) {
            behaviour.serve(socket, end);
        } catch (Exception e) {
            // whatever the client makes of it is what the test looks at
        }
    }

    static FakeServer start(Behaviour behaviour) throws IOException {
        return new FakeServer(behaviour);
    }

    static Behaviour wantsACertificate(String version) {
        return (socket, end) -> {
            SSLSocket secured = secured(socket);
            secured.setEnabledProtocols(new String[] {version});
            secured.setNeedClientAuth(true);
            secured.startHandshake();
        };
    }

    /** TLS over an accepted socket, by the JDK. */
    static SSLSocket secured(Socket socket) throws IOException {
        SSLSocket secured =
                (SSLSocket)
                        Fixture.jdk(Fixture.localhost())
                                .getSocketFactory()
                                .createSocket(socket, "localhost", socket.getPort(), false);
        secured.setUseClientMode(false);
        return secured;
    }

    String address() {
        return "localhost:" + listener.getLocalPort();
    }

    @Override
    public void close() throws IOException {
        end.countDown();
        listener.close();
        ended.join();
    }
}
