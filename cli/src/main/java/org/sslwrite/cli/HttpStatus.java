package org.sslwrite.cli;

/** The answers that this server knows (RFC 9110 section 15). */
enum HttpStatus {
    OK(200, "OK"),
    BAD_REQUEST(400, "Bad Request"),
    NOT_FOUND(404, "Not Found"),
    METHOD_NOT_ALLOWED(405, "Method Not Allowed"),
    HEAD_TOO_LARGE(431, "Request Header Fields Too Large");

    private final int code;
    private final String phrase;

    HttpStatus(int code, String phrase) {
        this.code = code;
        this.phrase = phrase;
    }

    @Override
    public String toString() {
        return code + " " + phrase;
    }
}
