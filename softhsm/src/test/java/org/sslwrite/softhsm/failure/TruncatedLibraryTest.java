package org.sslwrite.softhsm.failure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sslwrite.pkcs11.TokenException;
import org.sslwrite.pkcs11.config.TokenConfig;
import org.sslwrite.pkcs11.cryptoki.CryptokiModule;
import org.sslwrite.softhsm.SoftwareToken;
import org.sslwrite.softhsm.SoftwareToken.Kind;
import org.sslwrite.softhsm.junit.WithToken;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A library that was cut off, as by an installation that failed. The dynamic loader does not look
 * at a file's length: it kills the process with SIGBUS where the file ends too early. So this is
 * tried in another process.
 */
@Timeout(60)
class TruncatedLibraryTest {
    @TempDir private Path folder;

    @ParameterizedTest
    @ValueSource(ints = {1, 45, 99})
    void libraryIsRefusedInWords(int percent, @WithToken(Kind.SOFTHSM) SoftwareToken softhsm)
            throws Exception {
        TokenConfig config = softhsm.config();
        byte[] whole = Files.readAllBytes(config.module());
        byte[] part = Arrays.copyOf(whole, whole.length / 100 * percent);
        Path library = Files.write(folder.resolve("libtruncated.so"), part);
        Process process =
                new ProcessBuilder(
                                List.of(
                                        Path.of(System.getProperty("java.home"), "bin", "java")
                                                .toString(),
                                        "--enable-native-access=ALL-UNNAMED",
                                        "-XX:-CreateCoredumpOnCrash",
                                        "-XX:ErrorFile=" + folder.resolve("crash.log"),
                                        "-cp",
                                        System.getProperty("java.class.path"),
                                        TruncatedLibraryTest.class.getName(),
                                        library.toString()))
                        .redirectErrorStream(true)
                        .start();
        byte[] output = process.getInputStream().readAllBytes();
        assertTrue(process.waitFor(30, TimeUnit.SECONDS));
        String text = new String(output, StandardCharsets.UTF_8);
        assertEquals(0, process.exitValue(), text);
        assertTrue(text.contains("PKCS#11 module " + library + ": cannot be loaded: "), text);
    }

    /** In the other process. */
    public static void main(String[] arguments) {
        try {
            CryptokiModule.load(Path.of(arguments[0]), null);
            System.out.println("loaded");
        } catch (TokenException e) {
            System.out.println(e.getMessage());
        }
    }
}
