package org.sslwrite.differential;

import org.sslwrite.differential.Setup.Role;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.function.IntSupplier;

/** One SSL of OpenSSL's. Every call starts with an empty error queue, as the manual demands. */
final class OpenSsl implements AutoCloseable {
    private static final int READ_AT_MOST = 1 << 16;

    private final MemorySegment ssl;
    private final Arena arena = Arena.ofConfined();
    private final MemorySegment buffer = arena.allocate(READ_AT_MOST);
    private byte[] read = new byte[0];

    OpenSsl(MemorySegment ssl) {
        this.ssl = ssl;
    }

    MemorySegment pointer() {
        return ssl;
    }

    void setRole(Role role) {
        if (role == Role.CLIENT) {
            LibSsl.SSL_set_connect_state(ssl);
        } else {
            LibSsl.SSL_set_accept_state(ssl);
        }
    }

    private Result call(IntSupplier function) {
        LibSsl.ERR_clear_error();
        int value = function.getAsInt();
        if (value > 0) {
            return new Result(value, "NONE", null);
        }
        int error = LibSsl.SSL_get_error(ssl, value);
        String reason = error == LibSsl.SSL_ERROR_SSL ? LibSsl.reason() : null;
        return new Result(value, name(error), reason);
    }

    /** A call whose result SSL_get_error does not explain: the reason is all that there is. */
    private static Result plainCall(IntSupplier function) {
        LibSsl.ERR_clear_error();
        int value = function.getAsInt();
        return value > 0
                ? new Result(value, "NONE", null)
                : new Result(value, "SSL", LibSsl.reason());
    }

    private static String name(int error) {
        return switch (error) {
            case LibSsl.SSL_ERROR_NONE -> "NONE";
            case LibSsl.SSL_ERROR_SSL -> "SSL";
            case LibSsl.SSL_ERROR_WANT_READ -> "WANT_READ";
            case LibSsl.SSL_ERROR_WANT_WRITE -> "WANT_WRITE";
            case LibSsl.SSL_ERROR_SYSCALL -> "SYSCALL";
            case LibSsl.SSL_ERROR_ZERO_RETURN -> "ZERO_RETURN";
            default -> "error " + error;
        };
    }

    Result handshake() {
        return call(() -> LibSsl.SSL_do_handshake(ssl));
    }

    boolean isInitFinished() {
        return LibSsl.SSL_is_init_finished(ssl);
    }

    Result write(MemorySegment source, int length) {
        return call(() -> LibSsl.SSL_write(ssl, source, length));
    }

    /** As a value: the bytes written, or -1. */
    Result writeEx(MemorySegment source, long length) {
        MemorySegment written = arena.allocate(ValueLayout.JAVA_LONG);
        Result result = call(() -> LibSsl.SSL_write_ex(ssl, source, length, written));
        long value = result.value() == 1 ? written.get(ValueLayout.JAVA_LONG, 0) : -1;
        return new Result(value, result.error(), result.reason());
    }

    /** Reads at most so many bytes; {@link #lastRead} has them. */
    Result read(int length) {
        Result result = call(() -> LibSsl.SSL_read(ssl, buffer, Math.min(length, READ_AT_MOST)));
        int n = (int) Math.max(0, result.value());
        read = buffer.asSlice(0, n).toArray(ValueLayout.JAVA_BYTE);
        return result;
    }

    byte[] lastRead() {
        return read;
    }

    /** The manual says of a result of 0: it is no error, and SSL_get_error should not be asked. */
    Result shutdown() {
        Result result = call(() -> LibSsl.SSL_shutdown(ssl));
        return result.value() == 0 ? new Result(0, "NONE", null) : result;
    }

    Result keyUpdate(boolean requestPeer) {
        return plainCall(
                () ->
                        LibSsl.SSL_key_update(
                                ssl,
                                requestPeer
                                        ? LibSsl.SSL_KEY_UPDATE_REQUESTED
                                        : LibSsl.SSL_KEY_UPDATE_NOT_REQUESTED));
    }

    Result renegotiate() {
        return plainCall(() -> LibSsl.SSL_renegotiate(ssl));
    }

    int renegotiations() {
        return LibSsl.SSL_num_renegotiations(ssl);
    }

    boolean isShutdownSent() {
        return (LibSsl.SSL_get_shutdown(ssl) & LibSsl.SSL_SENT_SHUTDOWN) != 0;
    }

    boolean isShutdownReceived() {
        return (LibSsl.SSL_get_shutdown(ssl) & LibSsl.SSL_RECEIVED_SHUTDOWN) != 0;
    }

    @Override
    public void close() {
        LibSsl.SSL_free(ssl);
        arena.close();
    }
}
