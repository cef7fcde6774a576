package org.sslwrite.cli;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sslwrite.pkcs11.cryptoki.CryptokiModule;
import org.sslwrite.pkcs11.cryptoki.CryptokiToken.KeyPairKind;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The soft token of openCryptoki, whose module works only beside its daemon. */
@Timeout(180)
class OpencryptokiTest {
    private static final int SIZE = 1_000_001;
    private static final String SUITES = "TLS_AES_128_GCM_SHA256,ECDHE-RSA-AES128-SHA256";

    /** Namespaces in which the system's paths are the test's own. */
    private static final List<String> NAMESPACES =
            List.of("--map-root-user", "--mount", "--ipc", "--pid", "--fork", "--mount-proc");

    @TempDir private Path folder;

    /** With what its soft token of each version has: RSA keys, AES-CBC and HMAC. */
    @ParameterizedTest(name = "{0}, {1}: sealed by {3}")
    @CsvSource({
        "cryptoki,  TLSv1.2, token-only, opencryptoki token",
        "cryptoki,  TLSv1.3, software,   SunJCE",
        "sunpkcs11, TLSv1.2, token-only, opencryptoki token",
        "sunpkcs11, TLSv1.3, software,   SunJCE"
    })
    void signsAndSeals(String engine, String version, String policy, String sealer)
            throws Exception {
        Path module = Programs.library("opencryptoki", "pkcs11/libopencryptoki.so");
        Programs.find("pkcsslotd");
        assumeNamespaces();
        Path file = Fixture.file(folder, "file", SIZE);
        List<Object> demo = new ArrayList<>(List.of("demo", file, "--json", "--peer", "self"));
        demo.addAll(List.of("--token", TokenSetup.uri(module, folder), "--key-in-token"));
        demo.addAll(List.of("--engine", engine, "--policy", policy, "--versions", version));
        demo.addAll(List.of("--suites", SUITES, "--provider", "SunJCE"));
        Cli.Result result = besideDaemon(module, demo.toArray());

        assertEquals(0, result.exit(), result.err());
        String row = result.out();
        assertAll(
                () -> assertTrue(row.contains("\"protocol\":\"" + version), row),
                () -> assertTrue(row.contains("\"sealed_by\":\"" + sealer), row),
                () -> assertTrue(row.contains("\"bytes\":" + SIZE), row),
                () -> assertTrue(row.contains("\"sha256_equal\":true"), row));
    }

    private static void assumeNamespaces() throws IOException, InterruptedException {
        Process process = unshare(List.of("true")).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        Assumptions.assumeTrue(
                process.waitFor() == 0, "needs root: nobody else may mount here: " + said.strip());
    }

    private static ProcessBuilder unshare(List<String> command) {
        List<String> all = new ArrayList<>(List.of(Programs.find("unshare")));
        all.addAll(NAMESPACES);
        all.add("--kill-child");
        all.addAll(command);
        return new ProcessBuilder(all);
    }

    /** Runs a command of ours after a key has been made. */
    private Cli.Result besideDaemon(Path module, Object... args) throws Exception {
        Path script = folder.resolve("script");
        try (InputStream in = getClass().getResourceAsStream("with-opencryptoki.sh")) {
            Files.copy(in, script);
        }
        List<String> command = new ArrayList<>(List.of("sh", script.toString()));
        command.addAll(List.of(folder.toString(), TokenSetup.LABEL, TokenSetup.PIN));
        command.addAll(Cli.java(folder, KeyThenCommand.class, module).command());
        command.addAll(Cli.process(folder, args).command());
        Path out = folder.resolve("out");
        Path err = folder.resolve("err");
        Process process =
                unshare(command).redirectOutput(out.toFile()).redirectError(err.toFile()).start();
        try {
            return new Cli.Result(process.waitFor(), Files.readString(out), Files.readString(err));
        } finally {
            process.destroyForcibly();
        }
    }

    /** Makes a key, then runs the command behind its first argument. */
    static final class KeyThenCommand {
        private KeyThenCommand() {}

        public static void main(String[] args) throws Exception {
            Path library = Path.of(args[0]);
            // The soft token of openCryptoki 3.8 has no elliptic curves.
            TokenSetup.makeKey(CryptokiModule.load(library, null), library, KeyPairKind.RSA_2048);
            List<String> command = Arrays.asList(args).subList(1, args.length);
            System.exit(new ProcessBuilder(command).inheritIO().start().waitFor());
        }
    }
}
