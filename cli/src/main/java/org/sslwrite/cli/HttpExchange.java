package org.sslwrite.cli;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** One request and its answer: GET or HEAD of a file, as {@code openssl s_server -WWW} does it. */
final class HttpExchange {
    /** Bytes of a file written at once: small enough for a thousand connections at a time. */
    private static final int PIECE = 128 * 1024;

    /** RFC 9110 section 5.6.7; the JDK's RFC_1123_DATE_TIME writes days below 10 with one digit. */
    private static final DateTimeFormatter HTTP_DATE =
            DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.US);

    private final TlsConnection connection;
    private final DocumentRoot root;

    HttpExchange(TlsConnection connection, DocumentRoot root) {
        this.connection = connection;
        this.root = root;
    }

    /**
     * Reads the request and answers it.
     *
     * @return what was asked and answered, for the log
     * @throws CommandFailure if the file could not be read to its end: the client must not take
     *     what it got for the whole
     */
    String serve() throws TlsFailure, CommandFailure {
        boolean withBody = true;
        try {
            RequestHead head = RequestHead.read(connection);
            connection.endOfOpening();
            withBody = !head.method().equals("HEAD");
            if (withBody && !head.method().equals("GET")) {
                throw new HttpRefusal(
                        HttpStatus.METHOD_NOT_ALLOWED, "only GET and HEAD: " + head.method());
            }
            sendFile(root.find(head), withBody);
            return head.method() + " " + head.target() + ": " + HttpStatus.OK;
        } catch (HttpRefusal e) {
            connection.endOfOpening();
            refuse(e, withBody);
            return e.status() + ": " + e.getMessage();
        }
    }

    private void sendFile(Path file, boolean withBody) throws TlsFailure, CommandFailure {
        try (FileSource source = FileSource.open(file)) {
            connection.write(headOf(HttpStatus.OK, DocumentRoot.typeOf(file), source.size()));
            if (withBody) {
                Transfer.send(source, connection, PIECE, sent -> {});
            }
        }
    }

    private void refuse(HttpRefusal refusal, boolean withBody) throws TlsFailure {
        byte[] body = (refusal.status() + "\n").getBytes(StandardCharsets.US_ASCII);
        connection.write(headOf(refusal.status(), "text/plain; charset=utf-8", body.length));
        if (withBody) {
            connection.write(ByteBuffer.wrap(body));
        }
    }

    private static ByteBuffer headOf(HttpStatus status, String type, long length) {
        String date = HTTP_DATE.format(ZonedDateTime.now(ZoneOffset.UTC));
        String allow = status == HttpStatus.METHOD_NOT_ALLOWED ? "Allow: GET, HEAD\r\n" : "";
        String head =
                "HTTP/1.1 "
                        + status
                        + "\r\nDate: "
                        + date
                        + "\r\nContent-Type: "
                        + type
                        + "\r\nContent-Length: "
                        + length
                        + "\r\n"
                        + allow
                        + "Connection: close\r\n\r\n";
        return ByteBuffer.wrap(head.getBytes(StandardCharsets.US_ASCII));
    }
}
