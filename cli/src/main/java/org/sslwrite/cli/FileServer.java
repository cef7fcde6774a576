package org.sslwrite.cli;

import org.sslwrite.SslContext;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Serves a folder over TLS, a virtual thread a connection. Whatever a peer does ends its own
 * connection only.
 */
final class FileServer implements AutoCloseable {
    private static final Duration PAUSE_AFTER_FAILED_ACCEPT = Duration.ofMillis(100);
    private static final Duration LONGEST_CLOSE = Duration.ofSeconds(5);

    private final ServerSocketChannel listener;
    private final SslContext context;
    private final DocumentRoot root;
    private final Duration timeout;
    private final ServerLog log;
    private final ServerStatistics statistics = new ServerStatistics();
    private final int mostConnections;
    private final Semaphore free;
    private final Set<SocketChannel> open = ConcurrentHashMap.newKeySet();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    /**
     * A server, not running yet.
     *
     * @param listener becomes this server's to close
     * @param mostConnections connections at a time; the next one waits to be accepted
     */
    FileServer(
            ServerSocketChannel listener,
            SslContext context,
            DocumentRoot root,
            Duration timeout,
            int mostConnections,
            ServerLog log) {
        this.listener = listener;
        this.mostConnections = mostConnections;
        this.free = new Semaphore(mostConnections);
        this.context = context;
        this.root = root;
        this.timeout = timeout;
        this.log = log;
    }

    int port() throws IOException {
        return ((InetSocketAddress) listener.getLocalAddress()).getPort();
    }

    ServerStatistics statistics() {
        return statistics;
    }

    /** Connections that are being served. */
    int connections() {
        return mostConnections - free.availablePermits();
    }

    /**
     * Accepts connections until it is closed, or its thread interrupted, which does no more than
     * end this.
     */
    void run() {
        while (listener.isOpen()) {
            try {
                free.acquire();
            } catch (InterruptedException e) {
                return;
            }
            if (!acceptOne()) {
                free.release();
            }
        }
        Thread.interrupted();
    }

    /**
     * @return whether a connection was accepted, which now holds the permit
     */
    private boolean acceptOne() {
        try {
            SocketChannel channel = listener.accept();
            open.add(channel);
            try {
                threads.execute(() -> serveAndRelease(channel));
                return true;
            } catch (RejectedExecutionException e) {
                channel.close(); // this server has been closed meanwhile
                return false;
            }
        } catch (ClosedChannelException e) {
            return false;
        } catch (IOException e) {
            log.failure("cannot accept a connection: " + e.getMessage(), e);
            pause();
            return false;
        }
    }

    private static void pause() {
        try {
            Thread.sleep(PAUSE_AFTER_FAILED_ACCEPT);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void serveAndRelease(SocketChannel channel) {
        try (channel) {
            statistics.connected();
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            serve(channel);
        } catch (IOException e) {
            statistics.failed();
            log.failure("a connection: " + e.getMessage(), e);
        } catch (RuntimeException e) {
            statistics.failed();
            log.failure(
                    "this is a bug in sslwrite, please report it: " + e + " (--verbose has more)",
                    e);
        } finally {
            open.remove(channel);
            free.release();
        }
    }

    private void serve(SocketChannel channel) throws IOException {
        try (TlsConnection connection = TlsConnection.toClient(context, channel, timeout)) {
            try {
                connection.handshake();
            } catch (TlsFailure e) {
                statistics.handshakeFailed();
                log.failure(e.getMessage(), e);
                return;
            }
            try {
                String answered = new HttpExchange(connection, root).serve();
                statistics.requested();
                log.request(connection.peer() + ": " + answered);
                part(connection);
            } catch (TlsFailure e) {
                statistics.failed();
                log.failure(e.getMessage(), e);
            } catch (CommandFailure e) {
                statistics.failed();
                log.failure(connection.peer() + ": " + e.getMessage(), e);
            } finally {
                statistics.add(connection);
            }
        }
    }

    /** Many clients are gone as soon as they have their answer: that is no failure. */
    private void part(TlsConnection connection) {
        try {
            connection.sendCloseNotify();
            connection.linger();
        } catch (TlsFailure e) {
            log.request(e.getMessage());
        }
    }

    /** Stops accepting, breaks off what is under way, and waits for its threads. */
    @Override
    public void close() {
        try {
            listener.close();
        } catch (IOException e) {
            log.failure("cannot close the port: " + e.getMessage(), e);
        }
        threads.shutdown();
        for (SocketChannel channel : open) {
            closeQuietly(channel);
        }
        try {
            threads.awaitTermination(LONGEST_CLOSE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void closeQuietly(SocketChannel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            // it is broken off anyway
        }
    }
}
