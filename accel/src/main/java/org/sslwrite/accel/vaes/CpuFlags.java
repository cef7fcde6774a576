package org.sslwrite.accel.vaes;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * What the processors of this machine can do, and Linux lets programs do: a flag is missing from
 * {@code /proc/cpuinfo} where the system does not save the registers that it is about.
 *
 * @param sets the flags of each processor; none if the file cannot be read
 */
record CpuFlags(List<List<String>> sets) {
    private static final Path FILE = Path.of("/proc/cpuinfo");

    private static final List<String> NEEDED =
            List.of(
                    "aes",
                    "avx",
                    "avx512f",
                    "avx512bw",
                    "avx512dq",
                    "avx512vl",
                    "vaes",
                    "vpclmulqdq",
                    "bmi2");

    static CpuFlags ofThisMachine() {
        return of(FILE);
    }

    static CpuFlags of(Path file) {
        try (Stream<String> lines = Files.lines(file, StandardCharsets.ISO_8859_1)) {
            return new CpuFlags(lines.flatMap(CpuFlags::flags).toList());
        } catch (IOException | java.io.UncheckedIOException e) {
            return new CpuFlags(List.of());
        }
    }

    /** A line is {@code flags : fpu vme …}. */
    private static Stream<List<String>> flags(String line) {
        int colon = line.indexOf(':');
        boolean isFlags = colon >= 0 && line.substring(0, colon).strip().equals("flags");
        return isFlags
                ? Stream.of(Arrays.asList(line.substring(colon + 1).strip().split("\\s+")))
                : Stream.empty();
    }

    /** Why the code cannot run on all of them; null if it can. */
    @Nullable String objection() {
        if (sets.isEmpty()) {
            return FILE + " does not say what this CPU can do";
        }
        List<String> missing =
                NEEDED.stream()
                        .filter(flag -> !sets.stream().allMatch(set -> set.contains(flag)))
                        .toList();
        return missing.isEmpty() ? null : "this CPU lacks " + String.join(", ", missing);
    }
}
