package org.sslwrite.accel.nativecode;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Collections;

/**
 * Calls into C, by shape; the function comes with the call. Addresses are passed as numbers, which
 * allocates nothing.
 *
 * <p>Where an input's arena may be closed by another thread, its memory comes along as a last
 * argument, which C does not look at: until the call is over, the arena cannot be closed.
 *
 * <p>The calls that seal are linked as critical: the thread does not tell the virtual machine that
 * it leaves for C, which would cost a tenth of a small record, and arrays of the heap can be passed
 * as they are. A garbage collection waits for such a call to end, so none gets more than one
 * record: 16 KiB, a few microseconds.
 */
@SuppressWarnings("restricted") // calling into C is what this is for
public final class Downcalls {
    private static final Linker LINKER = Linker.nativeLinker();
    private static final MemoryLayout NUMBER = ValueLayout.JAVA_LONG;
    private static final MemoryLayout MEMORY = ValueLayout.ADDRESS;

    /** Key, key data: {@code aes_gcm_pre_t}. */
    private static final MethodHandle CALL_2 = critical(2);

    /** Context, tag, its length: {@code chacha_poly_finalize_t}. */
    private static final MethodHandle CALL_3 = critical(3);

    /** Key data, context, tag, its length: {@code aes_gcm_enc_dec_finalize_t}. */
    private static final MethodHandle CALL_4 = critical(4);

    /**
     * Key data, context, nonce, additional data, its length: {@code aes_gcm_init_t} and {@code
     * chacha_poly_init_t}.
     */
    private static final MethodHandle CALL_5 = critical(5);

    /**
     * Key data, context, output, input, its length: {@code aes_gcm_enc_dec_update_t} and {@code
     * chacha_poly_enc_dec_update_t}; then the memory.
     */
    private static final MethodHandle UPDATE = critical(5, MEMORY);

    /** The same, with the input in an array, or both. */
    private static final MethodHandle UPDATE_FROM_ARRAY =
            withArrays(NUMBER, NUMBER, NUMBER, MEMORY, NUMBER);

    private static final MethodHandle UPDATE_IN_ARRAY =
            withArrays(NUMBER, NUMBER, MEMORY, MEMORY, NUMBER);

    /**
     * Key data, context, output, input, its length, nonce, additional data, its length, tag, its
     * length: {@code aes_gcm_enc_dec_t}; then the memory.
     */
    private static final MethodHandle SEAL = critical(10, MEMORY);

    /**
     * Layout, output, input, its length, sequence number, content type: {@code seal} of {@link
     * org.sslwrite.accel.vaes.GcmFunctions}; then the memory.
     */
    private static final MethodHandle RECORD = critical(6, MEMORY);

    /** The same, with the input in an array, or both. */
    private static final MethodHandle RECORD_FROM_ARRAY =
            withArrays(NUMBER, NUMBER, MEMORY, NUMBER, NUMBER, NUMBER);

    private static final MethodHandle RECORD_IN_ARRAY =
            withArrays(NUMBER, MEMORY, MEMORY, NUMBER, NUMBER, NUMBER);

    /** A layout: {@code expand} of the same. */
    private static final MethodHandle CALL_1 = critical(1);

    /** Two numbers, and one that comes back. */
    private static final MethodHandle ASK =
            LINKER.downcallHandle(FunctionDescriptor.of(NUMBER, NUMBER, NUMBER));

    private Downcalls() {}

    private static MethodHandle critical(int numbers, MemoryLayout... more) {
        FunctionDescriptor function =
                FunctionDescriptor.ofVoid(
                                Collections.nCopies(numbers, NUMBER).toArray(MemoryLayout[]::new))
                        .appendArgumentLayouts(more);
        return LINKER.downcallHandle(function, Linker.Option.critical(false));
    }

    private static MethodHandle withArrays(MemoryLayout... arguments) {
        return LINKER.downcallHandle(
                FunctionDescriptor.ofVoid(arguments), Linker.Option.critical(true));
    }

    public static void call(MemorySegment function, long a) {
        try {
            CALL_1.invokeExact(function, a);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    public static void call(MemorySegment function, long a, long b) {
        try {
            CALL_2.invokeExact(function, a, b);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    public static void call(MemorySegment function, long a, long b, long c) {
        try {
            CALL_3.invokeExact(function, a, b, c);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    public static void call(MemorySegment function, long a, long b, long c, long d) {
        try {
            CALL_4.invokeExact(function, a, b, c, d);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    public static void call(MemorySegment function, long a, long b, long c, long d, long e) {
        try {
            CALL_5.invokeExact(function, a, b, c, d, e);
        } catch (Throwable thrown) {
            throw unexpected(thrown);
        }
    }

    public static void update(
            MemorySegment function,
            long key,
            long context,
            long out,
            long in,
            long length,
            MemorySegment memory) {
        try {
            UPDATE.invokeExact(function, key, context, out, in, length, memory);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    public static void updateFromArray(
            MemorySegment function,
            long key,
            long context,
            long out,
            MemorySegment in,
            long length) {
        try {
            UPDATE_FROM_ARRAY.invokeExact(function, key, context, out, in, length);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    public static void updateInArray(
            MemorySegment function, long key, long context, MemorySegment array, long length) {
        try {
            UPDATE_IN_ARRAY.invokeExact(function, key, context, array, array, length);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    public static void seal(
            MemorySegment function,
            long key,
            long context,
            long out,
            long in,
            long length,
            long nonce,
            long aad,
            long aadLength,
            long tag,
            long tagLength,
            MemorySegment memory) {
        try {
            SEAL.invokeExact(
                    function, key, context, out, in, length, nonce, aad, aadLength, tag, tagLength,
                    memory);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    public static void record(
            MemorySegment function,
            long layout,
            long out,
            long in,
            long length,
            long sequence,
            long contentType,
            MemorySegment memory) {
        try {
            RECORD.invokeExact(function, layout, out, in, length, sequence, contentType, memory);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    public static void recordFromArray(
            MemorySegment function,
            long layout,
            long out,
            MemorySegment in,
            long length,
            long sequence,
            long contentType) {
        try {
            RECORD_FROM_ARRAY.invokeExact(function, layout, out, in, length, sequence, contentType);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    public static void recordInArray(
            MemorySegment function,
            long layout,
            MemorySegment array,
            long length,
            long sequence,
            long contentType) {
        try {
            RECORD_IN_ARRAY.invokeExact(
                    function, layout, array, array, length, sequence, contentType);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /**
     * Calls a function that takes up to two numbers; may take its time. Arguments travel in
     * registers on x86-64, and a function does not look at those that it does not take.
     *
     * @return what it returns, if anything; above an {@code int} there is rubbish
     */
    public static long ask(MemorySegment function, long a, long b) {
        try {
            return (long) ASK.invokeExact(function, a, b);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /** C throws nothing: what comes is an Error of the virtual machine. */
    private static RuntimeException unexpected(Throwable e) {
        if (e instanceof Error error) {
            throw error;
        }
        return e instanceof RuntimeException known ? known : new IllegalStateException(e);
    }
}
