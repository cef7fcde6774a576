package org.sslwrite.differential;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;

/**
 * One libssl with its libcrypto: each method is the C function, or the macro, of its name.
 * Constants are those of OpenSSL 3.0's headers; where LibreSSL has others, both are here.
 *
 * <p>One for the life of the JVM, since a second libssl would bind to the first one's libcrypto:
 * {@code -Dsslwrite.libssl} says which, as a file or as a name that the loader knows.
 */
final class LibSsl {
    static final int SSL_MODE_ENABLE_PARTIAL_WRITE = 0x1;
    static final int SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER = 0x2;
    static final int SSL_MODE_AUTO_RETRY = 0x4;
    static final int SSL_MODE_RELEASE_BUFFERS = 0x10;

    static final int SSL_ERROR_NONE = 0;
    static final int SSL_ERROR_SSL = 1;
    static final int SSL_ERROR_WANT_READ = 2;
    static final int SSL_ERROR_WANT_WRITE = 3;
    static final int SSL_ERROR_SYSCALL = 5;
    static final int SSL_ERROR_ZERO_RETURN = 6;

    static final int SSL_NOTHING = 1;
    static final int SSL_WRITING = 2;
    static final int SSL_READING = 3;

    static final int SSL_SENT_SHUTDOWN = 1;
    static final int SSL_RECEIVED_SHUTDOWN = 2;

    static final int SSL_KEY_UPDATE_NOT_REQUESTED = 0;
    static final int SSL_KEY_UPDATE_REQUESTED = 1;

    /** What LibreSSL's macro SSL_is_init_finished compares SSL_state with. */
    private static final int SSL_ST_OK = 3;

    static final int TLS1_2_VERSION = 0x303;
    static final int TLS1_3_VERSION = 0x304;

    static final int EVP_PKEY_EC = 408;

    static final int BIO_FLAGS_READ = 0x1;
    static final int BIO_FLAGS_WRITE = 0x2;
    static final int BIO_FLAGS_SHOULD_RETRY = 0x8;
    static final int BIO_TYPE_SOURCE_SINK = 0x400;
    static final int BIO_CTRL_EOF = 2;
    static final int BIO_CTRL_PENDING = 10;
    static final int BIO_CTRL_FLUSH = 11;
    private static final int BIO_C_SET_BUF_MEM_EOF_RETURN = 130;
    private static final int BIO_C_SHUTDOWN_WR = 142;

    private static final int SSL_CTRL_GET_NUM_RENEGOTIATIONS = 10;
    private static final int SSL_CTRL_OPTIONS = 32;
    private static final int SSL_CTRL_MODE = 33;
    private static final int SSL_CTRL_SET_MAX_SEND_FRAGMENT = 52;
    private static final int SSL_CTRL_CLEAR_MODE = 78;
    private static final int SSL_CTRL_SET_MIN_PROTO_VERSION = 123;
    private static final int SSL_CTRL_SET_MAX_PROTO_VERSION = 124;

    private static final Linker LINKER = Linker.nativeLinker();
    private static final SymbolLookup LIBRARIES = Library.named().load();

    private static final MethodHandle OPENSSL_VERSION =
            function("OpenSSL_version", ADDRESS, JAVA_INT);

    /** Whose constants and macros hold. */
    static final Family FAMILY = Family.of(OpenSSL_version());

    private static final boolean LIBRESSL = FAMILY == Family.LIBRESSL;

    static final long SSL_OP_ALLOW_CLIENT_RENEGOTIATION = LIBRESSL ? 1L << 19 : 1L << 8;

    /** LibreSSL never encrypts before it MACs, and has no such option. */
    static final long SSL_OP_NO_ENCRYPT_THEN_MAC = LIBRESSL ? 0 : 1L << 19;

    static final long SSL_OP_NO_RENEGOTIATION = LIBRESSL ? 1L << 18 : 1L << 30;

