package org.sslwrite.softhsm;

import org.sslwrite.pkcs11.TokenException;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;

/** The little that must be asked of the process itself. */
@SuppressWarnings("restricted") // calls into the C library, which is what this is for
final class LibC {
    private static final Linker LINKER = Linker.nativeLinker();
    private static final long CKR_CRYPTOKI_NOT_INITIALIZED = 0x190;

    /** More than sizeof(CK_INFO) on any system. */
    private static final long ROOM_FOR_INFO = 256;

    private LibC() {}

    /**
     * Sets a variable for native code of this process (POSIX setenv): Java's own environment is a
     * copy, made when the JVM started.
     */
    static void setenv(String name, String value) throws TokenException {
        MemorySegment address =
                LINKER.defaultLookup()
                        .find("setenv")
                        .orElseThrow(() -> new TokenException("this system has no setenv (POSIX)"));
        MethodHandle setenv =
                LINKER.downcallHandle(
                        address,
                        FunctionDescriptor.of(
                                ValueLayout.JAVA_INT,
                                ValueLayout.ADDRESS,
                                ValueLayout.ADDRESS,
                                ValueLayout.JAVA_INT));
        try (Arena arena = Arena.ofConfined()) {
            int failed =
                    (int)
                            setenv.invokeExact(
                                    arena.allocateFrom(name), arena.allocateFrom(value), 1);
            if (failed != 0) {
                throw new TokenException("setenv " + name + " failed");
            }
        } catch (TokenException | RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new AssertionError(e); // a downcall throws nothing checked
        }
    }

    /** Whether somebody in this process has called the module's C_Initialize. */
    static boolean isInitialized(Path library) throws TokenException {
        MemorySegment address;
        try {
            // For ever: a module that is unloaded takes its threads and exit handlers by surprise.
            address =
                    SymbolLookup.libraryLookup(library, Arena.global())
                            .find("C_GetInfo")
                            .orElseThrow(
                                    () -> new TokenException(library + " is no PKCS#11 module"));
        } catch (IllegalArgumentException e) {
            throw new TokenException("cannot load " + library + ": " + e.getMessage(), e);
        }
        MethodHandle info =
                LINKER.downcallHandle(
                        address, FunctionDescriptor.of(ValueLayout.JAVA_LONG, ValueLayout.ADDRESS));
        try (Arena arena = Arena.ofConfined()) {
            long rv = (long) info.invokeExact(arena.allocate(ROOM_FOR_INFO, Long.BYTES));
            return rv != CKR_CRYPTOKI_NOT_INITIALIZED;
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new AssertionError(e); // a downcall throws nothing checked
        }
    }
}
