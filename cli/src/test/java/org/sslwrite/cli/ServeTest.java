package org.sslwrite.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sslwrite.TlsIdentity;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
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
                    GET /p%61ge.html HTTP/1.1             | 200 OK                 | text/html; charset=utf-8
                    GET /./sub/.//a%20b+%C3%BC.txt HTTP/1.1 | 200 OK               | text/plain; charset=utf-8
                    GET /inside HTTP/1.1                  | 200 OK                 | text/html; charset=utf-8
                    GET / HTTP/1.1                        | 404 Not Found          |
                    GET /sub HTTP/1.1                     | 404 Not Found          |
                    GET /sub/ HTTP/1.1                    | 404 Not Found          |
                    GET /page.html/ HTTP/1.1              | 404 Not Found          |
                    GET /page.html/x HTTP/1.1             | 404 Not Found          |
                    GET /nothing HTTP/1.1                 | 404 Not Found          |
                    HEAD /nothing HTTP/1.1                | 404 Not Found          |
                    GET /dangling HTTP/1.1                | 404 Not Found          |
                    GET /out HTTP/1.1                     | 404 Not Found          |
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
                    GET  /page.html HTTP/1.1              | 400 Bad Request        |
                    GET /page.html HTTP/2.0               | 400 Bad Request        |
                    GET /page.html HTTP/1.1 x             | 400 Bad Request        |
                    GET /pägé.html HTTP/1.1               | 400 Bad Request        |
                    garbage                               | 400 Bad Request        |
                    POST /page.html HTTP/1.1              | 405 Method Not Allowed |
                    get /page.html HTTP/1.1               | 405 Method Not Allowed |
                    """)
    void answers(String requestLine, String status, String type) throws IOException {
        try (SSLSocket socket =
                Fixture.request(server.port(), requestLine + "\r\nHost: localhost\r\n\r\n")) {
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
        String start = "GET /page.html HTTP/1.1\r\nX: ";
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
        try (SSLSocket socket = Fixture.request(server.port(), "GET /shrinking HTTP/1.1\r\n\r\n")) {
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
}