    private static final MethodHandle CTX_NEW = function("SSL_CTX_new", ADDRESS, ADDRESS);
    private static final MethodHandle METHOD = function("TLS_method", ADDRESS);
    private static final MethodHandle CTX_CTRL =
            function("SSL_CTX_ctrl", JAVA_LONG, ADDRESS, JAVA_INT, JAVA_LONG, ADDRESS);
    private static final MethodHandle CTX_SET_OPTIONS =
            function("SSL_CTX_set_options", JAVA_LONG, ADDRESS, JAVA_LONG);
    private static final MethodHandle CTX_CERTIFICATE =
            function("SSL_CTX_use_certificate_ASN1", JAVA_INT, ADDRESS, JAVA_INT, ADDRESS);
    private static final MethodHandle CTX_PRIVATE_KEY =
            function(
                    "SSL_CTX_use_PrivateKey_ASN1", JAVA_INT, JAVA_INT, ADDRESS, ADDRESS, JAVA_LONG);
    private static final MethodHandle CTX_CIPHER_LIST =
            function("SSL_CTX_set_cipher_list", JAVA_INT, ADDRESS, ADDRESS);
    private static final MethodHandle CTX_CIPHERSUITES =
            function("SSL_CTX_set_ciphersuites", JAVA_INT, ADDRESS, ADDRESS);
    private static final MethodHandle CTX_NUM_TICKETS =
            function("SSL_CTX_set_num_tickets", JAVA_INT, ADDRESS, JAVA_LONG);
    private static final MethodHandle CTX_MAX_FRAGMENT_LENGTH =
            function("SSL_CTX_set_tlsext_max_fragment_length", JAVA_INT, ADDRESS, JAVA_BYTE);

    private static final MethodHandle NEW = function("SSL_new", ADDRESS, ADDRESS);
    private static final MethodHandle FREE = procedure("SSL_free", ADDRESS);
    private static final MethodHandle SET_BIO = procedure("SSL_set_bio", ADDRESS, ADDRESS, ADDRESS);
    private static final MethodHandle SET0_RBIO = procedure("SSL_set0_rbio", ADDRESS, ADDRESS);
    private static final MethodHandle GET_WBIO = function("SSL_get_wbio", ADDRESS, ADDRESS);
    private static final MethodHandle SET0_WBIO = procedure("SSL_set0_wbio", ADDRESS, ADDRESS);
    private static final MethodHandle CONNECT_STATE = procedure("SSL_set_connect_state", ADDRESS);
    private static final MethodHandle ACCEPT_STATE = procedure("SSL_set_accept_state", ADDRESS);
    private static final MethodHandle DO_HANDSHAKE =
            function("SSL_do_handshake", JAVA_INT, ADDRESS);
    private static final MethodHandle IS_INIT_FINISHED =
            function(LIBRESSL ? "SSL_state" : "SSL_is_init_finished", JAVA_INT, ADDRESS);
    private static final MethodHandle READ =
            function("SSL_read", JAVA_INT, ADDRESS, ADDRESS, JAVA_INT);
    private static final MethodHandle WRITE =
            function("SSL_write", JAVA_INT, ADDRESS, ADDRESS, JAVA_INT);
    private static final MethodHandle WRITE_EX =
            function("SSL_write_ex", JAVA_INT, ADDRESS, ADDRESS, JAVA_LONG, ADDRESS);
    private static final MethodHandle SHUTDOWN = function("SSL_shutdown", JAVA_INT, ADDRESS);
    private static final MethodHandle GET_SHUTDOWN =
            function("SSL_get_shutdown", JAVA_INT, ADDRESS);
    private static final MethodHandle QUIET_SHUTDOWN =
            procedure("SSL_set_quiet_shutdown", ADDRESS, JAVA_INT);
    private static final MethodHandle PENDING = function("SSL_pending", JAVA_INT, ADDRESS);
    private static final MethodHandle HAS_PENDING = function("SSL_has_pending", JAVA_INT, ADDRESS);
    private static final MethodHandle WANT = function("SSL_want", JAVA_INT, ADDRESS);
    private static final MethodHandle GET_ERROR =
            function("SSL_get_error", JAVA_INT, ADDRESS, JAVA_INT);
    private static final MethodHandle CTRL =
            function("SSL_ctrl", JAVA_LONG, ADDRESS, JAVA_INT, JAVA_LONG, ADDRESS);
    private static final MethodHandle KEY_UPDATE =
            function("SSL_key_update", JAVA_INT, ADDRESS, JAVA_INT);
    private static final MethodHandle RENEGOTIATE = function("SSL_renegotiate", JAVA_INT, ADDRESS);
    private static final MethodHandle BLOCK_PADDING =
            function("SSL_set_block_padding", JAVA_INT, ADDRESS, JAVA_LONG);

