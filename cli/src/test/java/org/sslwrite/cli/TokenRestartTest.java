package org.sslwrite.cli;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A server whose key is in a token, while the token's own server is killed and started again:
 * {@code serve}, and beside it, for the record, the JDK's SunPKCS11 and JSSE.
 */
@Timeout(180)
class TokenRestartTest {
    private static final int SIZE = 32_000_000;
    private static final int DOWNLOADS = 3;

    /** A busy machine's; what it takes is reported. */
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private static final Duration JDK_PATIENCE = Duration.ofSeconds(5);

    @TempDir private Path folder;

    /**
     * What became of one server.
     *
     * @param intact downloads that ended with all bytes
     * @param failing seconds that one handshake took to fail, while there was no token; 0: none did
     * @param back seconds from the start of the token's server to a handshake that works; infinite
     *     if none does
     */
    private record Outcome(int intact, double failing, double back) {
        String describe() {
            return "%d of %d downloads intact, a handshake without the token failed in %.2f s, "
                            .formatted(intact, DOWNLOADS, failing)
                    + (Double.isInfinite(back)
                            ? "none worked after its return"
                            : "one worked %.2f s after the start of its server".formatted(back));
        }
    }

    @ParameterizedTest
    @EnumSource(TokenServer.Kind.class)
    void serveGoesOnByItself(TokenServer.Kind kind) throws Exception {
        try (TokenServer token = token(kind)) {
            Path root = root();
            ProcessBuilder command =
                    Cli.process(
                            folder,
                            "serve",
                            "--port",
                            0,
                            "--json",
                            "--token",
                            TokenSetup.uri(token.module(), folder),
                            "--policy",
                            "software",
                            "--key-in-token",
                            root);
            try (ServerProcess server = ServerProcess.start(command, token)) {
                for (int round = 1; round <= 2; round++) {
                    Outcome outcome = outcome(server, token, root, PATIENCE);
                    System.out.println(kind + ", serve: " + outcome.describe());
                    assertAll(
                            () -> assertEquals(DOWNLOADS, outcome.intact),
                            () -> assertTrue(outcome.failing < PATIENCE.toSeconds()),
                            () -> assertTrue(outcome.back < PATIENCE.toSeconds()));
                }
                assertTrue(server.isAlive());
            }
        }
    }

    /** Nothing is asserted of it: another version of the JDK may do better. */
    @ParameterizedTest
    @EnumSource(TokenServer.Kind.class)
    void whatTheJdkDoes(TokenServer.Kind kind) throws Exception {
        try (TokenServer token = token(kind)) {
            Path root = root();
            String configuration =
                    "name = web\nlibrary = \"" + token.module() + "\"\nslotListIndex = 0\n";
            ProcessBuilder command = Cli.java(folder, JsseServer.class, configuration, root);
            try (ServerProcess server = ServerProcess.start(command, token)) {
                Outcome outcome = outcome(server, token, root, JDK_PATIENCE);
                System.out.println(kind + ", SunPKCS11 and JSSE: " + outcome.describe());
            }
        }
    }

    private TokenServer token(TokenServer.Kind kind) throws Exception {
        TokenServer token = TokenServer.start(kind, folder);
        boolean made = false;
        try {
            Process setup =
                    process(Cli.java(folder, TokenSetup.class, token.moduleOfOwner()), token);
            String said = new String(setup.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertEquals(0, setup.waitFor(), said);
            made = true;
            return token;
        } finally {
            if (!made) {
                token.close();
            }
        }
    }

    private static Process process(ProcessBuilder builder, TokenServer token) throws IOException {
        builder.environment().putAll(token.environment());
        return builder.redirectErrorStream(true).start();
    }

    private Path root() throws IOException {
        Path root = Files.createDirectory(folder.resolve("root"));
        Fixture.file(root, "large", SIZE);
        Fixture.file(root, "small", 1000);
        return root;
    }

    private static Outcome outcome(
            ServerProcess server, TokenServer token, Path root, Duration patience)
            throws Exception {
        List<Download> downloads = new ArrayList<>();
        for (int i = 0; i < DOWNLOADS; i++) {
            downloads.add(Download.start(server.port(), root.resolve("large")));
        }
        for (Download each : downloads) {
            each.readTo(SIZE / 4);
        }
        try (Handshakes handshakes = Handshakes.start(server.port(), "/small")) {
            handshakes.awaitSuccess(System.nanoTime(), PATIENCE);
            token.kill();
            double failing = handshakes.awaitFailure(System.nanoTime(), patience);
            for (Download each : downloads) {
                each.readTo(SIZE / 2);
            }
            long start = System.nanoTime();
            token.restart();
            double back = handshakes.awaitSuccess(start, patience);
            int intact = 0;
            for (Download each : downloads) {
                intact += each.isWhole() ? 1 : 0;
            }
            return new Outcome(intact, failing, back);
        }
    }

    /** A server in a process of its own, which says on standard error where it listens. */
    private static final class ServerProcess implements AutoCloseable {
        private final Process process;
        private final int port;

        private ServerProcess(Process process) throws IOException {
            this.process = process;
            String line;
            do {
                line = process.inputReader().readLine();
                if (line == null) {
                    throw new IOException("it does not start");
                }
            } while (!line.startsWith("listening on "));
            this.port = URI.create(line.split(" ")[2]).getPort();
            Thread.ofPlatform().daemon().start(this::drain);
        }

        static ServerProcess start(ProcessBuilder builder, TokenServer token) throws IOException {
            Process process = process(builder, token);
            boolean listens = false;
            try {
                ServerProcess server = new ServerProcess(process);
                listens = true;
                return server;
            } finally {
                if (!listens) {
                    process.destroyForcibly();
                }
            }
        }

        private void drain() {
            try {
                process.inputReader().lines().forEach(line -> {});
            } catch (UncheckedIOException e) {
                return; // it was ended
            }
        }

        int port() {
            return port;
        }

        boolean isAlive() {
            return process.isAlive();
        }

        @Override
        public void close() {
            process.toHandle().destroy();
            process.onExit().completeOnTimeout(process, 20, TimeUnit.SECONDS).join();
            process.destroyForcibly();
        }
    }
}
