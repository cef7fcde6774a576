package org.sslwrite.accel.vaes;

import org.sslwrite.accel.nativecode.NativeAccess;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;

/** Code in memory of its own, from Linux: first writable, then executable, never both. */
@SuppressWarnings("restricted") // calling into C is what this is for
final class ExecutableMemory {
    private static final int PROT_READ = 1;
    private static final int PROT_WRITE = 2;
    private static final int PROT_EXEC = 4;
    private static final int MAP_PRIVATE = 0x02;
    private static final int MAP_ANONYMOUS = 0x20;
    private static final int NO_FILE = -1;
    private static final long MAP_FAILED = -1;

    private static final MemoryLayout NUMBER = ValueLayout.JAVA_LONG;
    private static final MemoryLayout INT = ValueLayout.JAVA_INT;
    private static final MemoryLayout ERRORS = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO =
            ERRORS.varHandle(MemoryLayout.PathElement.groupElement("errno"));

    private ExecutableMemory() {}

    /** The system gives no such memory. */
    static final class RefusedException extends Exception {
        private static final long serialVersionUID = 1L;

        private RefusedException(String message) {
            super(message);
        }
    }

    /**
     * Copies code to where it can be called, until the process ends.
     *
     * @throws RefusedException if the system does not allow it, or Java does not
     */
    static MemorySegment holding(byte[] code) throws RefusedException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment errors = arena.allocate(ERRORS);
            long address =
                    (long)
                            function("mmap", NUMBER, NUMBER, NUMBER, INT, INT, INT, NUMBER)
                                    .invokeExact(
                                            errors,
                                            0L,
                                            (long) code.length,
                                            PROT_READ | PROT_WRITE,
                                            MAP_PRIVATE | MAP_ANONYMOUS,
                                            NO_FILE,
                                            0L);
            if (address == MAP_FAILED) {
                throw refused("mmap", errors);
            }
            MemorySegment memory = MemorySegment.ofAddress(address).reinterpret(code.length);
            memory.copyFrom(MemorySegment.ofArray(code));
            int failed =
                    (int)
                            function("mprotect", INT, NUMBER, NUMBER, INT)
                                    .invokeExact(
                                            errors,
                                            address,
                                            (long) code.length,
                                            PROT_READ | PROT_EXEC);
            if (failed != 0) {
                RefusedException refused = refused("mprotect", errors);
                int unmapped =
                        (int)
                                function("munmap", INT, NUMBER, NUMBER)
                                        .invokeExact(errors, address, (long) code.length);
                throw unmapped == 0 ? refused : refused("munmap", errors);
            }
            return memory;
        } catch (IllegalCallerException e) {
            throw new RefusedException(NativeAccess.refusal());
        } catch (RefusedException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new RefusedException("no memory can be made executable: " + e);
        }
    }

    private static MethodHandle function(
            String name, MemoryLayout result, MemoryLayout... arguments) {
        Linker linker = Linker.nativeLinker();
        return linker.downcallHandle(
                linker.defaultLookup().findOrThrow(name),
                FunctionDescriptor.of(result, arguments),
                Linker.Option.captureCallState("errno"));
    }

    private static RefusedException refused(String function, MemorySegment errors) {
        return new RefusedException(
                "no memory can be made executable here: %s failed with errno %d"
                        .formatted(function, (int) ERRNO.get(errors, 0L)));
    }
}
