package org.sslwrite.cli;

import org.jspecify.annotations.Nullable;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The first line of an HTTP request (RFC 9112 section 3); the header fields are read over.
 *
 * @param method as sent, case matters
 * @param target the path as sent, still percent-encoded, without a query
 */
record RequestHead(String method, String target) {
    /** Bytes of request line and header fields together, at most. */
    static final int LARGEST = 8192;

    private static final Pattern REQUEST_LINE =
            Pattern.compile(
                    "(?<method>[!#$%&'*+.^_`|~0-9A-Za-z-]+)"
                            + " (?:https?://[^/?]+(?=/))?(?<path>/[!-~&&[^?]]*)(?:\\?[!-~]*)?"
                            + " HTTP/1\\.[0-9]");

    /** Reads a request head; fails with the reply that is due if it is none. */
    static RequestHead read(TlsConnection connection) throws TlsFailure, HttpRefusal {
        byte[] bytes = new byte[LARGEST];
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        while (buffer.hasRemaining()) {
            int searchFrom = Math.max(0, buffer.position() - 3);
            if (connection.read(buffer) < 0) {
                if (buffer.position() == 0) {
                    throw new TlsFailure(connection.peer() + ": closed without a request", null);
                }
                throw new HttpRefusal(HttpStatus.BAD_REQUEST, "the request ended early");
            }
            if (hasEnd(bytes, searchFrom, buffer.position())) {
                return parse(bytes);
            }
        }
        throw new HttpRefusal(
                HttpStatus.HEAD_TOO_LARGE, "the request head is longer than " + LARGEST + " bytes");
    }

    /**
     * An empty line ends the head; "a recipient MAY recognize a single LF as a line terminator"
     * (RFC 9112 section 2.2).
     */
    private static boolean hasEnd(byte[] bytes, int from, int to) {
        for (int i = from; i < to; i++) {
            if (bytes[i] == '\n') {
                boolean blank = i + 1 < to && bytes[i + 1] == '\n';
                boolean blankWithReturn =
                        i + 2 < to && bytes[i + 1] == '\r' && bytes[i + 2] == '\n';
                if (blank || blankWithReturn) {
                    return true;
                }
            }
        }
        return false;
    }

    private static RequestHead parse(byte[] bytes) throws HttpRefusal {
        int end = 0;
        while (bytes[end] != '\n') {
            end++;
        }
        int length = end > 0 && bytes[end - 1] == '\r' ? end - 1 : end;
        String line = new String(Arrays.copyOf(bytes, length), StandardCharsets.ISO_8859_1);
        Matcher matcher = REQUEST_LINE.matcher(line);
        if (!matcher.matches()) {
            throw new HttpRefusal(
                    HttpStatus.BAD_REQUEST, "not a request line: " + OneLine.of(line));
        }
        return new RequestHead(matcher.group("method"), matcher.group("path"));
    }

    /** The path, decoded; null if it is encoded wrongly. */
    @Nullable String path() {
        return PercentDecoder.decode(target);
    }
}
