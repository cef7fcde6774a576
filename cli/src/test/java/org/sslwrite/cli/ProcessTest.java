package org.sslwrite.cli;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** What only a process of its own shows: exit codes, pure output, signals. */
class ProcessTest {
    private static final int TERMINATED = 128 + 15;

    @TempDir private Path folder;
    @TempDir private Path temporary;

    @Test
    void failureIsOneLineAndExitCode1() throws IOException, InterruptedException {
        Process process = Cli.process(temporary, "demo", "/no/such/file").start();

        assertEquals("", text(process.getInputStream()));
        assertEquals("sslwrite: /no/such/file: no such file\n", text(process.getErrorStream()));
        assertEquals(1, process.waitFor());
    }

    @Test
    void standardOutputThatTakesNothingIsAFailure() throws IOException, InterruptedException {
        Assumptions.assumeTrue(new File("/dev/full").exists(), "/dev/full is not there");
        Path file = Fixture.file(folder, "file", 1000);
        Process process =
                Cli.process(temporary, "demo", file, "--peer", "self", "--json")
                        .redirectOutput(new File("/dev/full"))
                        .start();

        assertEquals(
                "sslwrite: cannot print the result: standard output is closed\n",
                text(process.getErrorStream()));
        assertEquals(1, process.waitFor());
    }

    @Test
    void stoppedDemoLeavesNothingBehind() throws IOException, InterruptedException {
        Programs.assumeInstalled("openssl");
        Path file = Fixture.file(folder, "file", 20_000_000);
        Process process =
                Cli.process(
                                temporary,
                                "demo",
                                file,
                                "--versions",
                                "TLSv1.2",
                                "--suites",
                                "ECDHE-RSA-AES256-SHA384")
                        .start();
        Await.until(
                "openssl s_client runs", () -> process.children().anyMatch(ProcessTest::isClient));
        List<ProcessHandle> children = process.children().toList();
        terminate(process);

        assertEquals(TERMINATED, process.waitFor());
        assertEquals("", text(process.getInputStream()));
        assertEquals("", text(process.getErrorStream()));
        Await.until(
                "openssl s_client has ended",
                () -> children.stream().noneMatch(ProcessHandle::isAlive));
        try (Stream<Path> left = Files.list(temporary)) {
            assertEquals(List.of(), left.filter(path -> path.toString().endsWith(".pem")).toList());
        }
    }

    /** In a terminal; what is longer than a line of it would stay there. */
    @ParameterizedTest
    @ValueSource(ints = {30, 60, 120})
    void progressFitsTheTerminal(int columns)
            throws IOException, InterruptedException, GeneralSecurityException {
        Programs.assumeInstalled("script");
        Path file = Fixture.file(folder, "file", 20_000_000);
        Path authority = Fixture.certificatePem(folder, Fixture.localhost());
        try (FakeServer server = FakeServer.start(FakeServer.CLOSES_SOCKET_ONLY)) {
            List<String> send =
                    Cli.process(temporary, "send", file, server.address(), "--ca", authority)
                            .command();
            String line = "stty cols " + columns + "; '" + String.join("' '", send) + "'";
            Process process =
                    new ProcessBuilder("script", "-qec", line, "/dev/null")
                            .redirectInput(new File("/dev/null"))
                            .start();
            String shown = text(process.getInputStream());

            assertEquals(0, process.waitFor(), shown);
            List<String> bars =
                    shown.lines().filter(part -> part.matches("TLSv1.3 +[0-9]+%.*")).toList();
            assertTrue(bars.stream().anyMatch(bar -> bar.length() > columns / 2), shown);
            assertEquals(List.of(), bars.stream().filter(bar -> bar.length() >= columns).toList());
        }
    }

    private static boolean isClient(ProcessHandle process) {
        return process.info()
                .arguments()
                .map(args -> List.of(args).contains("s_client"))
                .orElse(false);
    }

    @Test
    void stoppedServerPrintsItsStatistics() throws IOException, InterruptedException {
        Programs.assumeInstalled("curl");
        Fixture.file(folder, "file", 100_000);
        Process process = Cli.process(temporary, "serve", "--port", 0, "--json", folder).start();
        String ready = process.errorReader().readLine();
        assertTrue(ready.matches("listening on https://localhost:\\d+/ .*"), ready);
        String url = ready.replaceAll("listening on (\\S+/).*", "$1file");
        assertEquals("200 100000", Programs.curl(url, folder.resolve("fetched")));
        terminate(process);

        String json = text(process.getInputStream());
        assertAll(
                () -> assertEquals(TERMINATED, process.waitFor()),
                () -> assertEquals(1, json.lines().count(), json),
                () ->
                        assertTrue(
                                json.startsWith(
                                        "{\"connections\":1,\"handshake_failures\":0,\"failures\":0,\"requests\":1,"),
                                json),
                () ->
                        assertTrue(
                                json.contains(
                                        "\"sealed\":[{\"protocol\":\"TLSv1.3\",\"suite\":\"TLS_"),
                                json));
    }

    @ParameterizedTest(name = "LC_ALL={0}")
    @ValueSource(strings = {"C", "POSIX", "en_US.UTF-8", ""})
    void namesBeyondAsciiAreServedInAnyLocale(String locale)
            throws IOException, InterruptedException {
        Programs.assumeInstalled("curl");
        Files.writeString(folder.resolve("ü€.txt"), "found");
        Process process =
                inLocale(locale, Cli.process(temporary, "serve", "--port", 0, folder)).start();
        try {
            String ready = process.inputReader().readLine();
            String url = ready.replaceAll("listening on (\\S+/).*", "$1%C3%BC%E2%82%AC.txt");
            assertEquals("200 5", Programs.curl(url, folder.resolve("fetched")));
        } finally {
            process.destroy();
        }
    }

    /** The command as {@code ./sslwrite} starts it. */
    private static ProcessBuilder inLocale(String locale, ProcessBuilder command) {
        Path script = Path.of("..", ".ci", "locale").toAbsolutePath();
        List<String> words = new ArrayList<>(List.of("bash", "-c"));
        words.add(". \"$0\"; utf8_where_ascii; exec \"$@\"");
        words.add(script.toString());
        words.addAll(command.command());
        ProcessBuilder launched = new ProcessBuilder(words);
        launched.environment().keySet().removeIf(name -> name.matches("LANG|LC_.*"));
        launched.environment().put("LC_ALL", locale);
        return launched;
    }

    /** {@link Process#destroy} would close the streams as well. */
    private static void terminate(Process process) {
        process.toHandle().destroy();
    }

    private static String text(InputStream stream) throws IOException {
        return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    }
}
