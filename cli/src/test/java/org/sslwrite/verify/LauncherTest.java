package org.sslwrite.verify;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The script {@code sslwrite} in a checkout where nothing is built yet. */
class LauncherTest {
    private static final Path HERE = Script.CI.getParent();

    @TempDir private Path root;
    @TempDir private Path path;

    @BeforeEach
    void makeCheckout() throws IOException {
        for (String file : List.of("sslwrite", ".ci/find-jdk", ".ci/locale")) {
            Files.createDirectories(root.resolve(file).getParent());
            Files.copy(HERE.resolve(file), root.resolve(file));
        }
        Path help = Files.createDirectories(root.resolve("docs/help"));
        try (Stream<Path> texts = Files.list(HERE.resolve("docs/help"))) {
            for (Path text : texts.toList()) {
                Files.copy(text, help.resolve(text.getFileName()));
            }
        }
        // Not Maven: what it does is only to be seen.
        Files.writeString(
                Files.createFile(
                        path.resolve("mvn"),
                        PosixFilePermissions.asFileAttribute(
                                PosixFilePermissions.fromString("rwxr-xr-x"))),
                "#!/bin/sh\necho it builds\nexit 1\n");
    }

    private Script sslwrite(String... args) throws IOException, InterruptedException {
        List<String> command =
                new ArrayList<>(List.of("bash", root.resolve("sslwrite").toString()));
        command.addAll(List.of(args));
        String all = path + ":" + System.getenv("PATH");
        return Script.run(
                command,
                Map.of("PATH", all, "SSLWRITE_JAVA_HOME", System.getProperty("java.home")));
    }

    @ParameterizedTest(name = "sslwrite {0}")
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    # arguments            | exit | in what it says
                    --help                 | 0 | Commands:
                    -h                     | 0 | Commands:
                    --verbose --help       | 0 | Commands:
                    demo --help            | 0 | Usage: sslwrite demo
                    send -h                | 0 | Usage: sslwrite send
                    serve --port 1 --help  | 0 | Usage: sslwrite serve
                    bench --help           | 0 | Usage: sslwrite bench
                    bench --quick -h       | 0 | Usage: sslwrite bench
                    ''                     | 2 | sslwrite: which command? demo, serve, send, probe, config or bench; try 'sslwrite --help'
                    frobnicate             | 2 | sslwrite: unknown command 'frobnicate'; the commands are demo, serve, send, probe, config and bench; try 'sslwrite --help'
                    ../help                | 2 | sslwrite: unknown command '../help'
                    --frob                 | 2 | sslwrite: unknown option '--frob'; try 'sslwrite --help'
                    demo --frob            | 2 | sslwrite: unknown option '--frob'; try 'sslwrite demo --help'
                    demo --suit=A          | 2 | sslwrite: unknown option '--suit=A'; try 'sslwrite demo --help'
                    demo --.*              | 2 | sslwrite: unknown option '--.*'; try 'sslwrite demo --help'
                    bench --fast           | 2 | sslwrite: unknown option '--fast'; try 'sslwrite bench --help'
                    """)
    void saysWithoutABuild(String args, int exit, String said)
            throws IOException, InterruptedException {
        Script result = sslwrite(args.isEmpty() ? new String[0] : args.split(" "));
        assertAll(
                () -> assertEquals(exit, result.exit(), result.output()),
                () -> assertTrue(result.output().contains(said), result.output()),
                () -> assertFalse(result.output().contains("build"), result.output()),
                () -> assertFalse(Files.exists(root.resolve("target"))));
    }

    @ParameterizedTest(name = "sslwrite {0}")
    @CsvSource({
        "demo",
        "demo /a/file --suites=A --token softhsm",
        "send - host:1",
        "--verbose demo",
        "demo -- --help",
        "bench --quick",
        "--version"
    })
    void builds(String args) throws IOException, InterruptedException {
        Script result = sslwrite(args.split(" "));
        assertEquals(1, result.exit(), result.output());
        assertTrue(result.output().contains("sslwrite: building (first run"), result.output());
        assertTrue(result.output().contains("it builds"), result.output());
    }

    @ParameterizedTest
    @CsvSource({"target", "cli/target", "engine/target"})
    void whatCannotBeWrittenIsNamed(String folder) throws IOException, InterruptedException {
        Path unwritable = root.resolve(folder);
        Files.createDirectories(unwritable.getParent());
        // Not even root makes anything there.
        Files.createSymbolicLink(unwritable, Path.of("/proc/sslwrite/target"));
        Script result = sslwrite("demo");
        assertEquals(1, result.exit(), result.output());
        assertEquals(
                "sslwrite: must build itself, but cannot write to "
                        + root.toRealPath().resolve(folder)
                        + ": run it once as the owner of this checkout, or in a copy of your own",
                result.output().strip());
    }

    @Test
    void helpIsToldOfACheckoutThatCannotBeWritten() throws IOException, InterruptedException {
        Files.createSymbolicLink(root.resolve("target"), Path.of("/proc/sslwrite/target"));
        Script result = sslwrite("demo", "--help");
        assertEquals(0, result.exit(), result.output());
    }
}
