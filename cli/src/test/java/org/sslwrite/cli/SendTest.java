package org.sslwrite.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.sslwrite.TlsIdentity;
import org.sslwrite.softhsm.SoftwareToken;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.List;

/** {@code send} to {@code openssl s_server}. */
class SendTest {
    private static final int SIZE = 1_000_007;

    @TempDir private Path folder;
    private String openssl;
    private Path certificate;
    private Path key;
    private Path file;

    @BeforeEach
    void makeFiles() throws IOException, GeneralSecurityException, InterruptedException {
        openssl = Programs.openssl();
        certificate = Fixture.certificatePem(folder, Fixture.localhost());
        key = Fixture.keyPem(folder, Fixture.localhost());
        file = Fixture.file(folder, "file", SIZE);
    }

    /** {@code openssl s_server}, whose standard output, what it received, goes to a file. */
    private final class SServer implements AutoCloseable {
        private final int port = freePort();
        private final Path received = Files.createTempFile(folder, "received", "");
        private final Process process;

        SServer(String... options) throws IOException {
            List<String> command = new ArrayList<>(List.of(openssl, "s_server", "-quiet"));
            command.addAll(List.of("-accept", Integer.toString(port)));
            command.addAll(List.of("-cert", certificate.toString(), "-key", key.toString()));
            command.addAll(List.of(options));
            process =
                    new ProcessBuilder(command)
                            .redirectOutput(received.toFile())
                            .redirectError(ProcessBuilder.Redirect.DISCARD)
                            .start();
            Await.until("s_server listens", this::isListening);
        }

        private static int freePort() throws IOException {
            try (ServerSocket socket = new ServerSocket(0)) {
                return socket.getLocalPort();
            }
        }

        private boolean isListening() {
            try (Socket socket = new Socket()) {
                socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
                return true;
            } catch (IOException e) {
                return false;
            }
        }

        @Override
        public void close() {
            process.destroy();
        }
    }

    /** The client's certificate is asked for, and its key is in the token. */
    @ParameterizedTest
    @EnumSource(SoftwareToken.Kind.class)
    void sealsAndSignsInTheToken(SoftwareToken.Kind kind) throws IOException {
        Programs.assumeToken(kind);
        try (SServer server = new SServer("-verify", "1")) {
            Cli.Result result =
                    Cli.run(
                            "send",
                            file,
                            "localhost:" + server.port,
                            "--ca",
                            certificate,
                            "--json",
                            "--token",
                            kind,
                            "--key-in-token");

            assertEquals(0, result.exit(), result.err());
            assertTrue(Fixture.equal(file, Files.readAllBytes(server.received)));
            assertTrue(
                    result.out().matches("(?s).*\"sealed_by\":\"[\\w-]+ token .*"), result.out());
        }
    }

    @ParameterizedTest
    @CsvSource({
        "TLSv1.3, TLS_AES_128_GCM_SHA256",
        "TLSv1.2, TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"
    })
    void arrivesIntact(String version, String suite) throws IOException {
        try (SServer server = new SServer()) {
            Cli.Result result =
                    Cli.run(
                            "send",
                            file,
                            "localhost:" + server.port,
                            "--ca",
                            certificate,
                            "--json",
                            "--suites",
                            suite);

            assertEquals(0, result.exit(), result.err());
            assertEquals("", result.err());
            assertTrue(Fixture.equal(file, Files.readAllBytes(server.received)));
            assertEquals(1, result.out().lines().count());
            assertTrue(
                    result.out()
                            .matches(
                                    "\\{\"peer\":\"localhost:\\d+\",\"protocol\":\""
                                            + version
                                            + "\",\"suite\":\""
                                            + suite
                                            + "\",\"sealed_by\":\"[\\w-]+\",\"records\":62,\"bytes\":1000007,"
                                            + "\"seconds\":[0-9.]+(E-\\d+)?,\"gbps\":[0-9.]+,\"sha256_equal\":null}\\R"),
                    result.out());
        }
    }

    @Test
    void sendsStandardInput() throws IOException {
        InputStream before = System.in;
        System.setIn(new ByteArrayInputStream(Files.readAllBytes(file)));
        try (SServer server = new SServer()) {
            Cli.Result result =
                    Cli.run("send", "-", "127.0.0.1:" + server.port, "--ca", certificate);

            assertEquals(0, result.exit(), result.err());
            assertTrue(Fixture.equal(file, Files.readAllBytes(server.received)));
            assertTrue(result.out().contains("1,000,007"), result.out());
        } finally {
            System.setIn(before);
        }
    }

    @Test
    void sendsAnEmptyFile() throws IOException {
        try (SServer server = new SServer()) {
            Cli.Result result =
                    Cli.run(
                            "send",
                            Fixture.file(folder, "empty", 0),
                            "localhost:" + server.port,
                            "--ca",
                            certificate);

            assertEquals(0, result.exit(), result.err());
            assertEquals(0, Files.size(server.received));
        }
    }

    @Test
    void insecureTrustsAnyoneAndSaysSo() throws IOException {
        try (SServer server = new SServer()) {
            Cli.Result result =
                    Cli.run("send", file, "127.0.0.1:" + server.port, "--insecure", "--json");

            assertEquals(0, result.exit(), result.err());
            assertTrue(result.err().startsWith("sslwrite: WARNING: --insecure"), result.err());
            assertTrue(Fixture.equal(file, Files.readAllBytes(server.received)));
        }
    }

