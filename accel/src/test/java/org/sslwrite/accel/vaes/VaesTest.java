package org.sslwrite.accel.vaes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
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
            "fpu aes avx bmi2 avx512f avx512dq avx512bw avx512vl vaes vpclmulqdq fsrm";

    @TempDir private Path folder;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "aes",
                "avx",
                "avx512f",
                "avx512bw",
                "avx512dq",
                "avx512vl",
                "vaes",
                "vpclmulqdq",
                "bmi2"
            })
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
                "this CPU lacks aes, avx, avx512f, avx512bw, avx512dq, avx512vl, vaes, vpclmulqdq,"
                        + " bmi2",
                objection(""));
    }

    @Test
    @EnabledOnOs(
            value = OS.LINUX,
            architectures = {"amd64", "x86_64"},
            disabledReason = "the code is for x86-64, and Linux tells of its permissions")
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
        assertEquals("r-xp", permissions(code.address()), "readable, executable, not writable");
    }

    /** As in {@code 7f12a000-7f12c000 r-xp 00000000 00:00 0}. */
    private static String permissions(long address) throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/self/maps"))) {
            String[] words = line.split(" ");
            String[] ends = words[0].split("-");
            if (Long.compareUnsigned(Long.parseUnsignedLong(ends[0], 16), address) <= 0
                    && Long.compareUnsigned(address, Long.parseUnsignedLong(ends[1], 16)) < 0) {
                return words[1];
            }
        }
        throw new AssertionError("no memory at " + Long.toHexString(address));
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
