package org.sslwrite.cli;

import org.jspecify.annotations.Nullable;
import org.sslwrite.Ssl;
import org.sslwrite.SslContext;
import org.sslwrite.SslError;
import org.sslwrite.SslFailure;
import org.sslwrite.SslMode;
import org.sslwrite.SslReason;
import org.sslwrite.SslSession;
import org.sslwrite.SslStatistics;

import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.util.Locale;

/**
 * An {@link Ssl} over a blocking socket whose peer has to keep bytes moving. Its errors are
 * exceptions with a line that names the peer. For one thread.
 */
final class TlsConnection implements AutoCloseable {
    /** How long a peer may take to close after us before its socket is closed under it, at most. */
    private static final Duration LINGER = Duration.ofSeconds(5);

    private final Ssl ssl;
    private final BoundedBio bio;
    private final Duration timeout;
    private final String peer;
    private final String trustOption;

    private TlsConnection(
            Ssl ssl, BoundedBio bio, Duration timeout, String peer, String trustOption) {
        this.ssl = ssl;
        this.bio = bio;
        this.timeout = timeout;
        this.peer = peer;
        this.trustOption = trustOption;
        ssl.setBio(bio);
    }

    /**
     * The client's side, before the handshake.
     *
     * @param serverName SNI, and the name that the certificate must have
     * @param peer what errors call the server
     */
    static TlsConnection toServer(
            SslContext context,
            SocketChannel channel,
            Duration timeout,
            String serverName,
            String peer) {
        TlsConnection connection =
                new TlsConnection(
                        context.newSsl(), new BoundedBio(channel, timeout), timeout, peer, "--ca");
        connection.ssl.setHost(serverName);
        connection.ssl.setConnectState();
        return connection;
    }

    /** The server's side, before the handshake. */
    static TlsConnection toClient(SslContext context, SocketChannel channel, Duration timeout)
            throws IOException {
        return toClient(
                context,
                new BoundedBio(channel, timeout),
                timeout,
                printable(channel.getRemoteAddress()));
    }

    /**
     * The server's side, before the handshake.
     *
     * @param bio becomes this connection's to close
     * @param peer what errors call the client
     */
    static TlsConnection toClient(
            SslContext context, BoundedBio bio, Duration timeout, String peer) {
        TlsConnection connection =
                new TlsConnection(context.newSsl(), bio, timeout, peer, "--client-ca");
        connection.ssl.setAcceptState();
        connection.ssl.setMode(SslMode.RELEASE_BUFFERS);
        return connection;
    }

    /** An address as errors call it. */
    static String printable(@Nullable SocketAddress address) {
        return String.valueOf(address).replaceFirst("^[^/]*/", "");
    }

    /** What errors call the peer. */
    String peer() {
        return peer;
    }

    /**
     * Does the handshake within the timeout. The time goes on to count until {@link #endOfOpening}.
     */
    void handshake() throws TlsFailure {
        bio.limitPhase(timeout, "--timeout");
        int result = ssl.doHandshake();
        if (result <= 0) {
            throw failure("handshake", result);
        }
    }

    /**
     * What comes now has to be done within such a time.
     *
     * @param option whose value that is
     */
    void limitTo(Duration limit, String option) {
        bio.limitPhase(limit, option);
    }

    /** The peer may be silent for so long; then {@link #read} says that nothing comes. */
    void awaitIdle(Duration limit) {
        bio.limitIdle(limit);
    }

    /** From here on a peer may take as long as it likes, if only bytes move. */
    void endOfOpening() {
        bio.endPhase();
    }

    /** What the handshake agreed on. */
    SslSession session() {
        SslSession session = ssl.session();
        if (session == null) {
            throw new IllegalStateException("no handshake yet");
        }
        return session;
    }

    SslStatistics statistics() {
        return ssl.statistics();
    }

    /** Writes all that remains in the buffer. */
    void write(ByteBuffer data) throws TlsFailure {
        if (!data.hasRemaining()) {
            return;
        }
        int result = ssl.write(data);
        if (result <= 0) {
            throw failure(
                    String.format(Locale.ROOT, "after %,d bytes", ssl.statistics().bytes()),
                    result);
        }
    }

    /**
     * Reads what is there, waiting for a byte.
     *
     * @return bytes read, or -1 once the peer has closed the connection properly, or has been idle
     *     for too long
     */
    int read(ByteBuffer into) throws TlsFailure {
        int result = ssl.read(into);
        if (result > 0) {
            return result;
        }
        SslError error = ssl.getError(result);
        if (error == SslError.ZERO_RETURN || error == SslError.WANT_READ) {
            return -1;
        }
        throw failure("reading", result);
    }

