package org.sslwrite.cli;

import org.jspecify.annotations.Nullable;
import org.sslwrite.Ssl;
import org.sslwrite.SslContext;
import org.sslwrite.SslError;
import org.sslwrite.SslFailure;
import org.sslwrite.SslMode;
import org.sslwrite.SslReason;
import org.sslwrite.SslSession;
import org.sslwrite.SslShutdown;
import org.sslwrite.SslStatistics;

import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.util.Locale;
import java.util.function.IntSupplier;

/**
 * An {@link Ssl} over a blocking socket whose peer has to keep bytes moving. Its errors are
 * exceptions with a line that names the peer. For one thread.
 */
final class TlsConnection implements AutoCloseable {
    /** How long a peer may take to close after us before its socket is closed under it, at most. */
    private static final Duration LINGER = Duration.ofSeconds(5);

    private static final String CA = "--ca";

    private final Ssl ssl;
    private final BoundedBio bio;
    private final Duration timeout;
    private final String peer;
    private final String trustOption;
    private final HeldBackFailure output;
    private final Answer answer = new Answer();
    private @Nullable TwoWay twoWay;

    private TlsConnection(
            Ssl ssl, BoundedBio bio, Duration timeout, String peer, String trustOption) {
        this.ssl = ssl;
        this.bio = bio;
        this.timeout = timeout;
        this.peer = peer;
        this.trustOption = trustOption;
        this.output = new HeldBackFailure(bio);
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
                        context.newSsl(), new BoundedBio(channel, timeout), timeout, peer, CA);
        connection.ssl.setWriteBio(connection.output);
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

    /**
     * From here on, what the peer sends is read while we write, and becomes its answer.
     *
     * @param channel this connection's
     */
    void readWhileWriting(SocketChannel channel) throws IOException {
        twoWay = new TwoWay(ssl, output, channel, timeout, answer);
    }

    /** What the peer has sent since {@link #readWhileWriting}. */
    Answer answer() {
        return answer;
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
        int result = run(() -> ssl.write(data));
        if (result <= 0) {
            throw failure(
                    String.format(Locale.ROOT, "after %,d bytes", ssl.statistics().bytes()),
                    result);
        }
    }

    private int run(IntSupplier call) throws TlsFailure {
        try {
            TwoWay both = twoWay;
            return both == null ? call.getAsInt() : both.run(call);
        } catch (IOException e) {
            throw new TlsFailure(peer + ": " + e.getMessage(), e);
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
        int result = run(ssl::shutdown);
        if (result < 0) {
            throw failure("closing", result);
        }
    }

    /**
     * Waits, after our close_notify, until the peer closes too: with its close_notify, or by
     * closing the socket only, as many do. What it still sends belongs to its answer.
     *
     * @throws TlsFailure if it resets the connection, sends an alert, or does nothing of the kind
     *     within the timeout
     */
    void awaitClose() throws TlsFailure {
        endTwoWay();
        bio.limitPhase(timeout, "--timeout");
        ByteBuffer piece = ByteBuffer.allocate(16 * 1024);
        int result = ssl.read(piece);
        while (result > 0) {
            answer.accept(piece.flip());
            result = ssl.read(piece.clear());
        }
        if (ssl.getError(result) == SslError.ZERO_RETURN || endedWithoutWord()) {
            return;
        }
        throw failure("closing, and it may not have read everything", result);
    }

    private void endTwoWay() throws TlsFailure {
        TwoWay both = twoWay;
        twoWay = null;
        try {
            if (both != null) {
                both.close();
            }
        } catch (IOException e) {
            throw new TlsFailure(peer + ": closing: " + e.getMessage(), e);
        }
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
        String answered = answer.isEmpty() ? "" : "; it had answered " + answer;
        IOException cut = output.failure();
        return new TlsFailure(
                peer + ": " + doing + ": " + what(failure, result) + answered,
                failure == null ? cut : failure.cause());
    }

    private String what(@Nullable SslFailure failure, int result) {
        String expired = bio.expired();
        if (expired != null) {
            return expired;
        }
        if (twoWay != null && twoWay.isExpired()) {
            return BoundedBio.standstill(timeout);
        }
        boolean closed = ssl.getShutdown().contains(SslShutdown.RECEIVED_SHUTDOWN);
        if (ssl.getError(result) == SslError.ZERO_RETURN || (failure == null && closed)) {
            return "the peer has closed the connection";
        }
        IOException cut = output.failure();
        if (failure == null) {
            return cut == null
                    ? "the connection failed"
                    : "the peer hung up (" + cut.getMessage() + ")";
        }
        return switch (failure.reason()) {
            case TRANSPORT_CLOSED -> "the peer hung up";
            case TRANSPORT_FAILED -> "the peer hung up (" + causeOf(failure) + ")";
            case UNEXPECTED_EOF_WHILE_READING ->
                    cut == null ? failure.message() : "the peer hung up (" + cut.getMessage() + ")";
            default -> failure.message() + adviceFor(failure);
        };
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
            case SSLV3_ALERT_HANDSHAKE_FAILURE, TLSV1_ALERT_INSUFFICIENT_SECURITY ->
                    "; --versions, --suites, --alpn, --name and --cert say what we offer";
            case TLSV1_UNRECOGNIZED_NAME -> " (--name)";
            case TLSV1_ALERT_PROTOCOL_VERSION -> "; no TLS version in common (--versions)";
            case UNSUPPORTED_PROTOCOL -> " (--versions)";
            case TLSV1_ALERT_NO_APPLICATION_PROTOCOL, NO_APPLICATION_PROTOCOL ->
                    "; no application protocol in common (--alpn)";
            case NO_SHARED_CIPHER -> " (--suites, or a --cert of another kind)";
            case TLSV1_ALERT_UNKNOWN_CA -> "; it does not trust our certificate (--cert)";
            case SSLV3_ALERT_BAD_CERTIFICATE,
                    SSLV3_ALERT_UNSUPPORTED_CERTIFICATE,
                    SSLV3_ALERT_CERTIFICATE_REVOKED,
                    SSLV3_ALERT_CERTIFICATE_EXPIRED,
                    SSLV3_ALERT_CERTIFICATE_UNKNOWN,
                    TLSV1_ALERT_ACCESS_DENIED ->
                    " (--cert)";
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
        boolean otherName =
                trustOption.equals(CA)
                        && root != null
                        && root.getClass() == CertificateException.class;
        return otherName ? "; --name NAME is for servers with another name" : "";
    }

    @Override
    public void close() {
        ssl.close();
        try {
            endTwoWay();
        } catch (TlsFailure e) {
            // the socket is of no more use anyway
        }
        bio.close();
    }
}
