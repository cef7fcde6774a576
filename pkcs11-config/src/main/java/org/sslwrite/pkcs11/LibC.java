package org.sslwrite.pkcs11;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.HashSet;
import java.util.Set;

/** What the C library knows of this process, and Java does not tell. Linux and macOS. */
@SuppressWarnings("restricted") // calling into C is what this is for
final class LibC {
    private static final Linker LINKER = Linker.nativeLinker();

    private LibC() {}

    /** The user as whom the process opens files (geteuid); null where users have no number. */
    static @Nullable Integer effectiveUser() {
        return number("geteuid");
    }

    /** The groups as whose member the process opens files (getegid, getgroups). */
    static Set<Integer> groups() {
        Set<Integer> groups = new HashSet<>();
        Integer own = number("getegid");
        if (own != null) {
            groups.add(own);
        }
        MethodHandle getgroups =
                function("getgroups", ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, address());
        if (getgroups == null) {
            return groups;
        }
        try (Arena arena = Arena.ofConfined()) {
            int count = (int) getgroups.invokeExact(0, MemorySegment.NULL);
            MemorySegment list = arena.allocate(ValueLayout.JAVA_INT, Math.max(1, count));
            int given = (int) getgroups.invokeExact(Math.max(0, count), list);
            for (int i = 0; i < Math.min(given, count); i++) {
                groups.add(list.getAtIndex(ValueLayout.JAVA_INT, i));
            }
            return groups;
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /** The bytes of an environment variable (getenv), which the caller wipes; null for none. */
    static byte @Nullable [] environment(String variable) {
        MethodHandle getenv = function("getenv", address(), address());
        if (getenv == null) {
            return null;
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment value = (MemorySegment) getenv.invokeExact(arena.allocateFrom(variable));
            if (value.address() == 0) {
                return null;
            }
            MemorySegment text = value.reinterpret(Long.MAX_VALUE);
            long length = 0;
            while (text.get(ValueLayout.JAVA_BYTE, length) != 0) {
                length++;
            }
            return text.asSlice(0, length).toArray(ValueLayout.JAVA_BYTE);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    private static @Nullable Integer number(String name) {
        MethodHandle function = function(name, ValueLayout.JAVA_INT);
        try {
            return function == null ? null : (int) function.invokeExact();
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    private static MemoryLayout address() {
        return ValueLayout.ADDRESS;
    }

    /** Null if there is none, or if this program may not call it (--enable-native-access). */
    private static @Nullable MethodHandle function(
            String name, MemoryLayout result, MemoryLayout... arguments) {
        if (OperatingSystem.current() == OperatingSystem.WINDOWS) {
            return null;
        }
        try {
            SymbolLookup system = LINKER.defaultLookup();
            MemorySegment address = system.find(name).orElse(null);
            return address == null
                    ? null
                    : LINKER.downcallHandle(address, FunctionDescriptor.of(result, arguments));
        } catch (IllegalCallerException e) {
            return null;
        }
    }

    private static RuntimeException unexpected(Throwable e) {
        if (e instanceof Error error) {
            throw error;
        }
        return e instanceof RuntimeException runtime ? runtime : new IllegalStateException(e);
    }
}
