package org.sslwrite.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.sslwrite.SslContext;
import org.sslwrite.TlsIdentity;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import javax.net.ssl.SSLSocket;

/** {@code serve}, as curl and others see it. */
@TestInstance(Lifecycle.PER_CLASS)
class ServeTest {
    private static final int SIZE = 5_000_011;

    private Path folder;
    private Path root;
    private Path file;
    private RunningServer server;

    @BeforeAll
    void start(@TempDir Path temporary) throws IOException, InterruptedException {
        folder = temporary;
        root = Files.createDirectory(folder.resolve("root"));
        file = Fixture.file(root, "file", SIZE);
        Files.createDirectory(root.resolve("sub"));
        Files.writeString(root.resolve("page.html"), "<p>");
        Files.writeString(root.resolve("sub/a b+ü.txt"), "text");
        Files.writeString(folder.resolve("secret"), "secret");
        Files.createSymbolicLink(root.resolve("out"), folder.resolve("secret"));
        Files.createSymbolicLink(root.resolve("up"), folder);
        Files.createSymbolicLink(root.resolve("inside"), Path.of("page.html"));
        Files.writeString(root.resolve("build"), "built");
        Files.createSymbolicLink(root.resolve("latest.html"), Path.of("build"));
        Files.createDirectory(root.resolve("site"));
        Files.writeString(root.resolve("site/index.html"), "<p>The site.");
        Files.createSymbolicLink(root.resolve("dangling"), Path.of("nowhere"));
        server = RunningServer.serve(root);
    }

