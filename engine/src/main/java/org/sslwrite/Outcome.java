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

    /** Made beforehand, for when there is no memory left to say more. */
    private static final End BY_ERROR =
            new End(
                    STOPPED,
                    SslError.SSL,
                    new SslFailure(
                            SslReason.INTERNAL_ERROR,
                            "the connection has ended by an error of the virtual machine",
                            null));

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

    /**
     * The transport has ended without close_notify. Reading is over, writing is not: OpenBSD's
     * SSL_get_error(3) says of SSL_ERROR_SYSCALL "If ret == 0, an EOF was observed that violates
     * the protocol".
     */
    int endOfInput(SslFailure why) {
        error = SslError.SYSCALL;
        failure = why;
        return 0;
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

    /**
     * An error of the virtual machine has left the connection in a state that nobody knows. Makes
     * no object if there is no memory for one.
     */
    void end(Error thrown) {
        if (end != null) {
            return;
        }
        try {
            String message = "the connection has ended by " + thrown;
            fail(SslReason.INTERNAL_ERROR, message, thrown);
        } catch (Error second) {
            end = BY_ERROR;
        }
    }
}
