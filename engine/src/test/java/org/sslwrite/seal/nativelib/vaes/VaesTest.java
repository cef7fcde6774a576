package org.sslwrite.seal.nativelib.vaes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;

/** Where the code is not used, and why. */
class VaesTest {
    private static final String ABLE =
            "fpu bmi2 avx512f avx512dq avx512bw avx512vl vaes vpclmulqdq fsrm";

    @TempDir private Path folder;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            value = {
                "-   | -     | -",
                "''  | ''    | -",
                "on  | off   | -",
                "-   | on    | -",
                "off | on    | is turned off by the system property org.sslwrite.vaes",
                "-   | ' off'| is turned off by the environment variable SSLWRITE_VAES",
                "-   | no    | is not used, as the environment variable SSLWRITE_VAES is neither on"
                        + " nor off but \"no\"",
            })
    void switches(String property, String variable, String objection) {
        assertEquals(objection, Vaes.objectionOf(property, variable));
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                "Linux, amd64, -",
                "Linux, x86_64, -",
                "Linux, aarch64," + " 'is used on Linux for x86-64 only, not on Linux for aarch64'",
                "Windows 11, amd64,"
                        + " 'is used on Linux for x86-64 only, not on Windows 11 for amd64'",
            })
    void systems(String system, String architecture, String objection) {
        assertEquals(objection, Vaes.objectionTo(system, architecture));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"avx512f", "avx512bw", "avx512dq", "avx512vl", "vaes", "vpclmulqdq", "bmi2"})
    void oneProcessorWithout(String flag) throws IOException {
        String unable = (" " + ABLE + " ").replace(" " + flag + " ", " ");
        assertEquals("this CPU lacks " + flag, objection(ABLE, unable));
        assertNull(objection(ABLE, ABLE + " more"));
    }

    private String objection(String... flags) throws IOException {
        StringBuilder lines = new StringBuilder();
        for (String set : flags) {
            lines.append("processor\t: 0\nflags\t\t: ").append(set).append("\nbugs\t\t: vaes\n\n");
        }
        Path file = folder.resolve("cpuinfo");
        Files.writeString(file, lines);
        return CpuFlags.of(file).objection();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "flags", ":", "vmx flags : vaes\n", "Features : aes pmull\n"})
    void fileThatSaysNothing(String content) throws IOException {
        Path file = folder.resolve("cpuinfo");
        assertEquals(
                "/proc/cpuinfo does not say what this CPU can do", CpuFlags.of(file).objection());
        Files.writeString(file, content);
        assertEquals(
                "/proc/cpuinfo does not say what this CPU can do", CpuFlags.of(file).objection());
    }

    @Test
    void flagsThatAreEmpty() throws IOException {
        assertEquals(
                "this CPU lacks avx512f, avx512bw, avx512dq, avx512vl, vaes, vpclmulqdq, bmi2",
                objection(""));
    }

    @Test
    @SuppressWarnings("restricted")
    void codeRunsWhereItWasPut() throws Throwable {
        Assembler asm = new Assembler();
        asm.mov(Assembler.Gpr.RAX, 0x0123456789ABCDEFL);
        asm.ret();
        MemorySegment code = ExecutableMemory.holding(asm.bytes());
        long returned =
                (long)
                        Linker.nativeLinker()
                                .downcallHandle(FunctionDescriptor.of(ValueLayout.JAVA_LONG))
                                .invokeExact(code);
        assertEquals(0x0123456789ABCDEFL, returned);
    }

    /** Of a size that no system has. */
    @Test
    void memoryThatTheSystemRefuses() {
        ExecutableMemory.RefusedException refused =
                assertThrows(
                        ExecutableMemory.RefusedException.class,
                        () -> ExecutableMemory.holding(new byte[0]));
        assertTrue(
                String.valueOf(refused.getMessage())
                        .startsWith(
                                "no memory can be made executable here: mmap failed with errno"),
                refused.toString());
    }
}
