package org.sslwrite.cli;

import org.apache.hc.core5.http.HttpException;

/** A request that is understood, and answered with an error. */
final class HttpRefusal extends HttpException {
    private static final long serialVersionUID = 1L;

    private final int status;

    /**
     * @param status as in RFC 9110 section 15
     */
    HttpRefusal(int status, String reason) {
        super(reason);
        this.status = status;
    }

    int status() {
        return status;
    }
}
