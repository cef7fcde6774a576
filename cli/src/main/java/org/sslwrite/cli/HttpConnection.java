package org.sslwrite.cli;

import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.HeaderElements;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpHeaders;
import org.apache.hc.core5.http.HttpStatus;
import org.apache.hc.core5.http.HttpVersion;
import org.apache.hc.core5.http.RequestHeaderFieldsTooLargeException;
import org.apache.hc.core5.http.UnsupportedHttpVersionException;
import org.apache.hc.core5.http.impl.BasicEntityDetails;
import org.apache.hc.core5.http.impl.DefaultConnectionReuseStrategy;
import org.apache.hc.core5.http.impl.io.DefaultHttpResponseWriter;
import org.apache.hc.core5.http.impl.io.SessionOutputBufferImpl;
import org.apache.hc.core5.http.message.BasicClassicHttpResponse;
import org.apache.hc.core5.http.protocol.DefaultHttpProcessor;
import org.apache.hc.core5.http.protocol.HttpCoreContext;
import org.apache.hc.core5.http.protocol.HttpProcessor;
import org.apache.hc.core5.http.protocol.ResponseConnControl;
import org.apache.hc.core5.http.protocol.ResponseContent;
import org.apache.hc.core5.http.protocol.ResponseDate;
import org.jspecify.annotations.Nullable;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;

/**
 * The requests of one connection (RFC 9110, 9112), answered one behind the other: GET and HEAD of
 * the files and folders below a {@link DocumentRoot}.
 */
final class HttpConnection {
    private static final String HTML = "text/html; charset=utf-8";
    private static final String TEXT = "text/plain; charset=utf-8";
    private static final HttpProcessor RESPONSES =
            new DefaultHttpProcessor(
                    ResponseDate.INSTANCE, ResponseContent.INSTANCE, ResponseConnControl.INSTANCE);

    private final TlsConnection connection;
    private final DocumentRoot root;
    private final RequestReader requests;
    private boolean persistent = true;

    /**
     * @param headTimeout from the first byte of a request's head to its last
     */
    HttpConnection(TlsConnection connection, DocumentRoot root, Duration headTimeout) {
        this.connection = connection;
        this.root = root;
        this.requests = new RequestReader(connection, headTimeout);
    }

    /** Whether another request may follow. */
    boolean persistent() {
        return persistent;
    }

    /**
     * Reads a request and answers it.
     *
     * @param begun runs once the request is there
     * @return what was asked and answered, for the log; null if the client has no more requests
     * @throws CommandFailure if the file could not be read to its end: the client must not take
     *     what it got for the whole
     */
    @Nullable String serveNext(Runnable begun) throws TlsFailure, CommandFailure {
        ClassicHttpRequest request = null;
        try {
            request = requests.read();
            if (request == null) {
                return null;
            }
            begin(begun);
            RequestReader.validate(request);
            return request.getMethod() + " " + request.getPath() + ": " + answer(request);
        } catch (HttpException e) {
            if (request == null) {
                begin(begun);
            }
            return refuse(request, e);
        }
    }

    private void begin(Runnable begun) {
        connection.endOfOpening();
        begun.run();
    }

    private String answer(ClassicHttpRequest request)
            throws HttpException, TlsFailure, CommandFailure {
        if (!request.getMethod().equals("GET") && !isHead(request)) {
            throw new HttpRefusal(
                    HttpStatus.SC_METHOD_NOT_ALLOWED, "only GET and HEAD: " + request.getMethod());
        }
        RequestTarget target = RequestTarget.of(request.getPath());
        Path asked = root.resolve(target);
        if (!root.isFolder(asked)) {
            target.requireFile();
            return sendFile(request, target, asked);
        }
        if (!target.endsWithSlash()) {
            return redirect(request, target.asFolder());
        }
        Path index = asked.resolve("index.html");
        return root.isFile(index)
                ? sendFile(request, target, index)
                : sendListing(request, target, asked);
    }

    private static boolean isHead(@Nullable ClassicHttpRequest request) {
        return request != null && request.getMethod().equals("HEAD");
    }

    private String redirect(ClassicHttpRequest request, String location) throws TlsFailure {
        ClassicHttpResponse response = responseTo(request, HttpStatus.SC_MOVED_PERMANENTLY);
        response.setHeader(HttpHeaders.LOCATION, location);
        return send(request, response, TEXT, bodyOf(response));
    }

