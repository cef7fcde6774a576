package org.sslwrite.differential;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** A BIO of OpenSSL's whose bytes go through a {@link ScriptedWire}. */
final class NativeBio {
    private static final int RETRY_FLAGS =
            LibSsl.BIO_FLAGS_READ | LibSsl.BIO_FLAGS_WRITE | LibSsl.BIO_FLAGS_SHOULD_RETRY;

    private static final Map<Long, ScriptedWire> WIRES = new ConcurrentHashMap<>();
    private static final MemorySegment METHOD = method();

    private NativeBio() {}

    /** A BIO over the wire; the connection that takes it frees it. */
    static MemorySegment of(ScriptedWire wire) {
        MemorySegment bio = LibSsl.BIO_new(METHOD);
        WIRES.put(bio.address(), wire);
        LibSsl.BIO_set_init(bio, 1);
        return bio;
    }

    private static MemorySegment method() {
        int type = LibSsl.BIO_get_new_index() | LibSsl.BIO_TYPE_SOURCE_SINK;
        MemorySegment method =
                LibSsl.BIO_meth_new(type, Arena.global().allocateFrom("scripted wire"));
        FunctionDescriptor move = FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, JAVA_INT);
        LibSsl.BIO_meth_set_write(method, LibSsl.callback(ours("write", move), move));
        LibSsl.BIO_meth_set_read(method, LibSsl.callback(ours("read", move), move));
        FunctionDescriptor control =
                FunctionDescriptor.of(JAVA_LONG, ADDRESS, JAVA_INT, JAVA_LONG, ADDRESS);
        LibSsl.BIO_meth_set_ctrl(method, LibSsl.callback(ours("control", control), control));
        FunctionDescriptor destroy = FunctionDescriptor.of(JAVA_INT, ADDRESS);
        LibSsl.BIO_meth_set_destroy(method, LibSsl.callback(ours("destroy", destroy), destroy));
        return method;
    }

    private static MethodHandle ours(String name, FunctionDescriptor descriptor) {
        MethodType type = descriptor.toMethodType();
        try {
            return MethodHandles.lookup().findStatic(NativeBio.class, name, type);
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(e);
        }
    }

    private static int write(MemorySegment bio, MemorySegment source, int length) {
        int n = WIRES.get(bio.address()).writeForC(LibSsl.sized(source, length));
        return said(bio, n, LibSsl.BIO_FLAGS_WRITE);
    }

    private static int read(MemorySegment bio, MemorySegment target, int length) {
        int n = WIRES.get(bio.address()).readForC(LibSsl.sized(target, length));
        return said(bio, n, LibSsl.BIO_FLAGS_READ);
    }

    private static int said(MemorySegment bio, int n, int direction) {
        LibSsl.BIO_clear_flags(bio, RETRY_FLAGS);
        if (n == ScriptedWire.RETRY) {
            LibSsl.BIO_set_flags(bio, direction | LibSsl.BIO_FLAGS_SHOULD_RETRY);
            return -1;
        }
        return switch (n) {
            case ScriptedWire.CLOSED -> 0;
            case ScriptedWire.BROKEN -> -1;
            default -> n;
        };
    }

    private static long control(MemorySegment bio, int command, long number, MemorySegment data) {
        ScriptedWire wire = WIRES.get(bio.address());
        return switch (command) {
            case LibSsl.BIO_CTRL_FLUSH -> 1;
            case LibSsl.BIO_CTRL_EOF -> wire.in().isAtEnd() ? 1 : 0;
            case LibSsl.BIO_CTRL_PENDING -> wire.in().size();
            default -> 0;
        };
    }

    private static int destroy(MemorySegment bio) {
        WIRES.remove(bio.address());
        return 1;
    }
}
