package org.sslwrite.pkcs11.cryptoki;

import org.jspecify.annotations.Nullable;
import org.sslwrite.pkcs11.cryptoki.ffi.Ckr;
import org.sslwrite.pkcs11.cryptoki.ffi.CryptokiException;
import org.sslwrite.pkcs11.cryptoki.ffi.CryptokiFunctions;
import org.sslwrite.pkcs11.cryptoki.ffi.Layouts;
import org.sslwrite.pkcs11.cryptoki.ffi.Structure;
import org.sslwrite.pkcs11.cryptoki.ffi.Template;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Finds and reads what is in a token. */
final class TokenObjects {
    /** Handles asked for at a time. */
    private static final int BATCH = 64;

    /** More than these are not looked at: tokens are small. */
    private static final int MAX_FOUND = 10_000;

    private static final long VALUE_AT = Layouts.offset(Layouts.ATTRIBUTE, "pValue");
    private static final long LENGTH_AT = Layouts.offset(Layouts.ATTRIBUTE, "ulValueLen");

    /** Bytes of an attribute; far above keys and certificates. */
    private static final int MAX_VALUE = 1 << 16;

    /** Room for a value that is read ahead; a longer one is read by itself. */
    private static final int ROOM = 4096;

    private final TokenSessions sessions;
    private final CryptokiFunctions functions;
    private final Map<Attribute, byte[]> ahead = new HashMap<>();

    private record Attribute(long object, long type) {}

    TokenObjects(CryptokiToken token) {
        this.sessions = token.sessions();
        this.functions = sessions.functions();
    }

    /** The handles of all objects that are as the template says. */
    List<Long> find(Template template) throws CryptokiException {
        return sessions.operate(
                "C_FindObjectsInit",
                session ->
                        functions.C_FindObjectsInit(session, template.address(), template.count()),
                session -> {
                    List<Long> found = found(session);
                    sessions.check("C_FindObjectsFinal", functions.C_FindObjectsFinal(session));
                    return found;
                });
    }

    private List<Long> found(long session) throws CryptokiException {
        List<Long> found = new ArrayList<>();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment handles = arena.allocate(ValueLayout.JAVA_LONG, BATCH);
            MemorySegment count = arena.allocate(ValueLayout.JAVA_LONG);
            while (found.size() < MAX_FOUND) {
                sessions.check(
                        "C_FindObjects",
                        functions.C_FindObjects(
                                session, handles.address(), BATCH, count.address()));
                long given = count.get(ValueLayout.JAVA_LONG, 0);
                if (given < 0 || given > BATCH) {
                    throw sessions.failure("C_FindObjects", Ckr.CKR_OK, "it counts " + given);
                }
                for (int i = 0; i < given; i++) {
                    found.add(handles.getAtIndex(ValueLayout.JAVA_LONG, i));
                }
                if (given == 0) {
                    break;
                }
            }
        }
        return found;
    }

    /**
     * Reads several attributes by one call, for those who will ask for them. What the token does
     * not give all together is asked for one by one.
     */
    void readAhead(long object, long... types) throws CryptokiException {
        sessions.<Boolean, CryptokiException>call(session -> readAhead(session, object, types));
    }

    private boolean readAhead(long session, long object, long... types) {
        long size = Layouts.ATTRIBUTE.byteSize();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment values = arena.allocate((long) ROOM * types.length);
            MemorySegment template = arena.allocate(size * types.length, Long.BYTES);
            for (int i = 0; i < types.length; i++) {
                template.set(ValueLayout.JAVA_LONG, size * i, types[i]);
                template.set(
                        ValueLayout.JAVA_LONG,
                        size * i + VALUE_AT,
                        values.address() + (long) ROOM * i);
                template.set(ValueLayout.JAVA_LONG, size * i + LENGTH_AT, ROOM);
            }
            boolean all =
                    functions.C_GetAttributeValue(session, object, template.address(), types.length)
                            == Ckr.CKR_OK;
            for (int i = 0; all && i < types.length; i++) {
                long length = template.get(ValueLayout.JAVA_LONG, size * i + LENGTH_AT);
                if (length >= 0 && length <= ROOM) {
                    byte[] value =
                            values.asSlice((long) ROOM * i, length).toArray(ValueLayout.JAVA_BYTE);
                    ahead.put(new Attribute(object, types[i]), value);
                }
            }
            return all;
        }
    }

    /** An attribute's value; null if the object has none or doesn't show it. */
    byte @Nullable [] attribute(long object, long type) throws CryptokiException {
        byte[] known = ahead.get(new Attribute(object, type));
        if (known != null) {
            return known;
        }
        return sessions.call(session -> attribute(session, object, type));
    }

    private byte @Nullable [] attribute(long session, long object, long type)
            throws CryptokiException {
        try (Arena arena = Arena.ofConfined()) {
            Structure attribute = new Structure(arena, Layouts.ATTRIBUTE).ulong("type", type);
            if (!read(session, object, attribute)) {
                return null;
            }
            long length = attribute.ulong("ulValueLen");
            requireLength(length, MAX_VALUE);
            MemorySegment value = arena.allocate(Math.max(1, length));
            attribute.ulong("pValue", value.address());
            if (!read(session, object, attribute)) {
                return null;
            }
            long given = attribute.ulong("ulValueLen");
            requireLength(given, length);
            byte[] bytes = value.asSlice(0, given).toArray(ValueLayout.JAVA_BYTE);
            value.fill((byte) 0);
            return bytes;
        }
    }

    private boolean read(long session, long object, Structure attribute) throws CryptokiException {
        long rv = functions.C_GetAttributeValue(session, object, attribute.address(), 1);
        if (rv == Ckr.CKR_ATTRIBUTE_TYPE_INVALID || rv == Ckr.CKR_ATTRIBUTE_SENSITIVE) {
            return false;
        }
        sessions.check("C_GetAttributeValue", rv);
        return attribute.ulong("ulValueLen") != -1; // CK_UNAVAILABLE_INFORMATION
    }

    private void requireLength(long length, long most) throws CryptokiException {
        if (length < 0 || length > most) {
            throw sessions.failure(
                    "C_GetAttributeValue",
                    Ckr.CKR_OK,
                    "it gives an attribute of " + Long.toUnsignedString(length) + " bytes");
        }
    }

    /** A CK_ULONG attribute; -1 if the object has none. */
    long ulong(long object, long type) throws CryptokiException {
        byte[] value = attribute(object, type);
        return value == null || value.length != Long.BYTES
                ? -1
                : MemorySegment.ofArray(value).get(ValueLayout.JAVA_LONG_UNALIGNED, 0);
    }

    /** A CK_BBOOL attribute; false if the object has none. */
    boolean flag(long object, long type) throws CryptokiException {
        byte[] value = attribute(object, type);
        return value != null && value.length == 1 && value[0] != 0;
    }

    /** A text attribute, fit to print; empty if the object has none. */
    String text(long object, long type) throws CryptokiException {
        byte[] value = attribute(object, type);
        return value == null
                ? ""
                : new String(value, StandardCharsets.UTF_8).replaceAll("\\p{Cntrl}", "?");
    }
}
