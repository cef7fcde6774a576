package org.sslwrite.probe;

import org.sslwrite.pkcs11.cryptoki.ffi.Ckr;
import org.sslwrite.pkcs11.cryptoki.ffi.CryptokiFunctions;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;

/**
 * A session of the probe's own, with the memory that its calls point to and the objects made in it,
 * which {@link #close} wipes, frees and destroys. Each trial has a new one: what a failed call
 * leaves active ends with it.
 *
 * <p>The structures of the C API are arrays of CK_ULONGs and pointers here, as they are on 64-bit
 * Linux and macOS.
 */
final class RawSession implements AutoCloseable {
    private static final long CKF_SERIAL_SESSION = 4;
    private static final long CKF_RW_SESSION = 2;

    /** More than any token should add to its input. */
    private static final int ROOM = 256;

    private final CryptokiFunctions functions;
    private final long handle;
    private final Arena arena = Arena.ofConfined();
    private final List<MemorySegment> secrets = new ArrayList<>();
    private final List<Long> objects = new ArrayList<>();

    private RawSession(CryptokiFunctions functions, long handle) {
        this.functions = functions;
        this.handle = handle;
    }

    static RawSession open(CryptokiFunctions functions, long slot) throws TrialFailure {
        return new RawSession(functions, openHandle(functions, slot));
    }

    /** For who wants nothing but the session. */
    static long openHandle(CryptokiFunctions functions, long slot) throws TrialFailure {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment session = arena.allocate(ValueLayout.JAVA_LONG);
            check(
                    "C_OpenSession",
                    functions.C_OpenSession(
                            slot, CKF_SERIAL_SESSION | CKF_RW_SESSION, 0, 0, session.address()));
            return session.get(ValueLayout.JAVA_LONG, 0);
        }
    }

    static void check(String function, long rv) throws TrialFailure {
        if (rv != 0) {
            throw new TrialFailure(function + ": " + Ckr.name(rv));
        }
    }

    /** Memory with these bytes, which lives as long as this; wiped at the end. */
    MemorySegment bytes(byte[] content) {
        // Tokens have been seen to refuse a null pointer even for nothing.
        MemorySegment memory = arena.allocate(Math.max(content.length, 1), Long.BYTES);
        MemorySegment.copy(content, 0, memory, ValueLayout.JAVA_BYTE, 0, content.length);
        secrets.add(memory);
        return memory;
    }

    /** What is in such memory now. */
    static byte[] content(MemorySegment memory, int length) {
        return memory.asSlice(0, length).toArray(ValueLayout.JAVA_BYTE);
    }

    /** A structure of CK_ULONGs and pointers. */
    MemorySegment words(long... words) {
        return arena.allocateFrom(ValueLayout.JAVA_LONG, words);
    }

    /** A CK_MECHANISM with a structure as its parameter. */
    MemorySegment mechanism(long type, MemorySegment parameter) {
        return words(type, parameter.address(), parameter.byteSize());
    }

    MemorySegment mechanism(long type) {
        return words(type, 0, 0);
    }

    /** Makes a session object. */
    long create(Template template) throws TrialFailure {
        MemorySegment object = words(0);
        check(
                "C_CreateObject",
                functions.C_CreateObject(
                        handle, template.in(this).address(), template.count(), object.address()));
        return remember(object);
    }

    /** Makes a session object of another one. */
    long derive(MemorySegment mechanism, long base, Template template) throws TrialFailure {
        MemorySegment object = words(0);
        check(
                "C_DeriveKey",
                functions.C_DeriveKey(
                        handle,
                        mechanism.address(),
                        base,
                        template.in(this).address(),
                        template.count(),
                        object.address()));
        return remember(object);
    }

    private long remember(MemorySegment object) {
        long made = object.get(ValueLayout.JAVA_LONG, 0);
        objects.add(made);
        return made;
    }

    /** C_EncryptInit and C_Encrypt; gives as many bytes as the token says it wrote. */
    byte[] encrypt(MemorySegment mechanism, long key, byte[] plaintext, boolean inPlace)
            throws TrialFailure {
        check("C_EncryptInit", functions.C_EncryptInit(handle, mechanism.address(), key));
        MemorySegment in = room(plaintext);
        MemorySegment out = inPlace ? in : room(new byte[plaintext.length]);
        MemorySegment length = words(out.byteSize());
        check(
                "C_Encrypt",
                functions.C_Encrypt(
                        handle, in.address(), plaintext.length, out.address(), length.address()));
        return written("C_Encrypt", out, length);
    }

    /** C_SignInit and C_Sign, as above. */
    byte[] sign(MemorySegment mechanism, long key, byte[] message) throws TrialFailure {
        check("C_SignInit", functions.C_SignInit(handle, mechanism.address(), key));
        MemorySegment out = room(new byte[0]);
        MemorySegment length = words(out.byteSize());
        check(
                "C_Sign",
                functions.C_Sign(
                        handle,
                        bytes(message).address(),
                        message.length,
                        out.address(),
                        length.address()));
        return written("C_Sign", out, length);
    }

    /** One byte of a CK_BBOOL attribute. */
    boolean flag(long object, long attribute) throws TrialFailure {
        MemorySegment value = bytes(new byte[1]);
        MemorySegment template = words(attribute, value.address(), 1);
        check(
                "C_GetAttributeValue",
                functions.C_GetAttributeValue(handle, object, template.address(), 1));
        return value.get(ValueLayout.JAVA_BYTE, 0) != 0;
    }

    /** Whether the token gives the value of a key away. */
    boolean revealsValue(long object, long attribute) {
        MemorySegment value = room(new byte[0]);
        MemorySegment template = words(attribute, value.address(), value.byteSize());
        return functions.C_GetAttributeValue(handle, object, template.address(), 1) == 0;
    }

    private MemorySegment room(byte[] content) {
        MemorySegment memory = arena.allocate(content.length + ROOM, Long.BYTES);
        MemorySegment.copy(content, 0, memory, ValueLayout.JAVA_BYTE, 0, content.length);
        secrets.add(memory);
        return memory;
    }

    private static byte[] written(String function, MemorySegment out, MemorySegment length)
            throws TrialFailure {
        long said = length.get(ValueLayout.JAVA_LONG, 0);
        if (said < 0 || said > out.byteSize()) {
            throw new TrialFailure(
                    function
                            + " says it wrote "
                            + Long.toUnsignedString(said)
                            + " bytes where there is room for "
                            + out.byteSize());
        }
        return out.asSlice(0, said).toArray(ValueLayout.JAVA_BYTE);
    }

    /** Whatever has happened before; the token's answers do not matter any more. */
    @Override
    public void close() {
        try {
            for (long object : objects) {
                functions.C_DestroyObject(handle, object);
            }
            functions.C_CloseSession(handle);
        } finally {
            secrets.forEach(secret -> secret.fill((byte) 0));
            arena.close();
        }
    }
}
