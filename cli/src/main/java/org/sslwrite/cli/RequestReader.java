package org.sslwrite.cli;

import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpHeaders;
import org.apache.hc.core5.http.HttpVersion;
import org.apache.hc.core5.http.MessageConstraintException;
import org.apache.hc.core5.http.ProtocolException;
import org.apache.hc.core5.http.UnsupportedHttpVersionException;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.impl.io.DefaultClassicHttpRequestFactory;
import org.apache.hc.core5.http.impl.io.DefaultHttpRequestParser;
import org.apache.hc.core5.http.impl.io.SessionInputBufferImpl;
import org.apache.hc.core5.http.message.BasicClassicHttpRequest;
import org.apache.hc.core5.http.protocol.HttpCoreContext;
import org.apache.hc.core5.http.protocol.RequestValidateHost;
import org.jspecify.annotations.Nullable;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.time.Duration;

/** Reads the request heads of a connection, within limits of size and time. */
final class RequestReader {
    /** Bytes of request line and header fields together, at most. */
    static final int LARGEST = 8192;

    private static final int BUFFER = 2048;
    private static final Http1Config LIMITS =
            Http1Config.custom().setMaxLineLength(LARGEST).setMaxHeaderCount(LARGEST).build();

    private final TlsConnection connection;
    private final Duration headTimeout;
    private final SessionInputBufferImpl received = new SessionInputBufferImpl(BUFFER, LARGEST);
    private final DefaultHttpRequestParser parser =
            new DefaultHttpRequestParser(LIMITS, null, new TargetsAsSent());
    private final InputStream stream = new HeadStream();

    /** Bytes of the head that is being read; 0 before its first. */
    private int head;

    /**
     * @param headTimeout from the first byte of a head to its last
     */
    RequestReader(TlsConnection connection, Duration headTimeout) {
        this.connection = connection;
        this.headTimeout = headTimeout;
    }

    /**
     * Reads the next request's head.
     *
     * @return null if the client has no more
     * @throws HttpException if it is none, or one that nobody could answer
     */
    @Nullable ClassicHttpRequest read() throws HttpException, TlsFailure {
        head = received.length();
        if (head > 0) {
            connection.limitTo(headTimeout, "--head-timeout");
        }
        try {
            return parser.parse(received, stream);
        } catch (EOFException e) {
            throw new ProtocolException("the request ended early", e);
        } catch (TlsFailure e) {
            throw e;
        } catch (IOException e) {
            throw new TlsFailure(connection.peer() + ": reading: " + e.getMessage(), e);
        }
    }

    /**
     * Checks what a request says about itself. "A server MUST respond with a 400 (Bad Request)
     * status code to any HTTP/1.1 request message that lacks a Host header field and to any request
     * message that contains more than one Host header field line or a Host header field with an
     * invalid field value" (RFC 9112 section 3.2).
     */
    static void validate(ClassicHttpRequest request) throws HttpException, TlsFailure {
        if (request.getVersion().getMajor() != 1) {
            throw new UnsupportedHttpVersionException(request.getVersion());
        }
        int hosts = request.countHeaders(HttpHeaders.HOST);
        if (hosts > 1 || hosts == 0 && request.getVersion().greaterEquals(HttpVersion.HTTP_1_1)) {
            throw new ProtocolException(hosts + " Host header fields");
        }
        String scheme = request.getScheme();
        if (scheme != null && !scheme.matches("(?i)https?")) {
            throw new ProtocolException("neither http nor https: " + scheme);
        }
        try {
            RequestValidateHost.INSTANCE.process(request, null, HttpCoreContext.create());
        } catch (IOException e) {
            throw new TlsFailure("checking Host: " + e.getMessage(), e);
        }
    }

    /** What the client sends, as long as it keeps to the limits. */
    private final class HeadStream extends InputStream {
        @Override
        public int read() {
            throw new UnsupportedOperationException("the parser reads into its buffer");
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            int n = readOrEnd(ByteBuffer.wrap(into, offset, length));
            if (n < 0) {
                if (head == 0) {
                    return -1;
                }
                throw new EOFException();
            }
            if (head == 0) {
                connection.limitTo(headTimeout, "--head-timeout");
            }
            head += n;
            if (head > LARGEST) {
                throw new MessageConstraintException("longer than " + LARGEST + " bytes");
            }
            return n;
        }

        private int readOrEnd(ByteBuffer into) throws TlsFailure {
            try {
                return connection.read(into);
            } catch (TlsFailure e) {
                if (head == 0 && connection.hungUp()) {
                    return -1;
                }
                throw e;
            }
        }
    }

    /** "//a/b" is a path (RFC 9112 section 3.2.1), which {@code java.net.URI} takes for a host. */
    private static final class TargetsAsSent extends DefaultClassicHttpRequestFactory {
        @Override
        public ClassicHttpRequest newHttpRequest(String method, String target) {
            return target.startsWith("/")
                    ? new BasicClassicHttpRequest(method, null, null, target)
                    : super.newHttpRequest(method, target);
        }
    }
}