    @ParameterizedTest(name = "client certificate from {0}")
    @CsvSource({"PEM", "encrypted PEM", "PKCS#12"})
    void identifiesItself(String form) throws IOException, GeneralSecurityException {
        TlsIdentity client = Fixture.selfSigned("client", "RSA");
        Path clientCertificate = Fixture.certificatePem(folder, client);
        Path password = Files.writeString(folder.resolve("password"), Fixture.PASSWORD + "\n");
        List<Object> args = new ArrayList<>(List.of("--cert", clientCertificate));
        switch (form) {
            case "PEM" -> args.addAll(List.of("--key", Fixture.keyPem(folder, client)));
            case "encrypted PEM" ->
                    args.addAll(
                            List.of(
                                    "--key",
                                    Fixture.encryptedKeyPem(folder, client),
                                    "--password-file",
                                    password));
            default -> {
                args.clear();
                args.addAll(
                        List.of(
                                "--p12",
                                Fixture.pkcs12(folder, client),
                                "--password-file",
                                password));
            }
        }
        try (SServer server =
                new SServer(
                        "-Verify",
                        "1",
                        "-CAfile",
                        clientCertificate.toString(),
                        "-verify_return_error")) {
            args.addAll(0, List.of("send", file, "localhost:" + server.port, "--ca", certificate));
            Cli.Result result = Cli.run(args.toArray());

            assertEquals(0, result.exit(), result.err());
            assertTrue(Fixture.equal(file, Files.readAllBytes(server.received)));
        }
    }

    /** What the server refuses us for is said, and nothing else is. */
    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    suites, TLS 1.2      | -tls1_2 -cipher ECDHE-ECDSA-AES128-GCM-SHA256       | --suites ECDHE-ECDSA-AES256-GCM-SHA384 | handshake: .*: handshake_failure; it accepts nothing of what we offer; .*--suites.*
                    suites, TLS 1.3      | -tls1_3 -ciphersuites TLS_AES_128_GCM_SHA256        | --suites TLS_AES_256_GCM_SHA384        | handshake: .*: handshake_failure; it accepts nothing of what we offer; .*--suites.*
                    version, old client  | -tls1_3                                             | --versions TLSv1.2                     | handshake: .*protocol_version; no TLS version in common \\(--versions\\)
                    version, old server  | -tls1_2                                             | --versions TLSv1.3                     | handshake: .*protocol_version; no TLS version in common \\(--versions\\)
                    protocol             | -alpn b                                             | --alpn a                               | handshake: .*no_application_protocol; no application protocol in common \\(--alpn\\)
                    name, TLS 1.3        | -tls1_3 -servername x.test -servername_fatal {cert2} | --name other.test                     | handshake: .*unrecognized_name; we named other.test \\(--name\\)
                    name, TLS 1.2        | -tls1_2 -servername x.test -servername_fatal {cert2} | --name other.test                     | handshake: .*unrecognized_name; we named other.test \\(--name\\)
                    no certificate, 1.3  | -tls1_3 -Verify 1                                   |                                        | .*certificate_required; it has asked for a certificate, and got none; .*--cert and --key.*
                    no certificate, 1.2  | -tls1_2 -Verify 1                                   |                                        | handshake: .*handshake_failure; it has asked for a certificate, and got none; .*--cert.*
                    stranger, TLS 1.3    | -tls1_3 -Verify 1 -verify_return_error              | {stranger}                             | .*unknown_ca; it does not trust our certificate \\(--cert\\)
                    stranger, TLS 1.2    | -tls1_2 -Verify 1 -verify_return_error              | {stranger}                             | handshake: .*unknown_ca; it does not trust our certificate \\(--cert\\)
                    """)
    void saysWhatItIsRefusedFor(String what, String theirs, String ours, String line)
            throws IOException, GeneralSecurityException {
        TlsIdentity stranger = Fixture.selfSigned("stranger", "EC");
        String shown =
                "--cert "
                        + Fixture.certificatePem(folder, stranger)
                        + " --key "
                        + Fixture.keyPem(folder, stranger);
        String second = "-cert2 " + certificate + " -key2 " + key;
        try (SServer server = new SServer(theirs.replace("{cert2}", second).split(" "))) {
            String address = "localhost:" + server.port;
            List<Object> args =
                    new ArrayList<>(List.of("send", file, address, "--ca", certificate));
            if (ours != null) {
                args.addAll(List.of(ours.replace("{stranger}", shown).split(" ")));
            }
            Cli.Result result = Cli.run(args.toArray());

            assertEquals(1, result.exit(), result.err());
            String said = result.err().strip();
            assertTrue(said.matches("sslwrite: " + address + ": " + line), said);
        }
    }

    @Test
    void saysThatItsCertificateIsWanted() throws IOException {
        try (SServer server = new SServer("-Verify", "1", "-CAfile", certificate.toString())) {
            Cli.Result result =
                    Cli.run("send", file, "localhost:" + server.port, "--ca", certificate);

            assertEquals(1, result.exit());
            assertTrue(
                    result.err()
                            .matches("(?s)sslwrite: .*certificate_required.*--cert and --key.*"),
                    result.err());
        }
    }

    @Test
    void agreesOnAnApplicationProtocol() throws IOException {
        try (SServer server = new SServer("-alpn", "b")) {
            String address = "localhost:" + server.port;
            assertEquals(
                    0, Cli.run("send", file, address, "--ca", certificate, "--alpn", "a,b").exit());
            Cli.Result none = Cli.run("send", file, address, "--ca", certificate, "--alpn", "a");
            assertEquals(1, none.exit());
            assertTrue(
                    none.err().contains("no application protocol in common (--alpn)"), none.err());
        }
    }
}