    private static final MethodHandle BIO_NEW = function("BIO_new", ADDRESS, ADDRESS);
    private static final MethodHandle BIO_FREE = function("BIO_free", JAVA_INT, ADDRESS);
    private static final MethodHandle BIO_S_MEM = function("BIO_s_mem", ADDRESS);
    private static final MethodHandle BIO_NEW_SOCKET =
            function("BIO_new_socket", ADDRESS, JAVA_INT, JAVA_INT);
    private static final MethodHandle BIO_NEW_BIO_PAIR =
            function("BIO_new_bio_pair", JAVA_INT, ADDRESS, JAVA_LONG, ADDRESS, JAVA_LONG);
    private static final MethodHandle BIO_READ =
            function("BIO_read", JAVA_INT, ADDRESS, ADDRESS, JAVA_INT);
    private static final MethodHandle BIO_WRITE =
            function("BIO_write", JAVA_INT, ADDRESS, ADDRESS, JAVA_INT);
    private static final MethodHandle BIO_CTRL =
            function("BIO_ctrl", JAVA_LONG, ADDRESS, JAVA_INT, JAVA_LONG, ADDRESS);
    private static final MethodHandle BIO_SET_FLAGS = procedure("BIO_set_flags", ADDRESS, JAVA_INT);
    private static final MethodHandle BIO_CLEAR_FLAGS =
            procedure("BIO_clear_flags", ADDRESS, JAVA_INT);
    private static final MethodHandle BIO_SET_INIT = procedure("BIO_set_init", ADDRESS, JAVA_INT);
    private static final MethodHandle BIO_GET_NEW_INDEX = function("BIO_get_new_index", JAVA_INT);
    private static final MethodHandle BIO_METH_NEW =
            function("BIO_meth_new", ADDRESS, JAVA_INT, ADDRESS);
    private static final MethodHandle BIO_METH_SET_WRITE =
            function("BIO_meth_set_write", JAVA_INT, ADDRESS, ADDRESS);
    private static final MethodHandle BIO_METH_SET_READ =
            function("BIO_meth_set_read", JAVA_INT, ADDRESS, ADDRESS);
    private static final MethodHandle BIO_METH_SET_CTRL =
            function("BIO_meth_set_ctrl", JAVA_INT, ADDRESS, ADDRESS);
    private static final MethodHandle BIO_METH_SET_DESTROY =
            function("BIO_meth_set_destroy", JAVA_INT, ADDRESS, ADDRESS);

    private static final MethodHandle ERR_CLEAR_ERROR = procedure("ERR_clear_error");
    private static final MethodHandle ERR_GET_ERROR = function("ERR_get_error", JAVA_LONG);

    private LibSsl() {}

    @SuppressWarnings("restricted")
    private static MethodHandle handle(String name, FunctionDescriptor descriptor) {
        return LIBRARIES
                .find(name)
                .map(address -> LINKER.downcallHandle(address, descriptor))
                .orElseGet(() -> missing(name, descriptor));
    }

    private static MethodHandle missing(String name, FunctionDescriptor descriptor) {
        MethodType type = descriptor.toMethodType();
        MethodHandle thrower =
                MethodHandles.throwException(type.returnType(), MissingFunctionException.class)
                        .bindTo(new MissingFunctionException(name));
        return MethodHandles.dropArguments(thrower, 0, type.parameterList());
    }

    private static MethodHandle function(
            String name, MemoryLayout result, MemoryLayout... arguments) {
        return handle(name, FunctionDescriptor.of(result, arguments));
    }

    private static MethodHandle procedure(String name, MemoryLayout... arguments) {
        return handle(name, FunctionDescriptor.ofVoid(arguments));
    }

    /** A function of ours that C can call; lives as long as the JVM. */
    @SuppressWarnings("restricted")
    static MemorySegment callback(MethodHandle target, FunctionDescriptor descriptor) {
        return LINKER.upcallStub(target, descriptor, Arena.global());
    }

    /** Memory that C owns, of a size that we know. */
    @SuppressWarnings("restricted")
    static MemorySegment sized(MemorySegment pointer, long size) {
        return pointer.reinterpret(size);
    }

    private static String string(MemorySegment pointer) {
        return sized(pointer, Integer.MAX_VALUE).getString(0);
    }

    @FunctionalInterface
    private interface IntCall {
        int call() throws Throwable;
    }

