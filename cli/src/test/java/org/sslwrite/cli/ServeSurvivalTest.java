package org.sslwrite.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.FieldSource;
import org.sslwrite.SslContext;

import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;

import javax.net.ssl.SSLSocket;

/**
 * Clients that do what no client should: the server logs a line, keeps nothing, and serves the next
 * one.
 */
class ServeSurvivalTest {
    private static final int SIZE = 20_000_000;
    private static final String KEEPING = "GET /file HTTP/1.1\r\nHost: a\r\n\r\n";
    private static final String GET_FILE = "GET /file HTTP/1.0\r\n\r\n";

    @TempDir private Path folder;

    /**
     * What a client does; the socket that it returns stays open until the server has logged the
     * line.
     */
    private interface Client {
        Socket act(int port) throws IOException;
    }

    private record Row(String name, Client client, String logged) {
        @Override
        public String toString() {
            return name;
        }
    }

    static final List<Row> ROWS =
            List.of(
                    new Row(
                            "speaks plain HTTP",
                            port -> plain(port, GET_FILE),
                            "handshake: .*plain HTTP, not TLS; .*https://"),
                    new Row(
                            "sends garbage",
                            port -> plain(port, "\0\1\2garbage"),
                            "handshake: the peer does not speak TLS.*"),
                    new Row(
                            "sends a garbage record",
                            port -> plain(port, "\26\3\1\0\5hello"),
                            "handshake: .+"),
                    new Row(
                            "sends half a record",
                            port -> plain(port, "\26\3\1\1\0\1"),
                            "handshake: .*1 s \\(--timeout\\)"),
                    new Row(
                            "never writes",
                            port -> plain(port, ""),
                            "handshake: .*1 s \\(--timeout\\)"),
                    new Row(
                            "hangs up in the handshake",
                            port -> closed(plain(port, "\26\3\1\1\0\1\0\0\3\3")),
                            "handshake: the peer hung up.*"),
                    new Row(
                            "resets in the handshake",
                            port -> reset(plain(port, "\26\3\1\1\0\1\0\0\3\3")),
                            "handshake: the peer hung up.*"),
                    new Row(
                            "never asks",
                            port -> Fixture.request(port, ""),
                            ".*1 s \\(--(head-)?timeout\\)"),
                    new Row(
                            "asks too slowly",
                            ServeSurvivalTest::trickle,
                            "reading: .*1 s \\(--head-timeout\\)"),
                    new Row(
                            "hangs up in the file",
                            port -> Fixture.requestAndReset(port, GET_FILE),
                            "(after|reading).*: the peer hung up.*"),
                    new Row(
                            "never reads",
                            port -> Fixture.request(port, GET_FILE),
                            "after [0-9,]+ bytes: 1 s \\(--timeout\\) behind .*\\(--min-rate\\)"));