    @AfterAll
    void stop() {
        server.close();
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    # request line                        | answer                 | type
                    GET /page.html HTTP/1.0               | 200 OK                 | text/html; charset=utf-8
                    GET /page.html HTTP/1.1               | 200 OK                 | text/html; charset=utf-8
                    HEAD /page.html HTTP/1.1              | 200 OK                 | text/html; charset=utf-8
                    GET /file HTTP/1.1                    | 200 OK                 | application/octet-stream
                    GET /page.html?a=/../b HTTP/1.1       | 200 OK                 | text/html; charset=utf-8
                    GET https://localhost/page.html HTTP/1.1 | 200 OK              | text/html; charset=utf-8
                    GET HTTPS://localhost/page.html HTTP/1.1 | 200 OK              | text/html; charset=utf-8
                    GET Http://localhost/page.html?x HTTP/1.1 | 200 OK             | text/html; charset=utf-8
                    GET https://localhost HTTP/1.1        | 200 OK                 | text/html; charset=utf-8
                    GET ftp://localhost/page.html HTTP/1.1 | 400 Bad Request       |
                    GET /p%61ge.html HTTP/1.1             | 200 OK                 | text/html; charset=utf-8
                    GET /./sub/.//a%20b+%C3%BC.txt HTTP/1.1 | 200 OK               | text/plain; charset=utf-8
                    GET /inside HTTP/1.1                  | 200 OK                 | text/html; charset=utf-8
                    GET /build HTTP/1.1                   | 200 OK                 | application/octet-stream
                    GET /latest.html HTTP/1.1             | 200 OK                 | text/html; charset=utf-8
                    GET / HTTP/1.1                        | 200 OK                 | text/html; charset=utf-8
                    HEAD / HTTP/1.1                       | 200 OK                 | text/html; charset=utf-8
                    GET /sub HTTP/1.1                     | 301 Moved Permanently  |
                    GET /sub/ HTTP/1.1                    | 200 OK                 | text/html; charset=utf-8
                    GET /site/ HTTP/1.1                   | 200 OK                 | text/html; charset=utf-8
                    GET /site/index.html HTTP/1.1         | 200 OK                 | text/html; charset=utf-8
                    GET //page.html HTTP/1.1              | 200 OK                 | text/html; charset=utf-8
                    GET //localhost/page.html HTTP/1.1    | 404 Not Found          |
                    GET /page.html/ HTTP/1.1              | 404 Not Found          |
                    GET /page.html/x HTTP/1.1             | 404 Not Found          |
                    GET /nothing HTTP/1.1                 | 404 Not Found          |
                    HEAD /nothing HTTP/1.1                | 404 Not Found          |
                    GET /dangling HTTP/1.1                | 404 Not Found          |
                    GET /out HTTP/1.1                     | 404 Not Found          |
                    GET /up HTTP/1.1                      | 404 Not Found          |
                    GET /up/ HTTP/1.1                     | 404 Not Found          |
                    GET /up/secret HTTP/1.1               | 404 Not Found          |
                    GET /up/root/page.html HTTP/1.1       | 200 OK                 | text/html; charset=utf-8
                    GET /../secret HTTP/1.1               | 404 Not Found          |
                    GET /sub/../../secret HTTP/1.1        | 404 Not Found          |
                    GET /sub/../page.html HTTP/1.1        | 404 Not Found          |
                    GET /%2e%2e/secret HTTP/1.1           | 404 Not Found          |
                    GET /..%2fsecret HTTP/1.1             | 404 Not Found          |
                    GET /%2E%2E%2Fsecret HTTP/1.1         | 404 Not Found          |
                    GET /%252e%252e/secret HTTP/1.1       | 404 Not Found          |
                    GET //etc/passwd HTTP/1.1             | 404 Not Found          |
                    GET /%2fetc/passwd HTTP/1.1           | 404 Not Found          |
                    GET /page.html%00 HTTP/1.1            | 400 Bad Request        |
                    GET /%00 HTTP/1.1                     | 400 Bad Request        |
                    GET /%zz HTTP/1.1                     | 400 Bad Request        |
                    GET /%4 HTTP/1.1                      | 400 Bad Request        |
                    GET /%FF HTTP/1.1                     | 400 Bad Request        |
                    GET page.html HTTP/1.1                | 400 Bad Request        |
                    GET /page.html                        | 400 Bad Request        |
                    GET /page.html HTTP/2.0               | 505 Http Version Not Supported |
                    GET * HTTP/1.1                        | 400 Bad Request        |
                    GET /page.html HTTP/1.1 x             | 400 Bad Request        |
                    GET /pägé.html HTTP/1.1               | 400 Bad Request        |
                    garbage                               | 400 Bad Request        |
                    POST /page.html HTTP/1.1              | 405 Method Not Allowed |
                    get /page.html HTTP/1.1               | 405 Method Not Allowed |
                    """)
    void answers(String requestLine, String status, String type) throws IOException {
        try (SSLSocket socket =
                Fixture.request(
                        server.port(),
                        requestLine + "\r\nHost: localhost\r\nConnection: close\r\n\r\n")) {
            String answer = Fixture.answer(socket);
            String head = answer.substring(0, answer.indexOf("\r\n\r\n") + 2);
            String body = answer.substring(head.length() + 2);

            assertTrue(head.startsWith("HTTP/1.1 " + status + "\r\n"), answer.substring(0, 30));
            assertTrue(head.contains("\r\nConnection: close\r\n"), head);
            assertTrue(
                    head.contains(
                            "\r\nContent-Type: "
                                    + (type == null ? "text/plain; charset=utf-8" : type)
                                    + "\r\n"),
                    head);
            assertEquals(status.startsWith("405"), head.contains("\r\nAllow: GET, HEAD\r\n"), head);
            if (requestLine.startsWith("HEAD")) {
                assertEquals("", body);
            } else {
                assertTrue(head.contains("\r\nContent-Length: " + body.length() + "\r\n"), head);
                assertEquals(status.equals("200 OK"), !body.equals(status + "\n"));
            }
        }
    }

    @Test
    void acceptsLinesThatEndWithoutReturn() throws IOException {
        try (SSLSocket socket = Fixture.request(server.port(), "GET /page.html HTTP/1.0\n\n")) {
            assertTrue(Fixture.answer(socket).startsWith("HTTP/1.1 200 OK\r\n"));
        }
    }

    @ParameterizedTest(name = "a head of {0} bytes: {1}")
    @CsvSource({
        "8192, 200 OK",
        "8193, 431 Request Header Fields Too Large",
        "100000, 431 Request Header Fields Too Large"
    })
    void limitsTheHead(int length, String status) throws IOException {
        String start = "GET /page.html HTTP/1.0\r\nX: ";
        String end = "\r\n\r\n";
        String request = start + "x".repeat(length - start.length() - end.length()) + end;
        try (SSLSocket socket = Fixture.request(server.port(), request)) {
            assertTrue(Fixture.answer(socket).startsWith("HTTP/1.1 " + status + "\r\n"));
        }
    }

    @ParameterizedTest(name = "curl {0}")
    @CsvSource({"--http1.1", "--http1.0", "--tls-max 1.2", "--tlsv1.3", "--http2"})
    void curlFetchesTheWholeFile(String options) throws IOException, InterruptedException {
        Programs.assumeInstalled("curl");
        Path fetched = folder.resolve("fetched");

        assertEquals(
                "200 " + SIZE, Programs.curl(server.url("/file"), fetched, options.split(" ")));
        assertTrue(Fixture.equal(file, Files.readAllBytes(fetched)));
    }

    @Test
    void curlSeesTheHeadOnly() throws IOException, InterruptedException {
        Programs.assumeInstalled("curl");
        Path fetched = folder.resolve("head");

        assertEquals("200 0", Programs.curl(server.url("/file"), fetched, "--head"));
        assertTrue(
                Files.readString(fetched).contains("Content-Length: " + SIZE),
                Files.readString(fetched));
    }

    @Test
    void twentyFetchAtOnce() throws IOException, InterruptedException {
        Programs.assumeInstalled("curl");
        List<Process> all = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            all.add(Programs.startCurl(server.url("/file"), folder.resolve("fetched-" + i)));
        }
        for (int i = 0; i < all.size(); i++) {
            String answer =
                    new String(all.get(i).getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertEquals("200 " + SIZE, answer);
            assertEquals(0, all.get(i).waitFor());
            assertTrue(Fixture.equal(file, Files.readAllBytes(folder.resolve("fetched-" + i))));
        }
    }

    @Test
    void curlVerifiesAGivenIdentity()
            throws IOException, InterruptedException, GeneralSecurityException {
        Programs.assumeInstalled("curl");
        Path certificate = Fixture.certificatePem(folder, Fixture.localhost());
        Path key = Fixture.keyPem(folder, Fixture.localhost());
        try (RunningServer own = RunningServer.serve(root, "--cert", certificate, "--key", key)) {
            String[] options = {"--no-insecure", "--cacert", certificate.toString()};
            assertEquals(
                    "200 3",
                    Programs.curl(own.url("/page.html"), folder.resolve("fetched"), options));
        }
    }

    @Test
    void refusesClientsWithoutTheCertificateItWants()
            throws IOException, InterruptedException, GeneralSecurityException {
        Programs.assumeInstalled("curl");
        TlsIdentity client = Fixture.selfSigned("client", "EC");
        Path certificate = Fixture.certificatePem(folder, client);
        String[] options = {
            "--cert", certificate.toString(), "--key", Fixture.keyPem(folder, client).toString()
        };
        try (RunningServer own = RunningServer.serve(root, "--client-ca", certificate)) {
            assertEquals(
                    "200 3",
                    Programs.curl(own.url("/page.html"), folder.resolve("fetched"), options));
            assertEquals("000 0", Programs.curl(own.url("/page.html"), folder.resolve("refused")));
            own.log().await("sslwrite: [0-9.:]+: handshake: .*--client-ca.*");
        }
    }

    @Test
    void fileThatShrinksIsNotTakenForWhole() throws IOException {
        Path shrinking = Fixture.file(root, "shrinking", 30_000_000);
        try (SSLSocket socket = Fixture.request(server.port(), "GET /shrinking HTTP/1.0\r\n\r\n")) {
            socket.getInputStream().readNBytes(1000);
            Fixture.file(root, "shrinking", 1000);
            long rest = 0;
            try {
                rest = socket.getInputStream().readAllBytes().length;
            } catch (IOException e) {
                // no close_notify: the JDK may say so
            }
            assertTrue(
                    rest < 30_000_000 - 1000,
                    () -> "all bytes of a file that had lost them: " + shrinking);
        } finally {
            Files.delete(shrinking);
        }
    }

    @ParameterizedTest(name = "{0} with {1}")
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    # version | header fields, each with a bar          | answer
                    HTTP/1.1  | Connection: close                       | 400 Bad Request
                    HTTP/1.1  | Host: a/Host: a/Connection: close       | 400 Bad Request
                    HTTP/1.1  | Host: a/host: b/Connection: close       | 400 Bad Request
                    HTTP/1.1  | HOST: a/Connection: close               | 200 OK
                    HTTP/1.1  | Host:/Connection: close                 | 200 OK
                    HTTP/1.0  | X: y                                    | 200 OK
                    HTTP/1.0  | Host: a/Host: b                         | 400 Bad Request
                    HTTP/1.1  | Host: a/no colon                        | 400 Bad Request
                    HTTP/1.1  | Host: a/Content-Length: 3/              | 200 OK
                    HTTP/1.1  | Host: a/Transfer-Encoding: chunked      | 200 OK
                    """)
    void readsHeaderFields(String version, String fields, String status) throws IOException {
        String head =
                "GET /page.html " + version + "\r\n" + fields.replace("/", "\r\n") + "\r\n\r\n";
        try (SSLSocket socket = Fixture.request(server.port(), head)) {
            String answer = Fixture.answer(socket);
            assertTrue(answer.startsWith("HTTP/1.1 " + status + "\r\n"), answer);
            assertTrue(answer.contains("\r\nConnection: close\r\n"), answer);
        }
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    # what          | before the request line
                    an empty line   | \\r\\n
                    two empty lines | \\r\\n\\r\\n
                    a lone LF       | \\n
                    """)
    void ignoresInFront(String what, String before) throws IOException {
        String request =
                before.translateEscapes()
                        + "GET /page.html HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
        try (SSLSocket socket = Fixture.request(server.port(), request)) {
            String answer = Fixture.answer(socket);
            assertTrue(answer.startsWith("HTTP/1.1 200 OK\r\n"), () -> what + ": " + answer);
        }
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    # requests, each behind the other in one write    | answers
                    GET /page.html 1.1, GET /page.html 1.1            | 2
                    HEAD /page.html 1.1, GET /nothing 1.1, GET / 1.1  | 3
                    GET /page.html 1.1 close, GET /page.html 1.1      | 1
                    GET /page.html 1.0, GET /page.html 1.0            | 1
                    GET /page.html 1.0 keep-alive, GET / 1.0          | 2
                    POST /page.html 1.1, GET /page.html 1.1           | 2
                    GET /%zz 1.1, GET /page.html 1.1                  | 1
                    """)
    void keepsTheConnection(String requests, int answers) throws IOException, InterruptedException {
        StringBuilder all = new StringBuilder();
        for (String request : requests.split(", ")) {
            String[] words = request.split(" ");
            all.append(words[0] + " " + words[1] + " HTTP/" + words[2] + "\r\nHost: a\r\n");
            all.append(words.length > 3 ? "Connection: " + words[3] + "\r\n" : "").append("\r\n");
        }
        try (RunningServer own = RunningServer.serve(root, "--keep-alive", 1);
                SSLSocket socket = Fixture.request(own.port(), all.toString())) {
            String answer = Fixture.answer(socket);
            assertEquals(answers, answer.split("HTTP/1.1 ", -1).length - 1, answer);
            assertTrue(
                    own.stop()
                            .startsWith(
                                    "{\"connections\":1,\"handshake_failures\":0,"
                                            + "\"failures\":0,\"requests\":"
                                            + answers
                                            + ","));
        }
    }

