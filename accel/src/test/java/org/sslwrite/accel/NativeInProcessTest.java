package org.sslwrite.accel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.bouncycastle.asn1.tsp.MessageImprint;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.tls.TlsProtocol;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sslwrite.SslContext;
import org.sslwrite.accel.ipsecmb.InstalledLibrary;
import org.sslwrite.accel.ipsecmb.IpsecMbLocator;
import org.sslwrite.accel.vaes.VaesSwitch;
import org.sslwrite.pkcs11.config.TokenConfig;
import org.sslwrite.pkcs11.key.TokenSigner;
import org.sslwrite.protocol.CipherSuite;

import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

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
                + " --enable-native-access=ALL-UNNAMED; after it BC",
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
                + " --enable-native-access=ALL-UNNAMED; LIBRARY-after it BC",
    })
    void withoutTheLibrary(String option, String variable, String choice)
            throws IOException, InterruptedException {
        NativeEngine.VAES.assumeThere();
        String notWanted =
                "not ipsec-mb: is turned off by the environment variable SSLWRITE_IPSEC_MB; ";
        assertEquals(choice.replace("LIBRARY-", notWanted), choice(option, variable, "off"));
    }

    /** What is wrong is said with the module's name. */
    @Test
    void forbiddenToAModule() throws IOException, InterruptedException {
        InstalledLibrary.get();
        List<String> options =
                List.of(
                        "--illegal-native-access=deny",
                        "--module-path=" + modules(true),
                        "--add-modules=org.sslwrite");
        String printed = run(options, placeOf(NativeInProcessTest.class), "off", "");
        assertTrue(printed.contains("--enable-native-access=org.sslwrite.accel;"), printed);
    }

    /** As a module, the jar is found by the library that looks for its services. */
    @ParameterizedTest(name = "with the jar: {0}")
    @CsvSource({
        "true,  ipsec-mb; not vaes: is turned off by",
        "false, SunJCE; not vaes: the jar sslwrite-accel is not on",
    })
    void asModules(boolean withJar, String choice) throws IOException, InterruptedException {
        InstalledLibrary.get();
        String tests = placeOf(NativeInProcessTest.class);
        List<String> options =
                List.of(
                        "--enable-native-access=org.sslwrite.accel",
                        "--module-path=" + modules(withJar),
                        "--add-modules=org.sslwrite");
        String printed = run(options, tests, "off", "");
        assertTrue(printed.startsWith(choice), printed);
    }

    private static String modules(boolean withJar) {
        Stream<Class<?>> libraries =
                Stream.of(
                        SslContext.class,
                        TokenConfig.class,
                        TokenSigner.class,
                        BouncyCastleProvider.class,
                        PEMParser.class,
                        TlsProtocol.class,
                        MessageImprint.class);
        Stream<Class<?>> jar = withJar ? Stream.of(VaesSwitch.class) : Stream.of();
        return Stream.concat(libraries, jar)
                .map(NativeInProcessTest::placeOf)
                .collect(Collectors.joining(File.pathSeparator));
    }

    private static String placeOf(Class<?> type) {
        return Path.of(URI.create(type.getProtectionDomain().getCodeSource().getLocation() + ""))
                .toString();
    }

    private static String choice(String option, String vaes, String library)
            throws IOException, InterruptedException {
        return run(List.of(option), System.getProperty("java.class.path"), vaes, library);
    }

    private static String run(List<String> options, String classPath, String vaes, String library)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(options);
        command.addAll(List.of("-cp", classPath, PrintChoice.class.getName()));
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().put(VaesSwitch.VARIABLE, vaes);
        builder.environment().put(IpsecMbLocator.VARIABLE, library);
        Process process = builder.redirectError(ProcessBuilder.Redirect.DISCARD).start();
        String printed =
                new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertTrue(process.waitFor(60, TimeUnit.SECONDS));
        assertEquals(0, process.exitValue(), printed);
        return printed.strip();
    }
}
