package org.sslwrite.seal.nativelib;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sslwrite.SslContext;
import org.sslwrite.seal.CipherSuite;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** What a process prints of its choice, started in different ways. */
class NativeInProcessTest {
    /** What the process runs. */
    static final class PrintChoice {
        private PrintChoice() {}

        /** Prints which engine would seal, and why not the others. */
        public static void main(String[] args) {
            SslContext context = SslContext.builder().build();
            System.out.println(context.sealerFor(CipherSuite.TLS_AES_128_GCM_SHA256));
        }
    }

    private static final String NOT_WANTED =
            "not vaes: is turned off by the environment variable SSLWRITE_VAES; ";

    @ParameterizedTest(name = "{0} {1}")
    @CsvSource({
        "--enable-native-access=ALL-UNNAMED, '', 'ipsec-mb; VAES-after it SunJCE, BC'",
        "-Dorg.sslwrite.ipsec-mb=off, '',"
                + " SunJCE; VAES-not ipsec-mb: is turned off by the system property"
                + " org.sslwrite.ipsec-mb; after it BC",
        "-Dunused, off,"
                + " SunJCE; VAES-not ipsec-mb: is turned off by the environment variable"
                + " SSLWRITE_IPSEC_MB; after it BC",
        "--illegal-native-access=deny, '',"
                + " SunJCE; VAES-not ipsec-mb: FILE: calls into C are forbidden; start java with"
                + " --enable-native-access=org.sslwrite; after it BC",
    })
    void withoutVaes(String option, String variable, String choice)
            throws IOException, InterruptedException {
        String file = InstalledLibrary.get().file().toString();
        assertEquals(
                choice.replace("FILE", file).replace("VAES-", NOT_WANTED),
                choice(option, "off", variable));
    }

    @ParameterizedTest(name = "{0} {1}")
    @CsvSource({
        "--enable-native-access=ALL-UNNAMED, '', 'vaes; after it ipsec-mb, SunJCE, BC'",
        "-Dorg.sslwrite.vaes=on, off, 'vaes; after it ipsec-mb, SunJCE, BC'",
        "-Dorg.sslwrite.vaes=off, on,"
                + " SunJCE; not vaes: is turned off by the system property org.sslwrite.vaes;"
                + " LIBRARY-after it BC",
        "--illegal-native-access=deny, '',"
                + " SunJCE; not vaes: calls into C are forbidden; start java with"
                + " --enable-native-access=org.sslwrite; LIBRARY-after it BC",
    })
    void withoutTheLibrary(String option, String variable, String choice)
            throws IOException, InterruptedException {
        NativeEngine.VAES.assumeThere();
        String notWanted =
                "not ipsec-mb: is turned off by the environment variable SSLWRITE_IPSEC_MB; ";
        assertEquals(choice.replace("LIBRARY-", notWanted), choice(option, variable, "off"));
    }

    private static String choice(String option, String vaes, String library)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add(option);
        command.add("-cp");
        command.add(System.getProperty("java.class.path"));
        command.add(PrintChoice.class.getName());
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().put(VaesSwitch.VARIABLE, vaes);
        builder.environment().put(LibrarySearch.VARIABLE, library);
        Process process = builder.redirectError(ProcessBuilder.Redirect.DISCARD).start();
        String printed =
                new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertTrue(process.waitFor(60, TimeUnit.SECONDS));
        assertEquals(0, process.exitValue(), printed);
        return printed.strip();
    }
}
