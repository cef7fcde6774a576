package org.sslwrite.cli;

import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import javax.net.ssl.SSLSocket;

/** A server that may open no more files, as its limit (setrlimit) says. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class OpenFilesTest {
    /** More than a JVM needs to start, with all jars that tests have. */
    private static final int FILES = 200;

    private static final String GET = "GET /file HTTP/1.1\r\nHost: localhost\r\n";

    @TempDir private Path folder;
    @TempDir private Path temporary;

    /** The first connections are those that use the files up: nothing was opened for one before. */
    @Test
    void servesAgainWhenFilesAreFree() throws Exception {
        Fixture.file(folder, "file", 1000);
        Process process = start();
        List<Socket> silent = new ArrayList<>();
        try (BufferedReader log = process.errorReader()) {
            int port = URI.create(after("listening on ", log).split(" ")[0]).getPort();
            for (int i = 0; i < FILES; i++) {
                silent.add(new Socket("localhost", port));
            }
            after("sslwrite: cannot accept a connection for now: ", log);
            for (Socket each : silent) {
                each.close();
            }
            try (SSLSocket client = Fixture.request(port, GET + "Connection: close\r\n\r\n")) {
                assertTrue(Fixture.answer(client).startsWith("HTTP/1.1 200 OK"));
            }
        } finally {
            process.destroyForcibly().onExit().join();
        }
    }

    private Process start() throws IOException {
        ProcessBuilder serve =
                Cli.process(
                        temporary,
                        "serve",
                        "--port",
                        0,
                        "--json",
                        "--max-connections",
                        1000,
                        folder);
        List<String> command =
                new ArrayList<>(List.of("sh", "-c", "ulimit -n " + FILES + "; exec \"$@\"", "sh"));
        command.addAll(serve.command());
        return serve.command(command).redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
    }

    /** What follows the words, in the first line that begins with them. */
    private static String after(String words, BufferedReader log) throws IOException {
        StringBuilder said = new StringBuilder();
        for (String line = log.readLine(); line != null; line = log.readLine()) {
            if (line.startsWith(words)) {
                return line.substring(words.length());
            }
            said.append(line).append('\n');
        }
        throw new AssertionError("serve ended: " + said);
    }
}
