package org.sslwrite.cli;

import org.jspecify.annotations.Nullable;
import org.sslwrite.SslContext;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.Pipe;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Serves a folder over TLS, a virtual thread a connection. Whatever a peer does ends its own
 * connection only; so does what runs short in this process, as memory or open files. A connection
 * has no TLS before its first byte.
 */
final class FileServer implements AutoCloseable {
    private static final Duration PAUSE_AFTER_FAILED_ACCEPT = Duration.ofMillis(100);
    private static final Duration LONGEST_CLOSE = Duration.ofSeconds(5);

    private final List<ServerSocketChannel> listeners;
    private final Selector selector;
    private final SslContext context;
    private final DocumentRoot root;
    private final Duration timeout;
    private final ServeLimits limits;
    private final ServerLog log;
    private final ServerStatistics statistics = new ServerStatistics();
    private final OpenConnections open;

    /** Connections that have made room give theirs back only when their memory is free. */
    private final Semaphore tls;

    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    /** Whether the last attempt to accept a connection failed: what follows is not said again. */
    private boolean failing;

    /**
     * A server, not running yet.
     *
     * @param listeners become this server's to close
     * @param timeout how long a peer may move no byte, or take for the handshake
     */
    FileServer(
            List<ServerSocketChannel> listeners,
            SslContext context,
            DocumentRoot root,
            Duration timeout,
            ServeLimits limits,
            ServerLog log)
            throws IOException {
        this.listeners = listeners;
        this.context = context;
        this.root = root;
        this.timeout = timeout;
        this.limits = limits;
        this.log = log;
        this.open = new OpenConnections(limits.maxConnections, limits.maxPerAddress);
        this.tls = new Semaphore(limits.maxConnections, true);
        this.selector = Selector.open();
        openPollers();
        ZoneId.systemDefault().getRules(); // opens the file with all time zones
        for (ServerSocketChannel listener : listeners) {
            listener.configureBlocking(false);
            listener.register(selector, SelectionKey.OP_ACCEPT);
        }
    }

    /**
     * Has a virtual thread wait for a pipe. The JDK opens what such threads wait by when the first
     * of them waits; where no file can be opened then, none of them ever waits again.
     */
    private static void openPollers() throws IOException {
        Pipe pipe = Pipe.open();
        try (Pipe.SourceChannel source = pipe.source();
                Pipe.SinkChannel sink = pipe.sink()) {
            Thread reader = Thread.startVirtualThread(() -> readByte(source));
            while (reader.getState() != Thread.State.WAITING && reader.isAlive()) {
                Thread.onSpinWait();
            }
            sink.write(ByteBuffer.allocate(1));
        }
    }

    private static void readByte(Pipe.SourceChannel source) {
        try {
            source.read(ByteBuffer.allocate(1));
        } catch (IOException e) {
            // The server cannot wait for its clients either, and says so.
        }
    }

    int port() throws IOException {
        return ((InetSocketAddress) listeners.getFirst().getLocalAddress()).getPort();
    }

    ServerStatistics statistics() {
        return statistics;
    }

    /** Connections that are being served. */
    int connections() {
        return open.count();
    }

    /**
     * Accepts connections until it is closed, or its thread interrupted, which does no more than
     * end this.
     */
    void run() {
        while (selector.isOpen() && !Thread.currentThread().isInterrupted()) {
            try {
                selector.select();
                selector.selectedKeys().clear();
                for (ServerSocketChannel listener : listeners) {
                    open.awaitRoom();
                    accept(listener);
                }
            } catch (InterruptedException | ClosedSelectorException | ClosedChannelException e) {
                break;
            } catch (Throwable e) {
                acceptLater(e);
            }
        }
        Thread.interrupted();
    }

    private void accept(ServerSocketChannel listener) throws IOException {
        SocketChannel channel = listener.accept();
        if (channel == null) {
            return;
        }
        boolean begun = false;
        try {
            begin(channel);
            begun = true;
        } finally {
            if (!begun) {
                channel.close();
            }
        }
        failing = false;
    }

    private void begin(SocketChannel channel) throws IOException {
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        InetSocketAddress client = (InetSocketAddress) channel.getRemoteAddress();
        var bio = new BoundedBio(channel, timeout, limits.minRate, limits.sendBuffer);
        var connection = new ServedConnection(bio, client);
        statistics.connected();
        ServedConnection leaving = open.admit(connection);
        turnAway(leaving);
        if (leaving == connection) {
            return;
        }
        boolean begun = false;
        try {
            threads.execute(() -> serveToTheEnd(connection));
            begun = true;
        } finally {
            if (!begun) {
                end(connection);
            }
        }
    }