    private static Socket plain(int port, String bytes) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.getOutputStream().write(bytes.getBytes(StandardCharsets.ISO_8859_1));
        return socket;
    }

    private static Socket closed(Socket socket) throws IOException {
        socket.close();
        return socket;
    }

    /** Closes with a RST in place of a FIN. */
    private static Socket reset(Socket socket) throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
        return socket;
    }

    /** Sends a head that never ends, a byte at a time, as long as the server takes it. */
    private static Socket trickle(int port) throws IOException {
        SSLSocket socket = Fixture.request(port, "GET /file HTTP/1.1\r\nX: ");
        Thread.ofVirtual()
                .start(
                        () -> {
                            try {
                                while (true) {
                                    socket.getOutputStream().write('x');
                                    LockSupport.parkNanos(20_000_000);
                                }
                            } catch (IOException e) {
                                // the server has given this client up, as it should
                            }
                        });
        return socket;
    }

    @ParameterizedTest(name = "a client that {0}")
    @FieldSource("ROWS")
    void serverServesTheNext(Row row) throws IOException, InterruptedException {
        Fixture.file(folder, "file", SIZE);
        try (RunningServer server =
                RunningServer.serve(
                        folder, "--timeout", 1, "--head-timeout", 1, "--min-rate", 1_000_000)) {
            try (Socket client = row.client.act(server.port())) {
                assertTrue(client.isBound());
                server.log()
                        .await(
                                "sslwrite: (127.0.0.1|\\[?[0:]+1]?):\\d+: (?:"
                                        + row.logged
                                        + ")\\R");
            }
            try (SSLSocket next = Fixture.request(server.port(), GET_FILE)) {
                assertTrue(Fixture.answer(next).length() > SIZE);
            }
            assertEquals(2, server.log().toString().lines().count(), server.log()::toString);
            assertFalse(server.log().toString().contains("bug"), server.log()::toString);
        }
    }

    @Test
    void keepsNothingOfClientsThatAreGone() throws IOException, InterruptedException {
        Assumptions.assumeTrue(Fixture.onLinux(), "/proc/self/fd is not there");
        Fixture.file(folder, "file", SIZE);
        try (RunningServer server = RunningServer.serve(folder, "--timeout", 1)) {
            abuse(server.port());
            server.log().awaitLines(41);
            int threads = Thread.activeCount();
            int files = settledFiles();
            for (int i = 0; i < 3; i++) {
                abuse(server.port());
            }
            server.log().awaitLines(161);
            Await.until(
                    "sockets are closed: " + files + " files before",
                    () -> Fixture.openFiles() <= files);
            Await.until(
                    "threads have ended: " + threads + " before",
                    () -> Thread.activeCount() <= threads + 2);
            assertTrue(server.stop().startsWith("{\"connections\":160,"));
        }
    }

    /** 40 clients that fail, 10 of them after the handshake. */
    private static void abuse(int port) throws IOException {
        for (int i = 0; i < 10; i++) {
            closed(plain(port, "GET / HTTP/1.0\r\n\r\n"));
            closed(plain(port, "garbage"));
            reset(plain(port, "\26\3\1\1\0\1\0\0\3\3"));
            Fixture.requestAndReset(port, GET_FILE);
        }
    }

    /** Files that are open once the sockets of clients that are gone are closed. */
    private static int settledFiles() {
        int[] last = {Fixture.openFiles(), 0};
        Await.until(
                "the number of open files stays the same",
                () -> {
                    int now = Fixture.openFiles();
                    last[1] = now == last[0] ? last[1] + 1 : 0;
                    last[0] = now;
                    return last[1] > 100;
                });
        return last[0];
    }

    /** What a client does that only looks whether somebody listens. */
    static final List<Row> PROBES =
            List.of(
                    new Row("hangs up at once", port -> closed(plain(port, "")), ""),
                    new Row("resets at once", port -> reset(plain(port, "")), ""),
                    new Row(
                            "hangs up after the handshake",
                            port -> closed(Fixture.request(port, "")),
                            ""),
                    new Row(
                            "resets after its answer",
                            port -> reset(answered(Fixture.request(port, KEEPING), 1000)),
                            ""));

    private static Socket answered(SSLSocket socket, int size) throws IOException {
        socket.getInputStream().readNBytes(size);
        return socket;
    }

    @ParameterizedTest(name = "a client that {0}")
    @FieldSource("PROBES")
    void probesAreNoErrors(Row row) throws IOException, InterruptedException {
        Fixture.file(folder, "file", 1000);
        try (RunningServer server = RunningServer.serve(folder, "--keep-alive", 1)) {
            try (Socket client = row.client.act(server.port())) {
                assertTrue(client.isBound());
            }
            try (SSLSocket next = Fixture.request(server.port(), GET_FILE)) {
                assertTrue(Fixture.answer(next).startsWith("HTTP/1.1 200 OK"));
            }
            String statistics = server.stop();
            assertEquals(1, server.log().toString().lines().count(), server.log()::toString);
            assertTrue(
                    statistics.startsWith(
                            "{\"connections\":2,\"handshake_failures\":0,\"failures\":0,"),
                    statistics);
        }
    }

    @Test
    void silentConnectionsMakeRoom() throws IOException, InterruptedException {
        Fixture.file(folder, "file", 1000);
        try (RunningServer server = RunningServer.serve(folder, "--max-connections", 2)) {
            try (Socket first = plain(server.port(), "");
                    Socket second = plain(server.port(), "");
                    SSLSocket third = Fixture.request(server.port(), GET_FILE)) {
                assertTrue(Fixture.answer(third).startsWith("HTTP/1.1 200 OK"));
                assertEquals(-1, first.getInputStream().read());
                assertTrue(second.isConnected());
            }
            String statistics = server.stop();
            assertTrue(statistics.contains("\"turned_away\":1,"), statistics);
            assertEquals(1, server.log().toString().lines().count(), server.log()::toString);
        }
    }

    @Test
    void idleConnectionsMakeRoom() throws IOException, InterruptedException {
        Fixture.file(folder, "file", 1000);
        try (RunningServer server = RunningServer.serve(folder, "--max-connections", 1)) {
            try (SSLSocket idle = Fixture.request(server.port(), KEEPING)) {
                answered(idle, 1000);
                try (SSLSocket next = Fixture.request(server.port(), GET_FILE)) {
                    assertTrue(Fixture.answer(next).startsWith("HTTP/1.1 200 OK"));
                }
                Fixture.answer(idle); // it ends, and properly
            }
            assertTrue(server.stop().contains("\"turned_away\":1,"));
        }
    }

    @ParameterizedTest(name = "{0} MiB of heap, {1} files: {2} connections")
    @CsvSource({
        "  16, 9999999, 16",
        "  32, 9999999, 192",
        "  84, 9999999, 1000",
        "8192, 9999999, 1000",
        "8192,    2200, 1000",
        "8192,    1024, 412",
        "8192,     256, 28",
        "  32,    1024, 192",
        "8192,       0, 16",
    })
    void heapAndFilesLimitTheConnections(long mebibytes, long files, int connections) {
        assertEquals(connections, ServeLimits.mostFor(mebibytes << 20, files));
    }

    /** The log stands for whatever in a connection finds no memory. */
    @Test
    void lackOfMemoryEndsOneConnection() throws Exception {
        Fixture.file(folder, "file", 1000);
        SslContext context = SslContext.builder().identity(Fixture.localhost()).build();
        WatchedWriter lines = new WatchedWriter();
        PrintWriter log =
                new PrintWriter(lines) {
                    private boolean scarce = true;

                    @Override
                    public void println(String line) {
                        if (scarce && line.contains("200 OK")) {
                            scarce = false;
                            throw new OutOfMemoryError("for a test");
                        }
                        super.println(line);
                    }
                };
        try (FileServer server =
                new FileServer(
                        Sockets.listen("localhost", 0),
                        context,
                        DocumentRoot.of(folder),
                        Duration.ofSeconds(20),
                        new ServeLimits(),
                        new ServerLog(log, true))) {
            Thread running = Thread.ofPlatform().start(server::run);
            fetch(server);
            lines.await("ended, as memory is short \\(for a test\\)");
            assertTrue(fetch(server).startsWith("HTTP/1.1 200 OK"));
            lines.await("GET /file: 200 OK");
            String statistics = server.statistics().toString();
            assertTrue(statistics.endsWith("; 1 ended by lack of memory"), statistics);
            running.interrupt();
            running.join();
        }
    }

    @Test
    void anAddressHasALimit() throws IOException, InterruptedException {
        Fixture.file(folder, "file", SIZE);
        try (RunningServer server = RunningServer.serve(folder, "--max-per-address", 1)) {
            try (SSLSocket busy = Fixture.request(server.port(), GET_FILE)) {
                answered(busy, 1000);
                try (Socket second = plain(server.port(), "")) {
                    assertEquals(-1, second.getInputStream().read());
                }
                assertTrue(Fixture.answer(busy).length() > SIZE - 1000);
            }
            assertTrue(server.stop().contains("\"turned_away\":1,"));
        }
    }

    @Test
    void connectionsBeyondTheLimitWaitWhereAllAreBusy() throws Exception {
        Fixture.file(folder, "file", SIZE);
        SslContext context = SslContext.builder().identity(Fixture.localhost()).build();
        WatchedWriter log = new WatchedWriter();
        ServeLimits limits = new ServeLimits();
        limits.maxConnections = 2;
        try (FileServer server =
                new FileServer(
                        Sockets.listen("localhost", 0),
                        context,
                        DocumentRoot.of(folder),
                        Duration.ofSeconds(20),
                        limits,
                        new ServerLog(new PrintWriter(log), true))) {
            Thread running = Thread.ofPlatform().start(server::run);
            try (SSLSocket first = Fixture.request(server.port(), GET_FILE);
                    SSLSocket second = Fixture.request(server.port(), GET_FILE)) {
                answered(first, 1000);
                answered(second, 1000);
                CompletableFuture<String> third = new CompletableFuture<>();
                Thread.ofVirtual().start(() -> third.complete(fetch(server)));
                assertFalse(third.isDone());
                assertEquals(2, server.connections());
                assertTrue(Fixture.answer(first).length() > SIZE - 1000);
                assertTrue(third.get().startsWith("HTTP/1.1 200 OK"));
                assertTrue(Fixture.answer(second).length() > SIZE - 1000);
            }
            Await.until("all have ended", () -> server.connections() == 0);
            running.interrupt();
            running.join();
            log.await("GET /file: 200 OK");
        }
    }

    private static String fetch(FileServer server) {
        try (SSLSocket socket = Fixture.request(server.port(), GET_FILE)) {
            return Fixture.answer(socket);
        } catch (IOException e) {
            return e.toString();
        }
    }

    /** As one that is slow, or whose system has taken much of what it reads slowly. */
    @Test
    void aClientThatReadsSteadilyIsServed() throws IOException, InterruptedException {
        Fixture.file(folder, "file", SIZE);
        try (RunningServer server =
                        RunningServer.serve(folder, "--timeout", 1, "--min-rate", 100_000);
                SSLSocket socket = Fixture.request(server.port(), GET_FILE)) {
            answered(socket, 100_000);
            LockSupport.parkNanos(2_500_000_000L); // the pause of a client is what is tested
            assertTrue(Fixture.answer(socket).length() > SIZE - 100_000);
        }
    }

    @Test
    void aClientThatIsTooSlowIsGivenUp() throws IOException, InterruptedException {
        Fixture.file(folder, "file", SIZE);
        try (RunningServer server =
                RunningServer.serve(folder, "--timeout", 2, "--min-rate", 1_000_000_000)) {
            try (SSLSocket socket = Fixture.request(server.port(), GET_FILE)) {
                Thread.ofVirtual().start(() -> readSlowly(socket));
                server.log().await("after [0-9,]+ bytes: 2 s .* behind .* \\(--min-rate\\)");
            }
        }
    }

    private static void readSlowly(SSLSocket socket) {
        try {
            while (socket.getInputStream().readNBytes(500).length > 0) {
                LockSupport.parkNanos(1_000_000);
            }
        } catch (IOException e) {
            // the server has given this client up, as it should
        }
    }
}