    private String sendListing(ClassicHttpRequest request, RequestTarget target, Path folder)
            throws HttpRefusal, TlsFailure {
        ClassicHttpResponse response = responseTo(request, HttpStatus.SC_OK);
        byte[] body = root.listing(target, folder).getBytes(StandardCharsets.UTF_8);
        return send(request, response, HTML, body);
    }

    private String refuse(@Nullable ClassicHttpRequest request, HttpException e) throws TlsFailure {
        ClassicHttpResponse response = responseTo(request, statusOf(e));
        if (!(e instanceof HttpRefusal)) {
            // Where the next request would begin is not known for sure.
            response.setHeader(HttpHeaders.CONNECTION, HeaderElements.CLOSE);
        }
        if (response.getCode() == HttpStatus.SC_METHOD_NOT_ALLOWED) {
            response.setHeader(HttpHeaders.ALLOW, "GET, HEAD");
        }
        return send(request, response, TEXT, bodyOf(response)) + ": " + e.getMessage();
    }

    private static int statusOf(HttpException e) {
        return switch (e) {
            case HttpRefusal refusal -> refusal.status();
            case RequestHeaderFieldsTooLargeException large ->
                    HttpStatus.SC_REQUEST_HEADER_FIELDS_TOO_LARGE;
            case UnsupportedHttpVersionException version ->
                    HttpStatus.SC_HTTP_VERSION_NOT_SUPPORTED;
            default -> HttpStatus.SC_BAD_REQUEST;
        };
    }

    private static ClassicHttpResponse responseTo(
            @Nullable ClassicHttpRequest request, int status) {
        ClassicHttpResponse response = new BasicClassicHttpResponse(status);
        boolean withContent =
                request != null
                        && (request.containsHeader(HttpHeaders.CONTENT_LENGTH)
                                || request.containsHeader(HttpHeaders.TRANSFER_ENCODING));
        if (withContent) {
            // It is not read, so no request can be read behind it.
            response.setHeader(HttpHeaders.CONNECTION, HeaderElements.CLOSE);
        }
        return response;
    }

    private static byte[] bodyOf(ClassicHttpResponse response) {
        return (status(response) + "\n").getBytes(StandardCharsets.US_ASCII);
    }

    private static String status(ClassicHttpResponse response) {
        return response.getCode() + " " + response.getReasonPhrase();
    }

    private String send(
            @Nullable ClassicHttpRequest request,
            ClassicHttpResponse response,
            String type,
            byte[] body)
            throws TlsFailure {
        byte[] head = headOf(request, response, type, body.length);
        int length = isHead(request) ? 0 : body.length;
        // Together, so that a small answer is one record.
        connection.write(
                ByteBuffer.allocate(head.length + length).put(head).put(body, 0, length).flip());
        return status(response);
    }

    private String sendFile(ClassicHttpRequest request, RequestTarget target, Path file)
            throws HttpRefusal, TlsFailure, CommandFailure {
        try (ServedFile source = root.open(target, file)) {
            ClassicHttpResponse response = responseTo(request, HttpStatus.SC_OK);
            byte[] head = headOf(request, response, source.type(), source.length());
            if (isHead(request)) {
                connection.write(ByteBuffer.wrap(head));
            } else {
                boolean chunked = response.containsHeader(HttpHeaders.TRANSFER_ENCODING);
                source.send(head, chunked, connection);
            }
            return status(response);
        }
    }

    /**
     * The head of an answer; decides whether the connection persists.
     *
     * @param length of the body; negative if it is not known before its end
     */
    private byte[] headOf(
            @Nullable ClassicHttpRequest request,
            ClassicHttpResponse response,
            String type,
            long length) {
        HttpCoreContext context = HttpCoreContext.create();
        context.setProtocolVersion(
                request != null && request.getVersion().getMajor() == 1
                        ? request.getVersion()
                        : HttpVersion.HTTP_1_1);
        if (request != null) {
            context.setRequest(request);
        }
        try {
            RESPONSES.process(
                    response, new BasicEntityDetails(length, ContentType.parse(type)), context);
            persistent =
                    DefaultConnectionReuseStrategy.INSTANCE.keepAlive(request, response, context);
            var buffer = new SessionOutputBufferImpl(512);
            var head = new ByteArrayOutputStream(512);
            new DefaultHttpResponseWriter().write(response, buffer, head);
            buffer.flush(head);
            return head.toByteArray();
        } catch (HttpException | IOException e) {
            throw new IllegalStateException("an answer that cannot be written: " + response, e);
        }
    }
}