    private void turnAway(@Nullable ServedConnection leaving) {
        if (leaving != null) {
            statistics.turnedAway();
            leaving.sendAway();
        }
    }

    /**
     * Something ran short, as open files or memory. One that waits makes room, and after a pause it
     * is tried again.
     */
    private void acceptLater(Throwable e) {
        try {
            if (e instanceof OutOfMemoryError) {
                statistics.outOfMemory();
            }
            turnAway(open.removeLongestWaiting());
            if (!failing) {
                failing = true;
                log.failure("cannot accept a connection for now: " + reason(e), e);
            }
        } catch (Throwable again) {
            // What ran short is short here too; the next attempt says it, if it has to be said.
        }
        try {
            Thread.sleep(PAUSE_AFTER_FAILED_ACCEPT);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static String reason(Throwable e) {
        return e instanceof OutOfMemoryError
                ? "out of memory (" + e.getMessage() + ")"
                : String.valueOf(e.getMessage());
    }

    private void serveToTheEnd(ServedConnection connection) {
        try {
            serveOrSay(connection);
        } catch (OutOfMemoryError e) {
            // It was said, or memory was too short for that as well.
        } finally {
            end(connection);
        }
    }

    private void end(ServedConnection connection) {
        connection.bio().close();
        open.remove(connection);
    }

    private void serveOrSay(ServedConnection connection) {
        try {
            serve(connection);
        } catch (TlsFailure e) {
            say(connection, e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException | CommandFailure e) {
            say(connection, connection.peer() + ": " + e.getMessage(), e);
        } catch (OutOfMemoryError e) {
            connection.bio().close(); // first, since what follows needs memory
            statistics.outOfMemory();
            log.failure(
                    connection.peer()
                            + ": ended, as memory is short ("
                            + e.getMessage()
                            + "); a larger -Xmx or a smaller --max-connections helps",
                    e);
        } catch (RuntimeException | Error e) {
            statistics.failed();
            log.failure(
                    "this is a bug in sslwrite, please report it: " + e + " (--verbose has more)",
                    e);
        }
    }

    private void say(ServedConnection connection, String line, Exception e) {
        if (connection.sentAway()) {
            log.request(line);
        } else {
            log.failure(line, e);
        }
    }

    private void serve(ServedConnection served)
            throws IOException, CommandFailure, InterruptedException {
        try {
            if (!served.bio().awaitFirstByte()) {
                return; // it only looked whether somebody listens
            }
        } catch (IOException e) {
            statistics.handshakeFailed();
            throw new TlsFailure(served.peer() + ": handshake: " + e.getMessage(), e);
        }
        if (!tls.tryAcquire(timeout.toNanos(), TimeUnit.NANOSECONDS)) {
            statistics.turnedAway();
            return;
        }
        try {
            serveTls(served);
        } finally {
            tls.release();
        }
    }

    private void serveTls(ServedConnection served) throws IOException, CommandFailure {
        try (TlsConnection connection =
                TlsConnection.toClient(context, served.bio(), timeout, served.peer())) {
            try {
                connection.handshake();
            } catch (TlsFailure e) {
                statistics.handshakeFailed();
                throw e;
            }
            try {
                answerAll(served, connection);
            } catch (TlsFailure | CommandFailure e) {
                statistics.failed();
                throw e;
            } finally {
                statistics.add(connection);
            }
        }
    }

    private void answerAll(ServedConnection served, TlsConnection connection)
            throws TlsFailure, CommandFailure {
        var http = new HttpConnection(connection, root, limits.headTimeout);
        connection.limitTo(limits.headTimeout, "--head-timeout");
        String answered = http.serveNext(() -> open.works(served));
        while (answered != null) {
            statistics.requested();
            log.request(connection.peer() + ": " + answered);
            served.betweenRequests(http.persistent());
            open.waits(served);
            if (!http.persistent()) {
                break;
            }
            connection.awaitIdle(limits.keepAlive);
            answered =
                    http.serveNext(
                            () -> {
                                served.betweenRequests(false);
                                open.works(served);
                            });
        }
        part(connection);
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
            selector.close();
            for (ServerSocketChannel listener : listeners) {
                listener.close();
            }
        } catch (IOException e) {
            log.failure("cannot close the port: " + e.getMessage(), e);
        }
        threads.shutdown();
        open.all().forEach(ServedConnection::sendAway);
        try {
            threads.awaitTermination(LONGEST_CLOSE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
