package org.sslwrite.seal.nativelib.vaes;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.util.Locale;

/**
 * The code for both lengths of key, in memory where it can be called.
 *
 * @param aes128 for keys of 16 bytes
 * @param aes256 for keys of 32 bytes
 */
public record Vaes(GcmFunctions aes128, GcmFunctions aes256) {
    /** A system property that says {@code off} where the code is not to be used. */
    public static final String PROPERTY = "org.sslwrite.vaes";

    /** The same in the environment; the property counts first. */
    public static final String VARIABLE = "SSLWRITE_VAES";

    private static final String OFF = "off";
    private static final String ON = "on";
    private static final int ALIGNMENT = 64;

    /**
     * What came of it.
     *
     * @param code null if it cannot run here
     * @param reason why not, in one line for a person; null if it can
     */
    public record Result(@Nullable Vaes code, @Nullable String reason) {
        private static Result none(String reason) {
            return new Result(null, reason);
        }
    }

    /** Makes the code ready, if it is wanted and this machine can run it. Never throws. */
    public static Result ofThisProcess() {
        String objection = objectionOf(System.getProperty(PROPERTY), System.getenv(VARIABLE));
        if (objection == null) {
            objection = objectionTo(System.getProperty("os.name"), System.getProperty("os.arch"));
        }
        if (objection == null) {
            objection = CpuFlags.ofThisMachine().objection();
        }
        return objection != null ? Result.none(objection) : load();
    }

    /** Whether the user wants it. */
    static @Nullable String objectionOf(@Nullable String property, @Nullable String variable) {
        boolean hasProperty = property != null && !property.isBlank();
        String value = hasProperty ? property : variable;
        String by =
                hasProperty
                        ? "the system property " + PROPERTY
                        : "the environment variable " + VARIABLE;
        if (value == null || value.isBlank() || value.strip().equals(ON)) {
            return null;
        }
        return value.strip().equals(OFF)
                ? "is turned off by " + by
                : "is not used, as " + by + " is neither on nor off but \"" + value + "\"";
    }

    /** Elsewhere functions are called in another way, or the processor is another. */
    static @Nullable String objectionTo(String system, String architecture) {
        boolean linux = system.toLowerCase(Locale.ROOT).startsWith("linux");
        boolean x86 = architecture.equals("amd64") || architecture.equals("x86_64");
        return linux && x86
                ? null
                : "is used on Linux for x86-64 only, not on " + system + " for " + architecture;
    }

    private static Result load() {
        Assembler asm = new Assembler();
        Places aes128 = Places.write(asm, 16);
        Places aes256 = Places.write(asm, 32);
        try {
            MemorySegment code = ExecutableMemory.holding(asm.bytes());
            return new Result(new Vaes(aes128.in(code), aes256.in(code)), null);
        } catch (ExecutableMemory.RefusedException e) {
            return Result.none(String.valueOf(e.getMessage()));
        } catch (RuntimeException | LinkageError e) {
            return Result.none("cannot be loaded: " + e);
        }
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
            asm.align(ALIGNMENT);
            return asm.position();
        }

        GcmFunctions in(MemorySegment code) {
            return new GcmFunctions(
                    code.asSlice(expand), code.asSlice(sealTls13), code.asSlice(sealTls12));
        }
    }
}
