package org.sslwrite.cli;

import static org.junit.jupiter.api.Assertions.assertNotNull;

import org.junit.jupiter.api.Assumptions;
import org.sslwrite.Token;
import org.sslwrite.pkcs11.TokenSelector;
import org.sslwrite.pkcs11.cryptoki.CryptokiToken.KeyPairKind;
import org.sslwrite.pkcs11.pin.Pin;
import org.sslwrite.softhsm.FaultyModule;
import org.sslwrite.softhsm.SoftwareToken;
import org.sslwrite.softhsm.SoftwareToken.KeyPair;
import org.sslwrite.softhsm.SoftwareToken.Kind;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import javax.net.ssl.SSLSocket;

/**
 * {@code sslwrite serve} in a process of its own, with two carriers of virtual threads, and with
 * the private key in a SoftHSM token behind a {@link FaultyModule}.
 */
final class FaultyTokenServer implements AutoCloseable {
    static final int CARRIERS = 2;

    private static final int LONGEST_READ = 60_000;
    private static final Pattern READY =
            Pattern.compile("listening on https://localhost:(\\d+)/ .*");

    private final Path temporary;
    private final SoftwareToken software;
    private final FaultyModule faulty;
    private final KeyPair key;
    private final Process process;
    private final int port;
    private final List<SSLSocket> clients = new ArrayList<>();

    /** Serves; skips the test, with a reason, where there can be no such token. */
    FaultyTokenServer(Path folder, Path temporary, Object... options) throws Exception {
        Programs.assumeToken(Kind.SOFTHSM);
        String reason = FaultyModule.reasonAgainst();
        Assumptions.assumeTrue(reason == null, reason);
        this.temporary = temporary;
        this.software = SoftwareToken.create(Kind.SOFTHSM);
        this.faulty = FaultyModule.inFrontOf(software.config().module());
        this.key = software.generateKeyPair(KeyPairKind.EC_P256);
        try (Token signer = Token.of(software.config())) {
            software.storeCertificate(
                    key,
                    signer.selfSigned("localhost", key.selector(), key.publicKey()).certificate());
        }
        this.process = start(folder, options);
        this.port = port(process);
    }

    private Process start(Path folder, Object... options) throws Exception {
        List<Object> args = new ArrayList<>(List.of("serve", "--json", "--port", 0, folder));
        args.addAll(List.of("--token", uri(), "--key-in-token"));
        args.addAll(List.of(options));
        ProcessBuilder server = Cli.process(temporary, args.toArray());
        server.command().add(1, "-Djdk.virtualThreadScheduler.parallelism=" + CARRIERS);
        server.environment().putAll(software.environment());
        server.redirectOutput(ProcessBuilder.Redirect.DISCARD);
        return server.start();
    }

    FaultyModule module() {
        return faulty;
    }

    private String uri() throws Exception {
        Path pinFile =
                Files.createFile(
                        temporary.resolve("pin"),
                        PosixFilePermissions.asFileAttribute(
                                PosixFilePermissions.fromString("rw-------")));
        try (Pin pin = software.config().pin().pin("token")) {
            assertNotNull(pin);
            Files.write(pinFile, pin.utf8());
        }
        String label = ((TokenSelector.ByLabel) software.config().token()).label();
        return "pkcs11:token="
                + encoded(label)
                + ";object="
                + encoded(String.valueOf(key.selector().label()))
                + "?module-path="
                + encoded(faulty.library().toString())
                + "&pin-source=file:"
                + encoded(pinFile.toString());
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8)
                .replace("+", "%20")
                .replace("%2F", "/");
    }

    /** Its log is read on, lest it wait for somebody to do so. */
    private static int port(Process server) throws IOException {
        BufferedReader log = server.errorReader();
        StringBuilder said = new StringBuilder();
        for (String line = log.readLine(); line != null; line = log.readLine()) {
            said.append(line).append('\n');
            Matcher ready = READY.matcher(line);
            if (ready.matches()) {
                Thread.ofPlatform().daemon().start(() -> log.lines().forEach(rest -> {}));
                return Integer.parseInt(ready.group(1));
            }
        }
        throw new AssertionError("serve ended: " + said);
    }

    /** A client's socket, before its handshake. */
    SSLSocket client() throws IOException {
        SSLSocket socket =
                (SSLSocket)
                        Fixture.jdk(Fixture.localhost())
                                .getSocketFactory()
                                .createSocket("localhost", port);
        socket.setSoTimeout(LONGEST_READ);
        clients.add(socket);
        return socket;
    }

    /** A client that has asked for the file and got the first byte of the answer. */
    SSLSocket download(String path) throws IOException {
        SSLSocket socket = client();
        socket.getOutputStream()
                .write(
                        ("GET "
                                        + path
                                        + " HTTP/1.1\r\n"
                                        + "Host: localhost\r\n"
                                        + "Connection: close\r\n\r\n")
                                .getBytes(StandardCharsets.ISO_8859_1));
        if (socket.getInputStream().read() < 0) {
            throw new IOException("no answer");
        }
        return socket;
    }

    @Override
    public void close() throws IOException {
        faulty.clear();
        for (SSLSocket client : clients) {
            client.close();
        }
        process.destroyForcibly().onExit().join();
        faulty.close();
        software.close();
    }
}