    /** Sends our close_notify: the peer will know that it has all. */
    void sendCloseNotify() throws TlsFailure {
        int result = ssl.shutdown();
        if (result < 0) {
            throw failure("closing", result);
        }
    }

    /**
     * Waits, after our close_notify, until the peer closes too: with its close_notify, or by
     * closing the socket only, as many do. What it still sends is thrown away.
     *
     * @throws TlsFailure if it resets the connection, sends an alert, or does nothing of the kind
     *     within the timeout
     */
    void awaitClose() throws TlsFailure {
        bio.limitPhase(timeout, "--timeout");
        ByteBuffer discarded = ByteBuffer.allocate(16 * 1024);
        int result;
        do {
            discarded.clear();
            result = ssl.read(discarded);
        } while (result > 0);
        if (ssl.getError(result) == SslError.ZERO_RETURN || endedWithoutWord()) {
            return;
        }
        throw failure("closing, and it may not have read everything", result);
    }

    /** Whether the peer has gone without a word, which is no news where it has all it wanted. */
    boolean hungUp() {
        SslFailure failure = ssl.failure();
        return bio.expired() == null
                && failure != null
                && switch (failure.reason()) {
                    case UNEXPECTED_EOF_WHILE_READING, TRANSPORT_CLOSED, TRANSPORT_FAILED -> true;
                    default -> false;
                };
    }

    private boolean endedWithoutWord() {
        SslFailure failure = ssl.failure();
        return failure != null && failure.reason() == SslReason.UNEXPECTED_EOF_WHILE_READING;
    }

    /**
     * Gives the peer time to read what is under way, before {@link #close} throws away what is not
     * read.
     */
    void linger() {
        bio.limitPhase(timeout.compareTo(LINGER) < 0 ? timeout : LINGER, "--timeout");
        bio.linger();
    }

    private TlsFailure failure(String doing, int result) {
        SslFailure failure = ssl.failure();
        String expired = bio.expired();
        String what;
        if (expired != null) {
            what = expired;
        } else if (ssl.getError(result) == SslError.ZERO_RETURN) {
            what = "the peer has closed the connection";
        } else if (failure == null) {
            what = "the connection failed";
        } else {
            what =
                    switch (failure.reason()) {
                        case TRANSPORT_CLOSED -> "the peer hung up";
                        case TRANSPORT_FAILED -> "the peer hung up (" + causeOf(failure) + ")";
                        default -> failure.message() + adviceFor(failure);
                    };
        }
        return new TlsFailure(
                peer + ": " + doing + ": " + what, failure == null ? null : failure.cause());
    }

    private static String causeOf(SslFailure failure) {
        Throwable cause = failure.cause();
        return cause == null || cause.getMessage() == null ? failure.message() : cause.getMessage();
    }

    private String adviceFor(SslFailure failure) {
        return switch (failure.reason()) {
            case HTTP_REQUEST -> "; it has to ask for https://";
            case WRONG_VERSION_NUMBER -> "; is this the right port?";
            case CERTIFICATE_VERIFY_FAILED -> adviceForRefused(failure);
            case PEER_DID_NOT_RETURN_A_CERTIFICATE ->
                    "; this server asks for one that --client-ca has signed";
            case TLSV13_ALERT_CERTIFICATE_REQUIRED ->
                    "; it wants a certificate of ours: --cert and --key, or --p12";
            case SSLV3_ALERT_HANDSHAKE_FAILURE ->
                    "; no cipher suite in common (--suites), or it wants a certificate (--cert)";
            case TLSV1_ALERT_PROTOCOL_VERSION -> "; no TLS version in common (--versions)";
            case UNSUPPORTED_PROTOCOL -> " (--versions)";
            case TLSV1_ALERT_NO_APPLICATION_PROTOCOL, NO_APPLICATION_PROTOCOL ->
                    "; no application protocol in common (--alpn)";
            case NO_SHARED_CIPHER -> " (--suites)";
            case TLSV1_ALERT_UNKNOWN_CA -> "; it does not trust our certificate";
            default -> "";
        };
    }

    private String adviceForRefused(SslFailure failure) {
        Throwable root = failure.cause();
        while (root != null && root.getCause() != null) {
            root = root.getCause();
        }
        if (root instanceof CertPathBuilderException) {
            return "; name the authority to trust with " + trustOption + " FILE";
        }
        // The JDK says in this way that the name is another one; all else is a subclass.
        boolean otherName = root != null && root.getClass() == CertificateException.class;
        return otherName ? "; --name NAME is for servers with another name" : "";
    }

    @Override
    public void close() {
        ssl.close();
        bio.close();
    }
}