    @Test
    void closesAnIdleConnectionProperly() throws Exception {
        SslContext context = SslContext.builder().trustAnyone().verifyHost(false).build();
        Duration timeout = Duration.ofSeconds(20);
        try (RunningServer own = RunningServer.serve(root, "--keep-alive", 1);
                SocketChannel channel =
                        Sockets.connect(new HostPort("localhost", own.port()), timeout);
                TlsConnection client =
                        TlsConnection.toServer(context, channel, timeout, "localhost", "server")) {
            client.handshake();
            client.endOfOpening();
            client.write(ByteBuffer.wrap("GET /page.html HTTP/1.1\r\nHost: a\r\n\r\n".getBytes()));
            ByteBuffer answer = ByteBuffer.allocate(10_000);
            // -1 is its close_notify; without one, an exception would come.
            while (client.read(answer) >= 0) {
                assertTrue(answer.hasRemaining());
            }
            assertTrue(new String(answer.array()).startsWith("HTTP/1.1 200 OK"));
            client.sendCloseNotify();
            assertFalse(own.log().toString().contains("sslwrite:"), own.log()::toString);
        }
    }

    @Test
    void curlUsesAConnectionAgain() throws IOException, InterruptedException {
        Programs.assumeInstalled("curl");
        Path fetched = folder.resolve("again");
        try (RunningServer own = RunningServer.serve(root)) {
            String first = own.url("/page.html");
            Programs.curl(own.url("/file"), fetched, first, "-o", fetched.toString());
            assertTrue(own.stop().startsWith("{\"connections\":1,"));
        }
    }

