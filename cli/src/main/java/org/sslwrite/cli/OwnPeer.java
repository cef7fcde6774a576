package org.sslwrite.cli;

import org.jspecify.annotations.Nullable;
import org.sslwrite.SslContext;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Our own client, on a thread of this process. */
final class OwnPeer implements DemoPeer {
    private final Duration timeout;
    private final SocketChannel channel;
    private final CompletableFuture<Sha256Sink.Received> received;

    private final Sha256Sink sink;

    private OwnPeer(
            Duration timeout,
            SocketChannel channel,
            CompletableFuture<Sha256Sink.Received> received,
            Sha256Sink sink) {
        this.timeout = timeout;
        this.channel = channel;
        this.received = received;
        this.sink = sink;
    }

    /**
     * Starts it.
     *
     * @param host what it asks for
     */
    static OwnPeer connect(SslContext context, int port, String host, Duration timeout)
            throws CommandFailure {
        try {
            SocketChannel channel =
                    SocketChannel.open(new InetSocketAddress(DemoPeer.ADDRESS, port));
            CompletableFuture<Sha256Sink.Received> received = new CompletableFuture<>();
            Sha256Sink sink = new Sha256Sink();
            Thread.ofPlatform()
                    .daemon()
                    .name("peer")
                    .start(
                            () -> {
                                try {
                                    received.complete(
                                            receive(context, channel, host, timeout, sink));
                                } catch (IOException | RuntimeException e) {
                                    received.completeExceptionally(e);
                                }
                            });
            return new OwnPeer(timeout, channel, received, sink);
        } catch (IOException e) {
            throw new CommandFailure(
                    "cannot connect to port " + port + " of this machine: " + e.getMessage(), e);
        }
    }

    private static Sha256Sink.Received receive(
            SslContext context,
            SocketChannel channel,
            String host,
            Duration timeout,
            Sha256Sink sink)
            throws TlsFailure {
        try (TlsConnection connection =
                TlsConnection.toServer(context, channel, timeout, host, "own peer")) {
            connection.handshake();
            connection.endOfOpening();
            ByteBuffer piece = ByteBuffer.allocateDirect(64 * 1024);
            while (connection.read(piece) >= 0) {
                sink.accept(piece.flip());
                piece.clear();
            }
            connection.sendCloseNotify();
            return sink.received();
        }
    }

    @Override
    public String name() {
        return "sslwrite";
    }

    @Override
    public Sha256Sink.Received await() throws CommandFailure, InterruptedException {
        try {
            return received.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw new CommandFailure(
                    "the peer has not ended " + timeout.toSeconds() + " s after close_notify", e);
        } catch (ExecutionException e) {
            Throwable cause = e.getCause();
            throw new CommandFailure(
                    cause instanceof TlsFailure ? cause.getMessage() : "the peer: " + cause, cause);
        }
    }

    @Override
    public Sha256Sink.Received awaitBroken() throws CommandFailure, InterruptedException {
        try {
            return await();
        } catch (CommandFailure e) {
            if (!received.isDone()) {
                throw e;
            }
            // Its thread has ended, and leaves what it has counted.
            return sink.received();
        }
    }

    @Override
    public void onEarlyEnd(Runnable action) {
        received.whenComplete((result, failure) -> action.run());
    }

    @Override
    public @Nullable String complaint() {
        return received.isCompletedExceptionally() ? received.exceptionNow().getMessage() : null;
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            // nothing is to be had from it any more
        }
    }
}
