package org.sslwrite.cli;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import static java.nio.charset.StandardCharsets.UTF_8;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.GeneralSecurityException;
import java.util.List;

/** Servers that {@code send} meets and that do not do what a server should. */
class BadPeerTest {
    private static final int LARGE = 20_000_000;

    @TempDir private Path folder;
    private Path authority;

    /** A row; its name is what a failure prints. */
    private record Row(String name, FakeServer.Behaviour server, int size, String line) {
        @Override
        public String toString() {
            return name;
        }
    }

    static final List<Row> ROWS =
            List.of(
                    new Row(
                            "speaks plain HTTP",
                            FakeServer.PLAIN_HTTP,
                            1000,
                            "handshake: .*plain HTTP, not TLS.*"),
                    new Row(
                            "hangs up in the handshake",
                            FakeServer.HANGS_UP,
                            1000,
                            "handshake: the peer hung up.*"),
                    new Row(
                            "sends garbage",
                            FakeServer.GARBAGE,
                            1000,
                            "handshake: the peer does not speak TLS.*port\\?"),
                    new Row(
                            "sends a garbage record",
                            FakeServer.GARBAGE_RECORD,
                            1000,
                            "handshake: .+"),
                    new Row(
                            "says nothing",
                            FakeServer.SILENT,
                            1000,
                            "handshake: (not done after|no byte has moved for) 3 s"
                                    + " \\(--timeout\\)"),
                    new Row(
                            "never reads a large file",
                            FakeServer.NEVER_READS,
                            LARGE,
                            "after [0-9,]+ bytes: no byte has moved for 3 s \\(--timeout\\)"),
                    new Row(
                            "never reads a small file",
                            FakeServer.NEVER_READS,
                            1000,
                            "closing, and it may not have read everything: .* 3 s \\(--timeout\\)"),
                    new Row(
                            "wants a certificate",
                            FakeServer.WANTS_A_CERTIFICATE,
                            LARGE,
                            "after [0-9,]+ bytes: the peer sent a fatal alert:"
                                    + " \\w*certificate\\w*.*"),
                    new Row(
                            "wants a certificate, TLS 1.2",
                            FakeServer.wantsACertificate("TLSv1.2"),
                            LARGE,
                            "handshake: the peer sent a fatal alert: \\w*.*"),
                    new Row(
                            "answers early and hangs up",
                            FakeServer.ANSWERS_EARLY,
                            LARGE,
                            "after [0-9,]+ bytes: the peer .*; it had answered"
                                    + " \"HTTP/1.1 413 Too Large\" \\(48 bytes\\)"),
                    new Row(
                            "answers early and reads no more",
                            FakeServer.ANSWERS_AND_STANDS,
                            LARGE,
                            "after [0-9,]+ bytes: no byte has moved for 3 s \\(--timeout\\); it had"
                                    + " answered \"HTTP/1.1 413 Too Large\" \\(48 bytes\\)"),
                    new Row(
                            "hangs up midway",
                            FakeServer.HANGS_UP_MIDWAY,
                            LARGE,
                            "after [0-9,]+ bytes: the peer hung up.*"));

    @BeforeEach
    void writeAuthority() throws IOException, GeneralSecurityException {
        authority = Fixture.certificatePem(folder, Fixture.localhost());
    }

    @ParameterizedTest(name = "{0}")
    @FieldSource("ROWS")
    void sendSaysWhatItMet(Row row) throws IOException {
        Path file = Fixture.file(folder, "file", row.size);
        try (FakeServer server = FakeServer.start(row.server)) {
            // What does not wait for a timeout must not be cut by one on a busy machine.
            int timeout = row.line.contains("--timeout") ? 3 : 20;
            Cli.Result result = send(file, server, timeout);
            assertFailed(result, server.address() + ": (?:" + row.line + ")");
        }
    }

    @Test
    void aServerNobodyTrustsIsRefused() throws IOException {
        Path file = Fixture.file(folder, "file", 1000);
        try (FakeServer server = FakeServer.start(FakeServer.NEVER_READS)) {
            Cli.Result result = Cli.run("send", file, server.address(), "--timeout", 20);
            assertFailed(
                    result,
                    server.address()
                            + ": handshake: .*certificate.*; name the authority .*--ca FILE");
        }
    }