    @Test
    void aSmallAnswerIsOneRecord() throws IOException, InterruptedException {
        String request = "GET /page.html HTTP/1.0\r\n\r\n";
        try (RunningServer own = RunningServer.serve(root)) {
            try (SSLSocket socket = Fixture.request(own.port(), request)) {
                assertTrue(Fixture.answer(socket).endsWith("<p>"));
            }
            String statistics = own.stop();
            assertTrue(statistics.contains("\"requests\":1,\"records\":1,"), statistics);
        }
    }

    @Test
    void listsAFolder() throws IOException {
        Path listed = Files.createDirectory(root.resolve("list<ed>"));
        Files.writeString(listed.resolve("a&b \"ü\".txt"), "found");
        Files.writeString(listed.resolve("x:y"), "");
        Files.writeString(listed.resolve(".hidden"), "");
        Files.createDirectory(listed.resolve("folder"));
        Files.createSymbolicLink(listed.resolve("outside"), folder.resolve("secret"));
        String page = get("/list%3Ced%3E/");
        for (String line :
                List.of(
                        "<h1>Files of /list&lt;ed&gt;/</h1>",
                        "<a href=\"./a%26b%20%22%C3%BC%22.txt\">a&amp;b &quot;ü&quot;.txt</a>",
                        "<a href=\"./x%3Ay\">x:y</a>",
                        "<a href=\"./folder/\">folder/</a>")) {
            assertTrue(page.contains(line), page);
        }
        assertEquals(3, page.split("<li>", -1).length - 1, page);
        assertEquals("found", get("/list%3Ced%3E/./a%26b%20%22%C3%BC%22.txt"));
    }

