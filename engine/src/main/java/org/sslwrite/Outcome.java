package org.sslwrite;

import org.jspecify.annotations.Nullable;

/**
 * How the call under way ends: what it returns, and what {@code getError} and {@code failure} say
 * of it. Once the connection has come to its end, every later call ends the same way.
 */
final class Outcome {
    /** The step is done; the call goes on. */
    static final int DONE = 1;

    /** The result of a call that was stopped. */
    static final int STOPPED = -1;

    /** The end of the connection. */
    private record End(int result, SslError error, SslFailure failure) {}

    private SslError error = SslError.NONE;
    private @Nullable SslFailure failure;
    private @Nullable End end;

    SslError error() {
        return error;
    }

    @Nullable SslFailure failure() {
        return failure;
    }

    /** Forgets the call before. */
    void clear() {
        if (error != SslError.NONE) {
            error = SslError.NONE;
            failure = null;
        }
    }

    boolean isEnded() {
        return end != null;
    }

    /** Ends this call as the connection has ended. */
    int repeatEnd() {
        End known = end;
        if (known == null) {
            return DONE;
        }
        error = known.error;
        failure = known.failure;
        return known.result;
    }

    /** The call is to be repeated once the transport can read or write. */
    int want(SslError readOrWrite) {
        error = readOrWrite;
        return STOPPED;
    }

    /** The peer has closed its direction properly. */
    int zeroReturn() {
        error = SslError.ZERO_RETURN;
        return 0;
    }

    /** The call is refused; the connection stays usable. */
    int refuse(SslReason reason, String message) {
        error = SslError.SSL;
        failure = new SslFailure(reason, message, null);
        return STOPPED;
    }

    /** The protocol has failed for good. */
    int fail(SslReason reason, String message, @Nullable Throwable cause) {
        return end(STOPPED, SslError.SSL, new SslFailure(reason, message, cause));
    }

    /** The transport has ended or failed for good. The first end stays. */
    int end(int result, SslError how, SslFailure why) {
        if (end == null) {
            end = new End(result, how, why);
        }
        return repeatEnd();
    }
}
