package org.sslwrite;

import java.io.IOException;

/** A call on an {@link SslChannel} failed; the failure is the one that {@link Ssl} reports. */
public final class SslException extends IOException {
    private static final long serialVersionUID = 1L;

    private final transient SslFailure failure;

    SslException(SslFailure failure) {
        super(failure.message(), failure.cause());
        this.failure = failure;
    }

    /** Reason, message and cause. */
    public SslFailure failure() {
        return failure;
    }
}