    @ParameterizedTest(name = "{0} -> {1}")
    @CsvSource({"/sub, /sub/", "//sub, /sub/", "/./sub?a=b, /./sub/"})
    void redirectsToAFolder(String path, String location) throws IOException {
        try (SSLSocket socket =
                Fixture.request(server.port(), "GET " + path + " HTTP/1.0\r\n\r\n")) {
            String answer = Fixture.answer(socket);
            assertTrue(answer.contains("\r\nLocation: " + location + "\r\n"), answer);
        }
    }

    /** The body of an answer, its bytes as UTF-8. */
    private String get(String path) throws IOException {
        String request = "GET " + path + " HTTP/1.0\r\n\r\n";
        try (SSLSocket socket = Fixture.request(server.port(), request)) {
            String answer =
                    new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertTrue(answer.startsWith("HTTP/1.1 200 OK"), answer);
            return answer.substring(answer.indexOf("\r\n\r\n") + 4);
        }
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"127.0.0.1", "::1"})
    void localhostIsBothFamilies(String address) throws IOException {
        assumeAddress(address);
        try (Socket socket = new Socket(address, server.port())) {
            assertTrue(socket.isConnected());
        }
    }

    private static void assumeAddress(String address) {
        try (ServerSocket any = new ServerSocket(0, 1, InetAddress.getByName(address))) {
            assertTrue(any.isBound());
        } catch (IOException e) {
            Assumptions.abort("this machine has no " + address);
        }
    }

    @Test
    void filesWithoutASizeAreServed() throws IOException, InterruptedException {
        Path proc = Path.of("/proc/self");
        Assumptions.assumeTrue(Files.exists(proc.resolve("limits")), "/proc is not there");
        try (RunningServer own = RunningServer.serve(proc)) {
            for (String version : List.of("1.0", "1.1")) {
                String request =
                        "GET /limits HTTP/" + version + "\r\nHost: a\r\nConnection: close\r\n\r\n";
                try (SSLSocket socket = Fixture.request(own.port(), request)) {
                    String answer = Fixture.answer(socket);
                    assertTrue(answer.contains("Max open files"), answer);
                }
            }
        }
    }

    private record Growth(String name, int before, int added) {
        @Override
        public String toString() {
            return name;
        }
    }

    static final List<Growth> GROWTHS =
            List.of(
                    new Growth("a large file", 30_000_000, 1000),
                    new Growth("a large file that doubles", 20_000_000, 20_000_000));

    @ParameterizedTest(name = "{0}")
    @FieldSource("GROWTHS")
    void fileThatGrowsIsWhole(Growth growth) throws IOException {
        Path growing = Fixture.file(root, "growing", growth.before);
        byte[] expected = Files.readAllBytes(growing);
        try (SSLSocket socket = Fixture.request(server.port(), "GET /growing HTTP/1.0\r\n\r\n")) {
            var in = socket.getInputStream();
            byte[] beginning = in.readNBytes(1000);
            Files.write(growing, new byte[growth.added], StandardOpenOption.APPEND);
            byte[] rest = in.readAllBytes();
            String head = new String(beginning, StandardCharsets.ISO_8859_1);
            int headLength = head.indexOf("\r\n\r\n") + 4;
            assertTrue(head.contains("\r\nContent-Length: " + growth.before + "\r\n"), head);
            assertEquals(growth.before, beginning.length - headLength + rest.length);
            assertEquals(
                    -1,
                    Arrays.mismatch(
                            Arrays.copyOfRange(expected, 1000 - headLength, expected.length),
                            rest));
        } finally {
            Files.delete(growing);
        }
    }

    @Test
    void linkThatIsSwitchedIsOneFile() throws IOException {
        Path old = Files.createDirectories(root.resolve("..old")).resolve("data");
        Path fresh = Files.createDirectories(root.resolve("..new")).resolve("data");
        Files.write(old, filled('o', 20_000_000));
        Files.write(fresh, filled('n', 25_000_000));
        Files.createSymbolicLink(root.resolve("..data"), Path.of("..old"));
        Files.createSymbolicLink(root.resolve("switched"), Path.of("..data/data"));
        try (SSLSocket socket = Fixture.request(server.port(), "GET /switched HTTP/1.0\r\n\r\n")) {
            byte[] beginning = socket.getInputStream().readNBytes(1000);
            Files.createSymbolicLink(root.resolve("..tmp"), Path.of("..new"));
            Files.move(
                    root.resolve("..tmp"), root.resolve("..data"), StandardCopyOption.ATOMIC_MOVE);
            Files.delete(old);
            byte[] rest = socket.getInputStream().readAllBytes();
            String head = new String(beginning, StandardCharsets.ISO_8859_1);
            int body = 1000 - head.indexOf("\r\n\r\n") - 4 + rest.length;
            assertEquals(20_000_000, body);
            assertEquals(-1, Arrays.mismatch(filled('o', rest.length), rest));
        }
        assertTrue(get("/switched").startsWith("nnn"));
    }

    private static byte[] filled(char c, int size) {
        byte[] bytes = new byte[size];
        Arrays.fill(bytes, (byte) c);
        return bytes;
    }
}