    @FunctionalInterface
    private interface LongCall {
        long call() throws Throwable;
    }

    @FunctionalInterface
    private interface PointerCall {
        MemorySegment call() throws Throwable;
    }

    @FunctionalInterface
    private interface VoidCall {
        void call() throws Throwable;
    }

    private static int asInt(IntCall call) {
        try {
            return call.call();
        } catch (MissingFunctionException e) {
            throw e;
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    private static long asLong(LongCall call) {
        try {
            return call.call();
        } catch (MissingFunctionException e) {
            throw e;
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    private static MemorySegment asPointer(PointerCall call) {
        try {
            return call.call();
        } catch (MissingFunctionException e) {
            throw e;
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    private static void run(VoidCall call) {
        try {
            call.call();
        } catch (MissingFunctionException e) {
            throw e;
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    /** Fails unless a call that says 1 for success said it. */
    static void check(int result, String call) {
        if (result != 1) {
            throw new AssertionError(call + " said " + result + ": " + reason());
        }
    }

    /**
     * The name of the reason in the thread's queue: the oldest that libssl gave, else the oldest of
     * any; null if there is none. Empties the queue.
     */
    static String reason() {
        long first = ERR_get_error();
        for (long error = first; error != 0; error = ERR_get_error()) {
            if (Reasons.isOfLibSsl(FAMILY, error)) {
                ERR_clear_error();
                return Reasons.name(FAMILY, error);
            }
        }
        return first == 0 ? null : Reasons.name(FAMILY, first);
    }

    static String OpenSSL_version() {
        return string(asPointer(() -> (MemorySegment) OPENSSL_VERSION.invokeExact(0)));
    }

    static MemorySegment TLS_method() {
        return asPointer(() -> (MemorySegment) METHOD.invokeExact());
    }

    static MemorySegment SSL_CTX_new(MemorySegment method) {
        return asPointer(() -> (MemorySegment) CTX_NEW.invokeExact(method));
    }

    private static long SSL_CTX_ctrl(MemorySegment ctx, int command, long argument) {
        return asLong(
                () -> (long) CTX_CTRL.invokeExact(ctx, command, argument, MemorySegment.NULL));
    }

    static int SSL_CTX_set_min_proto_version(MemorySegment ctx, int version) {
        return (int) SSL_CTX_ctrl(ctx, SSL_CTRL_SET_MIN_PROTO_VERSION, version);
    }

    static int SSL_CTX_set_max_proto_version(MemorySegment ctx, int version) {
        return (int) SSL_CTX_ctrl(ctx, SSL_CTRL_SET_MAX_PROTO_VERSION, version);
    }

    static void SSL_CTX_set_options(MemorySegment ctx, long options) {
        if (LIBRESSL) {
            SSL_CTX_ctrl(ctx, SSL_CTRL_OPTIONS, options);
        } else {
            asLong(() -> (long) CTX_SET_OPTIONS.invokeExact(ctx, options));
        }
    }

    static int SSL_CTX_use_certificate_ASN1(MemorySegment ctx, MemorySegment der) {
        int length = (int) der.byteSize();
        return asInt(() -> (int) CTX_CERTIFICATE.invokeExact(ctx, length, der));
    }

    static int SSL_CTX_use_PrivateKey_ASN1(int type, MemorySegment ctx, MemorySegment der) {
        return asInt(() -> (int) CTX_PRIVATE_KEY.invokeExact(type, ctx, der, der.byteSize()));
    }

    static int SSL_CTX_set_cipher_list(MemorySegment ctx, MemorySegment names) {
        return asInt(() -> (int) CTX_CIPHER_LIST.invokeExact(ctx, names));
    }

    static int SSL_CTX_set_ciphersuites(MemorySegment ctx, MemorySegment names) {
        return asInt(() -> (int) CTX_CIPHERSUITES.invokeExact(ctx, names));
    }

    static int SSL_CTX_set_num_tickets(MemorySegment ctx, long tickets) {
        return asInt(() -> (int) CTX_NUM_TICKETS.invokeExact(ctx, tickets));
    }

    static int SSL_CTX_set_tlsext_max_fragment_length(MemorySegment ctx, byte code) {
        return asInt(() -> (int) CTX_MAX_FRAGMENT_LENGTH.invokeExact(ctx, code));
    }

    static MemorySegment SSL_new(MemorySegment ctx) {
        return asPointer(() -> (MemorySegment) NEW.invokeExact(ctx));
    }

    static void SSL_free(MemorySegment ssl) {
        run(
                () -> {
                    FREE.invokeExact(ssl);
                });
    }

    static void SSL_set_bio(MemorySegment ssl, MemorySegment read, MemorySegment write) {
        run(
                () -> {
                    SET_BIO.invokeExact(ssl, read, write);
                });
    }

    static MemorySegment SSL_get_wbio(MemorySegment ssl) {
        return asPointer(() -> (MemorySegment) GET_WBIO.invokeExact(ssl));
    }

    /** LibreSSL's function of this name frees the old BIO even where it is written to. */
    static void SSL_set0_rbio(MemorySegment ssl, MemorySegment bio) {
        if (LIBRESSL) {
            SSL_set_bio(ssl, bio, SSL_get_wbio(ssl));
            return;
        }
        run(
                () -> {
                    SET0_RBIO.invokeExact(ssl, bio);
                });
    }

    static void SSL_set0_wbio(MemorySegment ssl, MemorySegment bio) {
        run(
                () -> {
                    SET0_WBIO.invokeExact(ssl, bio);
                });
    }

    static void SSL_set_connect_state(MemorySegment ssl) {
        run(
                () -> {
                    CONNECT_STATE.invokeExact(ssl);
                });
    }

    static void SSL_set_accept_state(MemorySegment ssl) {
        run(
                () -> {
                    ACCEPT_STATE.invokeExact(ssl);
                });
    }

    static int SSL_do_handshake(MemorySegment ssl) {
        return asInt(() -> (int) DO_HANDSHAKE.invokeExact(ssl));
    }

    static boolean SSL_is_init_finished(MemorySegment ssl) {
        return asInt(() -> (int) IS_INIT_FINISHED.invokeExact(ssl)) == (LIBRESSL ? SSL_ST_OK : 1);
    }

    static int SSL_read(MemorySegment ssl, MemorySegment buffer, int length) {
        return asInt(() -> (int) READ.invokeExact(ssl, buffer, length));
    }

    static int SSL_write(MemorySegment ssl, MemorySegment buffer, int length) {
        return asInt(() -> (int) WRITE.invokeExact(ssl, buffer, length));
    }

    static int SSL_write_ex(
            MemorySegment ssl, MemorySegment buffer, long length, MemorySegment written) {
        return asInt(() -> (int) WRITE_EX.invokeExact(ssl, buffer, length, written));
    }

    static int SSL_shutdown(MemorySegment ssl) {
        return asInt(() -> (int) SHUTDOWN.invokeExact(ssl));
    }

    static int SSL_get_shutdown(MemorySegment ssl) {
        return asInt(() -> (int) GET_SHUTDOWN.invokeExact(ssl));
    }

    static void SSL_set_quiet_shutdown(MemorySegment ssl, int mode) {
        run(
                () -> {
                    QUIET_SHUTDOWN.invokeExact(ssl, mode);
                });
    }

    static int SSL_pending(MemorySegment ssl) {
        return asInt(() -> (int) PENDING.invokeExact(ssl));
    }

    static int SSL_has_pending(MemorySegment ssl) {
        return asInt(() -> (int) HAS_PENDING.invokeExact(ssl));
    }

    static int SSL_want(MemorySegment ssl) {
        return asInt(() -> (int) WANT.invokeExact(ssl));
    }

    static int SSL_get_error(MemorySegment ssl, int result) {
        return asInt(() -> (int) GET_ERROR.invokeExact(ssl, result));
    }

    private static long SSL_ctrl(MemorySegment ssl, int command, long argument) {
        return asLong(() -> (long) CTRL.invokeExact(ssl, command, argument, MemorySegment.NULL));
    }

    static long SSL_set_mode(MemorySegment ssl, long mode) {
        return SSL_ctrl(ssl, SSL_CTRL_MODE, mode);
    }

    static long SSL_clear_mode(MemorySegment ssl, long mode) {
        return SSL_ctrl(ssl, SSL_CTRL_CLEAR_MODE, mode);
    }

    static int SSL_num_renegotiations(MemorySegment ssl) {
        return (int) SSL_ctrl(ssl, SSL_CTRL_GET_NUM_RENEGOTIATIONS, 0);
    }

    static int SSL_set_max_send_fragment(MemorySegment ssl, long bytes) {
        return (int) SSL_ctrl(ssl, SSL_CTRL_SET_MAX_SEND_FRAGMENT, bytes);
    }

    static int SSL_key_update(MemorySegment ssl, int type) {
        return asInt(() -> (int) KEY_UPDATE.invokeExact(ssl, type));
    }

    static int SSL_renegotiate(MemorySegment ssl) {
        return asInt(() -> (int) RENEGOTIATE.invokeExact(ssl));
    }

    static int SSL_set_block_padding(MemorySegment ssl, long block) {
        return asInt(() -> (int) BLOCK_PADDING.invokeExact(ssl, block));
    }

    static MemorySegment BIO_new(MemorySegment method) {
        return asPointer(() -> (MemorySegment) BIO_NEW.invokeExact(method));
    }

    static void BIO_free(MemorySegment bio) {
        asInt(() -> (int) BIO_FREE.invokeExact(bio));
    }

    static MemorySegment BIO_s_mem() {
        return asPointer(() -> (MemorySegment) BIO_S_MEM.invokeExact());
    }

    static MemorySegment BIO_new_socket(int socket, int closeFlag) {
        return asPointer(() -> (MemorySegment) BIO_NEW_SOCKET.invokeExact(socket, closeFlag));
    }

    static int BIO_new_bio_pair(
            MemorySegment first, long firstSize, MemorySegment second, long secondSize) {
        return asInt(
                () -> (int) BIO_NEW_BIO_PAIR.invokeExact(first, firstSize, second, secondSize));
    }

    static int BIO_read(MemorySegment bio, MemorySegment buffer, int length) {
        return asInt(() -> (int) BIO_READ.invokeExact(bio, buffer, length));
    }

    static int BIO_write(MemorySegment bio, MemorySegment buffer, int length) {
        return asInt(() -> (int) BIO_WRITE.invokeExact(bio, buffer, length));
    }

    private static long BIO_ctrl(MemorySegment bio, int command, long argument) {
        return asLong(
                () -> (long) BIO_CTRL.invokeExact(bio, command, argument, MemorySegment.NULL));
    }

    static void BIO_set_mem_eof_return(MemorySegment bio, int value) {
        BIO_ctrl(bio, BIO_C_SET_BUF_MEM_EOF_RETURN, value);
    }

    static void BIO_shutdown_wr(MemorySegment bio) {
        BIO_ctrl(bio, BIO_C_SHUTDOWN_WR, 0);
    }

    static void BIO_set_flags(MemorySegment bio, int flags) {
        run(
                () -> {
                    BIO_SET_FLAGS.invokeExact(bio, flags);
                });
    }

    static void BIO_clear_flags(MemorySegment bio, int flags) {
        run(
                () -> {
                    BIO_CLEAR_FLAGS.invokeExact(bio, flags);
                });
    }

    static void BIO_set_init(MemorySegment bio, int init) {
        run(
                () -> {
                    BIO_SET_INIT.invokeExact(bio, init);
                });
    }

    static int BIO_get_new_index() {
        return asInt(() -> (int) BIO_GET_NEW_INDEX.invokeExact());
    }

    static MemorySegment BIO_meth_new(int type, MemorySegment name) {
        return asPointer(() -> (MemorySegment) BIO_METH_NEW.invokeExact(type, name));
    }

    static void BIO_meth_set_write(MemorySegment method, MemorySegment function) {
        check(asInt(() -> (int) BIO_METH_SET_WRITE.invokeExact(method, function)), "set_write");
    }

    static void BIO_meth_set_read(MemorySegment method, MemorySegment function) {
        check(asInt(() -> (int) BIO_METH_SET_READ.invokeExact(method, function)), "set_read");
    }

    static void BIO_meth_set_ctrl(MemorySegment method, MemorySegment function) {
        check(asInt(() -> (int) BIO_METH_SET_CTRL.invokeExact(method, function)), "set_ctrl");
    }

    static void BIO_meth_set_destroy(MemorySegment method, MemorySegment function) {
        check(asInt(() -> (int) BIO_METH_SET_DESTROY.invokeExact(method, function)), "set_destroy");
    }

    static void ERR_clear_error() {
        run(
                () -> {
                    ERR_CLEAR_ERROR.invokeExact();
                });
    }

    static long ERR_get_error() {
        return asLong(() -> (long) ERR_GET_ERROR.invokeExact());
    }
}
