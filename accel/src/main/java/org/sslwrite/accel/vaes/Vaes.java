package org.sslwrite.accel.vaes;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;

/**
 * The code for both lengths of key, in memory where it can be called.
 *
 * @param aes128 for keys of 16 bytes
 * @param aes256 for keys of 32 bytes
 */
public record Vaes(GcmFunctions aes128, GcmFunctions aes256) {
    /**
     * What came of it.
     *
     * @param code null if it cannot run here
     * @param reason why not, in one line for a person; null if it can
     */
    public record Result(@Nullable Vaes code, @Nullable String reason) {
        /** It cannot run. */
        public static Result none(String reason) {
            return new Result(null, reason);
        }
    }

    /** Makes the code ready, if this machine, Linux on x86-64, can run it. Never throws. */
    public static Result ofThisMachine() {
        try {
            String objection = CpuFlags.ofThisMachine().objection();
            return objection != null ? Result.none(objection) : load();
        } catch (ExecutableMemory.RefusedException e) {
            return Result.none(String.valueOf(e.getMessage()));
        } catch (RuntimeException | LinkageError | OutOfMemoryError e) {
            return Result.none("cannot be loaded: " + e);
        }
    }

    private static Result load() throws ExecutableMemory.RefusedException {
        Assembler asm = new Assembler();
        Places aes128 = Places.write(asm, 16);
        Places aes256 = Places.write(asm, 32);
        MemorySegment code = ExecutableMemory.holding(asm.bytes());
        return new Result(new Vaes(aes128.in(code), aes256.in(code)), null);
    }

    /** Where the functions begin, in bytes from the code's start. */
    private record Places(int expand, int sealTls13, int sealTls12) {
        static Places write(Assembler asm, int keyLength) {
            GcmCode code = new GcmCode(asm, keyLength);
            int expand = begin(asm);
            code.writeExpand();
            int sealTls13 = begin(asm);
            code.writeSeal(true);
            int sealTls12 = begin(asm);
            code.writeSeal(false);
            code.writeConstants();
            return new Places(expand, sealTls13, sealTls12);
        }

        private static int begin(Assembler asm) {
            asm.align(GcmLayout.ALIGNMENT);
            return asm.position();
        }

        GcmFunctions in(MemorySegment code) {
            return new GcmFunctions(
                    code.asSlice(expand), code.asSlice(sealTls13), code.asSlice(sealTls12));
        }
    }
}
