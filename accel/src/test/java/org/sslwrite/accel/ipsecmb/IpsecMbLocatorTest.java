package org.sslwrite.accel.ipsecmb;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.sslwrite.accel.nativecode.Platform;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** Where the library is looked for, and files that are none. */
class IpsecMbLocatorTest {
    private static final String BY_PROPERTY =
            " (named by the system property org.sslwrite.ipsec-mb)";

    @TempDir private Path folder;

    @ParameterizedTest(name = "property \"{0}\", variable \"{1}\"")
    @CsvSource(
            delimiter = '|',
            value = {
                "off         |             | is turned off by the system property"
                        + " org.sslwrite.ipsec-mb",
                "            | off         | is turned off by the environment variable"
                        + " SSLWRITE_IPSEC_MB",
                "' '         | ' off '     | is turned off by the environment variable"
                        + " SSLWRITE_IPSEC_MB",
                "off         | /no/such    | is turned off by the system property"
                        + " org.sslwrite.ipsec-mb",
                "/no/such    | off         | /no/such: no such file (named by the system property"
                        + " org.sslwrite.ipsec-mb)",
                "            | /no/such    | /no/such: no such file (named by the environment"
                        + " variable SSLWRITE_IPSEC_MB)",
                "/           |             | /: not a file (named by the system property"
                        + " org.sslwrite.ipsec-mb)",
            })
    void named(String property, String variable, String reason) {
        IpsecMbLocator.Result result = IpsecMbLocator.search(property, variable, List.of());
        assertNull(result.library());
        assertEquals(reason, result.reason());
    }

    @Test
    void nameThatNoFileCanHave() {
        IpsecMbLocator.Result result = IpsecMbLocator.search("a\0b", null, List.of());
        assertNull(result.library());
        assertNotNull(result.reason());
    }

    @Test
    void notInstalled() {
        IpsecMbLocator.Result result =
                IpsecMbLocator.search(null, null, List.of(folder.resolve("libIPSec_MB.so.1")));
        assertEquals(
                "is not installed: there is neither libIPSec_MB.so.2 nor libIPSec_MB.so.1 (Debian"
                        + " and Ubuntu: package libipsec-mb2 or libipsec-mb1);"
                        + " elsewhere, name it by -Dorg.sslwrite.ipsec-mb=FILE",
                result.reason());
    }

    @Test
    void theFirstThatCanBeUsedIsUsed() throws IOException {
        Path good = InstalledLibrary.get().file();
        Path bad =
                Files.writeString(
                        folder.resolve("bad"), "not a library, though long enough ".repeat(9));
        IpsecMbLocator.Result result =
                IpsecMbLocator.search(null, null, List.of(folder.resolve("none"), bad, good));
        IpsecMb library = result.library();
        assertNotNull(library, result.reason());
        assertEquals(good, library.file());
        assertTrue(library.toString().matches(".+, version \\d+\\.\\d+\\.\\d+"));
    }

    @Test
    void everyReasonIsKept() throws IOException {
        Path empty = Files.createFile(folder.resolve("empty"));
        Path text = Files.writeString(folder.resolve("text"), "x".repeat(1000));
        IpsecMbLocator.Result result = IpsecMbLocator.search(null, null, List.of(empty, text));
        assertEquals(
                empty
                        + ": no shared library: 0 bytes; "
                        + text
                        + ": no shared library: not an ELF file",
                result.reason());
    }

    @ParameterizedTest
    @CsvSource({
        "Linux,    amd64,   true",
        "Linux,    x86_64,  true",
        "Linux,    aarch64, false",
        "Linux,    i386,    false",
        "Mac OS X, x86_64,  false",
        "Windows 11, amd64, false",
    })
    void systems(String system, String architecture, boolean usable) {
        String objection = Platform.objectionTo(system, architecture);
        assertEquals(usable, objection == null);
        if (objection != null) {
            assertTrue(objection.contains(system) && objection.contains(architecture), objection);
        }
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.000005, 0.00001, 0.01, 0.25, 0.5, 0.75, 0.95})
    void truncated(double part) throws IOException {
        byte[] whole = Files.readAllBytes(InstalledLibrary.get().file());
        Path file = folder.resolve("truncated");
        Files.write(file, Arrays.copyOf(whole, (int) (whole.length * part)));
        String reason = reasonAgainst(file);
        assertTrue(
                reason.startsWith(file + ": truncated")
                        || reason.startsWith(file + ": no shared library: "),
                reason);
    }

    /** A header that is right but for one field. */
    @ParameterizedTest(name = "{3}")
    @CsvSource({
        "0,  0,    1, no shared library: not an ELF file",
        "4,  1,    1, a file for another machine than x86-64",
        "5,  2,    1, a file for another machine than x86-64",
        "18, 183,  2, a file for another machine than x86-64",
        "16, 1,    2, 'an ELF file, but no shared library'",
        "54, 32,   2, truncated or damaged: its program headers are missing",
        "32, -1,   8, truncated or damaged: its program headers are missing",
        "32, 9223372036854775807, 8, truncated or damaged: its program headers are missing",
        "56, 65535, 2, truncated or damaged: its program headers are missing",
        "56, 0,    2, damaged: it has nothing to load",
        "72, -1,   8, 'truncated: 176 bytes, less than it says it has'",
        "96, -1,   8, 'truncated: 176 bytes, less than it says it has'",
        "96, 177,  8, 'truncated: 176 bytes, less than it says it has'",
        "64, 4,    4, damaged: it has nothing to load",
        "120, 4,   4, damaged: it has nothing to load",
    })
    void damaged(int at, long value, int length, String reason) throws IOException {
        ByteBuffer header = elfHeader();
        switch (length) {
            case 1 -> header.put(at, (byte) value);
            case 2 -> header.putShort(at, (short) value);
            case 4 -> header.putInt(at, (int) value);
            default -> header.putLong(at, value);
        }
        Path file = Files.write(folder.resolve("damaged"), header.array());
        assertEquals(file + ": " + reason + BY_PROPERTY, reasonAgainst(file));
    }

    /** Header and two program headers: all of it to load, and where the dynamic section is. */
    private static ByteBuffer elfHeader() {
        ByteBuffer header = ByteBuffer.allocate(176).order(ByteOrder.LITTLE_ENDIAN);
        header.put(0, new byte[] {0x7F, 'E', 'L', 'F', 2, 1, 1});
        header.putShort(16, (short) 3).putShort(18, (short) 62).putLong(32, 64);
        header.putShort(54, (short) 56).putShort(56, (short) 2);
        header.putInt(64, 1).putLong(72, 0).putLong(96, 176);
        header.putInt(120, 2);
        return header;
    }

    /** Which the dynamic loader refuses: it has the right shape, and nothing in it. */
    @Test
    void emptyShape() throws IOException {
        Path file = Files.write(folder.resolve("shape"), elfHeader().array());
        assertEquals(
                file
                        + ": the dynamic loader refuses it; ldd says if another library is missing"
                        + BY_PROPERTY,
                reasonAgainst(file));
    }

    /** A shared library that every JDK has. */
    @Test
    void anotherLibrary() {
        Path file = Path.of(System.getProperty("java.home"), "lib", "libzip.so");
        assertEquals(file + ": has no function imb_get_version" + BY_PROPERTY, reasonAgainst(file));
    }

    private static String reasonAgainst(Path file) {
        IpsecMbLocator.Result result = IpsecMbLocator.search(file.toString(), null, List.of());
        assertNull(result.library());
        assertNotNull(result.reason());
        return result.reason();
    }
}
