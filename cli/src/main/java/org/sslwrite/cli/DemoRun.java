package org.sslwrite.cli;

import org.jspecify.annotations.Nullable;
import org.sslwrite.OffloadPolicy;
import org.sslwrite.SslContext;
import org.sslwrite.SslFallback;
import org.sslwrite.TlsIdentity;
import org.sslwrite.protocol.TlsVersion;
import org.sslwrite.seal.SealException;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.SocketTimeoutException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;

/**
 * One row of the demonstration: a server for one connection, a peer that connects to it, the file
 * from one to the other.
 *
 * @param file what is sent
 * @param expected its hash
 * @param context the server's, for one protocol version
 * @param identities the server's certificates, which the peer is told to trust
 * @param timeout of the connection, and of waiting for the peer
 * @param openssl what to call the installed openssl; null to use our own client
 * @param progress whether to show a progress bar
 */
record DemoRun(
        Path file,
        Sha256 expected,
        SslContext context,
        List<TlsIdentity> identities,
        Duration timeout,
        @Nullable String openssl,
        boolean progress) {
    /** Bytes of a file that has a part before the token fails and one after. */
    private static final long LEAST_TO_BREAK = 2;

    TransferRow row() throws CommandFailure, InterruptedException {
        return withPeer(this::serve);
    }

    private interface Serving<T> {
        T to(ServerSocketChannel listener, DemoPeer peer)
                throws CommandFailure, InterruptedException;
    }

    private <T> T withPeer(Serving<T> serving) throws CommandFailure, InterruptedException {
        List<X509Certificate> trusted = identities.stream().map(TlsIdentity::certificate).toList();
        try (ServerSocketChannel listener = ServerSocketChannel.open()) {
            listener.bind(new InetSocketAddress(DemoPeer.ADDRESS, 0));
            int port = ((InetSocketAddress) listener.getLocalAddress()).getPort();
            try (TemporaryPem authority = TemporaryPem.of(trusted);
                    DemoPeer peer = startPeer(port, trusted, authority.file())) {
                return serving.to(listener, peer);
            }
        } catch (IOException e) {
            throw new CommandFailure("cannot listen on this machine: " + e.getMessage(), e);
        }
    }

    private TlsVersion version() {
        return context.versions().getFirst();
    }

    private DemoPeer startPeer(int port, List<X509Certificate> trusted, Path authority)
            throws CommandFailure {
        CertificateHost host = CertificateHost.of(trusted.getFirst());
        if (openssl != null) {
            return OpensslPeer.connect(openssl, port, version(), authority, host, timeout);
        }
        SslContext client =
                SslContext.builder()
                        .versions(context.versions())
                        .trust(trusted)
                        .verifyHost(host != null)
                        .build();
        return OwnPeer.connect(
                client, port, host == null ? DemoPeer.ADDRESS : host.name(), timeout);
    }

    private TransferRow serve(ServerSocketChannel listener, DemoPeer peer)
            throws CommandFailure, InterruptedException {
        try (FileSource source = FileSource.open(file);
                SocketChannel channel = accept(listener, peer);
                TlsConnection connection = TlsConnection.toClient(context, channel, timeout)) {
            connection.handshake();
            connection.endOfOpening();
            long start = System.nanoTime();
            long sent = send(source, connection, Transfer.LARGE_PIECE, bytes -> {});
            connection.sendCloseNotify();
            connection.awaitClose();
            Sha256Sink.Received received = peer.await();
            double seconds = (sent == 0 ? 0 : received.lastArrival() - start) / 1e9;
            return TransferRow.of(
                    peer.name(), connection, seconds, received.sha256().equals(expected));
        } catch (IOException e) {
            String complaint = peer.complaint();
            String more = complaint == null ? "" : "; " + peer.name() + " says: " + complaint;
            throw new CommandFailure(version() + ": " + e.getMessage() + more, e);
        }
    }

    /** Something that breaks a token. */
    interface Breakage {
        void happen() throws CommandFailure;
    }

    /** Whether a file is long enough for {@link #rowWithFailure}. */
    static boolean canBreak(Path file) throws CommandFailure {
        try (FileSource source = FileSource.open(file)) {
            return source.size() >= LEAST_TO_BREAK;
        }
    }

    /** Sends the file again, and lets the token fail when half of it has gone. */
    FailureRow rowWithFailure(OffloadPolicy policy, Breakage breakage)
            throws CommandFailure, InterruptedException {
        return withPeer((listener, peer) -> serveAndBreak(listener, peer, policy, breakage));
    }

    private FailureRow serveAndBreak(
            ServerSocketChannel listener, DemoPeer peer, OffloadPolicy policy, Breakage breakage)
            throws CommandFailure, InterruptedException {
        try (FileSource source = FileSource.open(file);
                SocketChannel channel = accept(listener, peer);
                TlsConnection connection = TlsConnection.toClient(context, channel, timeout)) {
            connection.handshake();
            connection.endOfOpening();
            TlsFailure failure = sendAndBreak(source, connection, breakage);
            Sha256Sink.Received received = peer.awaitBroken();
            return failureRow(policy, connection, failure, received, peer);
        } catch (IOException e) {
            throw new CommandFailure(version() + ": " + e.getMessage(), e);
        }
    }

    private @Nullable TlsFailure sendAndBreak(
            FileSource source, TlsConnection connection, Breakage breakage)
            throws CommandFailure, IOException {
        long half = (source.size() + 1) / 2;
        boolean[] broken = {false};
        try {
            send(
                    source,
                    connection,
                    Math.clamp(half, 1, Transfer.LARGE_PIECE),
                    bytes -> {
                        if (!broken[0] && bytes >= half) {
                            broken[0] = true;
                            breakage.happen();
                        }
                    });
            connection.sendCloseNotify();
            connection.awaitClose();
            return null;
        } catch (TlsFailure e) {
            connection.linger();
            return e;
        }
    }

    private FailureRow failureRow(
            OffloadPolicy policy,
            TlsConnection connection,
            @Nullable TlsFailure failure,
            Sha256Sink.Received received,
            DemoPeer peer)
            throws CommandFailure {
        List<SslFallback> fallbacks = context.statistics().latestFallbacks();
        SslFallback last = fallbacks.isEmpty() ? null : fallbacks.getLast();
        return new FailureRow(
                version().toString(),
                policy,
                connection.statistics().sealedBy(),
                last == null || last.successor() == null
                        ? null
                        : change(last) + ": " + last.reason(),
                failure == null ? null : failure.getMessage(),
                failure != null && failure.getCause() instanceof SealException e && e.begun(),
                peer.complaint(),
                received.bytes(),
                received.sha256().equals(expected),
                received.sha256().equals(Sha256.of(file, received.bytes())));
    }

    private static String change(SslFallback fallback) {
        return fallback.engine().equals(fallback.successor())
                ? fallback.engine() + " was given the key again"
                : "from " + fallback.engine() + " to " + fallback.successor();
    }

    private long send(
            FileSource source, TlsConnection connection, int pieceSize, Transfer.Progress watcher)
            throws CommandFailure, TlsFailure {
        try (TransferProgress bar =
                TransferProgress.show(progress, version().toString(), source.size())) {
            return Transfer.send(
                    source,
                    connection,
                    pieceSize,
                    sent -> {
                        bar.sent(sent);
                        watcher.sent(sent);
                    });
        }
    }

    /** Waits for the peer to connect; not longer than it lives. */
    private SocketChannel accept(ServerSocketChannel listener, DemoPeer peer) throws IOException {
        peer.onEarlyEnd(() -> closeQuietly(listener));
        ServerSocket socket = listener.socket();
        try {
            socket.setSoTimeout(Math.max(1, Math.toIntExact(timeout.toMillis())));
            return socket.accept().getChannel();
        } catch (SocketTimeoutException e) {
            throw new IOException(
                    peer.name() + " has not connected within " + timeout.toSeconds() + " s", e);
        } catch (IOException e) {
            throw new IOException(peer.name() + " has not connected", e);
        }
    }

    private static void closeQuietly(ServerSocketChannel listener) {
        try {
            listener.close();
        } catch (IOException e) {
            // it is not needed any more
        }
    }
}