    @Test
    void aServerWithAnotherNameIsRefused() throws IOException {
        Path file = Fixture.file(folder, "file", 1000);
        try (FakeServer server = FakeServer.start(FakeServer.NEVER_READS)) {
            Cli.Result result =
                    Cli.run(
                            "send",
                            file,
                            server.address(),
                            "--ca",
                            authority,
                            "--name",
                            "example.org",
                            "--timeout",
                            20);
            assertFailed(result, server.address() + ": handshake: .*example.org.*; --name .*");
        }
    }

    @Test
    void aServerThatOnlyClosesItsSocketIsTolerated() throws IOException {
        Path file = Fixture.file(folder, "file", 100_000);
        try (FakeServer server = FakeServer.start(FakeServer.CLOSES_SOCKET_ONLY)) {
            Cli.Result result = send(file, server);
            assertEquals(0, result.exit(), result.err());
        }
    }

    @Test
    void aFileThatShrinksIsNotSentAsIfItWereWhole() throws IOException {
        Path file = Fixture.file(folder, "file", LARGE);
        try (FakeServer server =
                FakeServer.start(changingMidway(file, channel -> channel.truncate(LARGE / 2)))) {
            Cli.Result result = send(file, server);
            assertFailed(
                    result,
                    "\\Q"
                            + file
                            + "\\E: changed while it was read: it had "
                            + LARGE
                            + " bytes, now [0-9]+");
        }
    }

    @Test
    void aFileThatGrowsIsNotSentAsIfItWereWhole() throws IOException {
        Path file = Fixture.file(folder, "file", LARGE);
        FakeServer.Behaviour growing =
                changingMidway(
                        file, channel -> channel.write(ByteBuffer.wrap(new byte[1]), LARGE + 9L));
        try (FakeServer server = FakeServer.start(growing)) {
            Cli.Result result = send(file, server);
            assertFailed(
                    result,
                    "\\Q"
                            + file
                            + "\\E: changed while it was read: it had "
                            + LARGE
                            + " bytes, now "
                            + (LARGE + 10));
        }
    }

    /** More than the buffers of both systems hold. */
    @Test
    void aServerThatAnswersBeforeItReadsIsReadFrom() throws IOException {
        Path file = Fixture.file(folder, "file", LARGE);
        FakeServer.Behaviour talking =
                (socket, end) -> {
                    var secured = FakeServer.secured(socket);
                    secured.getOutputStream().write("well\n".repeat(LARGE / 5).getBytes(UTF_8));
                    if (secured.getInputStream().readAllBytes().length == LARGE) {
                        secured.getOutputStream().write('!');
                    }
                    secured.close();
                };
        try (FakeServer server = FakeServer.start(talking)) {
            Cli.Result result = send(file, server);
            assertEquals(0, result.exit(), result.err());
            assertEquals(
                    "sslwrite: " + server.address() + " answered \"well\" (20,000,001 bytes)",
                    result.err().strip());
        }
    }

    private interface Change {
        void apply(FileChannel channel) throws IOException;
    }

    private static FakeServer.Behaviour changingMidway(Path file, Change change) {
        return (socket, end) -> {
            var in = FakeServer.secured(socket).getInputStream();
            in.readNBytes(100_000);
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                change.apply(channel);
            }
            in.readAllBytes();
        };
    }

    private Cli.Result send(Path file, FakeServer server) {
        return send(file, server, 20);
    }

    private Cli.Result send(Path file, FakeServer server, int timeout) {
        return Cli.run("send", file, server.address(), "--ca", authority, "--timeout", timeout);
    }

    private static void assertFailed(Cli.Result result, String line) {
        assertAll(
                () -> assertEquals(1, result.exit()),
                () -> assertEquals("", result.out()),
                () -> assertEquals(1, result.err().lines().count(), result.err()),
                () ->
                        assertTrue(
                                result.err().strip().matches("sslwrite: " + line),
                                () -> result.err() + "does not match " + line));
    }
}
