package org.sslwrite.cli;

import org.apache.hc.core5.http.HttpStatus;
import org.jspecify.annotations.Nullable;

/**
 * The path that a request asks for.
 *
 * @param encoded as sent, without a query
 * @param path decoded
 */
record RequestTarget(String encoded, String path) {
    /**
     * Reads a request target that is a path with or without a query.
     *
     * @throws HttpRefusal if it is none
     */
    static RequestTarget of(@Nullable String target) throws HttpRefusal {
        String encoded = String.valueOf(target).replaceFirst("\\?.*", "");
        String path = encoded.startsWith("/") ? PercentCoding.decode(encoded) : null;
        if (path == null || path.indexOf('\0') >= 0) {
            throw new HttpRefusal(HttpStatus.SC_BAD_REQUEST, "not a path: " + encoded);
        }
        return new RequestTarget(encoded, path);
    }

    boolean endsWithSlash() {
        return path.endsWith("/");
    }

    /** Fails if no file can be meant. */
    void requireFile() throws HttpRefusal {
        if (endsWithSlash()) {
            throw notFound();
        }
    }

    HttpRefusal notFound() {
        return new HttpRefusal(HttpStatus.SC_NOT_FOUND, "no such file: " + encoded);
    }

    /** The same as a folder's; one slash in front, since what begins with two names a host. */
    String asFolder() {
        return encoded.replaceFirst("^/+", "/") + "/";
    }
}
