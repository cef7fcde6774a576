package org.sslwrite.cli;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.sslwrite.pkcs11.TokenException;
import org.sslwrite.pkcs11.TokenSelector;
import org.sslwrite.softhsm.SoftwareToken;
import org.sslwrite.softhsm.SoftwareToken.Kind;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The commands with {@code --token} and {@code --config}, over real software tokens. */
@Timeout(120)
class TokenTest {
    private static final int SIZE = 3_000_001;

    @TempDir private Path folder;

    private static void assumeToken(String kind) {
        Programs.assumeToken(Kind.valueOf(kind.toUpperCase(Locale.ROOT)));
    }

    @ParameterizedTest(name = "{0} through {1}, {2}, peer {3}")
    @CsvSource({
        "softhsm, cryptoki,  --key-in-token, openssl",
        "softhsm, sunpkcs11, --key-in-token, openssl",
        "nss,     cryptoki,  --key-in-token, openssl",
        "softhsm, cryptoki,  ,               self",
        "nss,     cryptoki,  ,               self",
        "nss,     sunpkcs11, ,               self",
    })
    void demoShowsTheTokenAtWorkAndFailing(String kind, String engine, String key, String peer)
            throws IOException {
        assumeToken(kind);
        if (peer.equals("openssl")) {
            Programs.assumeInstalled("openssl");
        }
        List<Object> args =
                new ArrayList<>(
                        List.of("demo", Fixture.file(folder, "file", SIZE), "--json", "--token"));
        args.addAll(List.of(kind, "--engine", engine, "--peer", peer));
        if (key != null) {
            args.add(key);
        }
        Cli.Result result = Cli.run(args.toArray());

        assertEquals(0, result.exit(), result.err());
        List<String> rows = result.out().lines().toList();
        assertEquals(2, rows.size(), result.out());
        String token = kind.equals("nss") ? "NSS token" : "SoftHSM2 token";
        // A message is one call: once it is made, nothing else may be sealed under its nonce. Else
        // the token is given the key again, and the connection goes on.
        boolean begun = kind.equals("nss") && engine.equals("cryptoki");
        for (String row : rows) {
            assertAll(
                    () -> assertTrue(row.contains("\"sealed_by\":\"" + token), row),
                    () -> assertTrue(row.contains("\"bytes\":" + SIZE), row),
                    () -> assertTrue(row.contains("\"sha256_equal\":true"), row),
                    () -> assertFalse(row.contains("\"as_promised\":false"), row),
                    () -> assertTrue(row.contains("\"policy\":\"token-preferred\""), row),
                    () -> assertTrue(row.contains("\"policy\":\"token-only\""), row),
                    () -> assertTrue(row.contains("CKR_SESSION_HANDLE_INVALID"), row),
                    () -> assertTrue(row.contains("\"begun\":" + begun), row),
                    () -> assertEquals(!begun, row.contains("was given the key again"), row));
        }
    }

    @Test
    void demoTellsAPersonToo() throws IOException {
        assumeToken("softhsm");
        Path file = Fixture.file(folder, "file", SIZE);
        Cli.Result result =
                Cli.run(
                        "demo",
                        file,
                        "--peer",
                        "self",
                        "--token",
                        "softhsm",
                        "--versions",
                        "TLSv1.3");

        assertEquals(0, result.exit(), result.err());
        String out = result.out();
        assertAll(
                () -> assertTrue(out.contains("TLSv1.3 is sealed by SoftHSM2 token"), out),
                () -> assertTrue(out.contains("token-preferred: 3,000,001 bytes arrived"), out),
                () -> assertTrue(out.contains("token-only: 3,000,001 bytes arrived"), out),
                () -> assertTrue(out.contains("was given the key again"), out));
    }

    /** Whatever the size of a file is, half of it has gone when the token fails. */
    @ParameterizedTest(name = "{0} bytes")
    @ValueSource(ints = {0, 1, 2, 1000, 100_000})
    void smallFileSeesTheTokenFail(int size) throws IOException, InterruptedException {
        assumeToken("softhsm");
        Path file = Fixture.file(folder, "file", size);
        Cli.Result result = Cli.run("demo", file, "--json", "--peer", "self", "--token", "softhsm");

        assertEquals(0, result.exit(), result.err());
        assertEquals(size > 1, result.out().contains("\"as_promised\":true"), result.out());
    }

    @Test
    void servesWithKeyAndRecordsInTheToken() throws IOException, InterruptedException {
        assumeToken("softhsm");
        Programs.assumeInstalled("curl");
        Path file = Fixture.file(folder, "file", SIZE);
        RunningServer server =
                RunningServer.serve(
                        folder, "--token", "softhsm", "--key-in-token", "--policy", "token-only");
        List<Process> clients = new ArrayList<>();
        List<Path> received = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            Path to = folder.resolve("received-" + i);
            received.add(to);
            clients.add(
                    new ProcessBuilder("curl", "-sk", "-o", to.toString(), server.url("/file"))
                            .start());
        }
        for (Process client : clients) {
            assertEquals(0, client.waitFor());
        }
        for (Path to : received) {
            assertEquals(-1, Files.mismatch(file, to));
        }
        String statistics = server.stop();
        assertAll(
                () -> assertTrue(statistics.contains("\"connections\":10"), statistics),
                () -> assertTrue(statistics.contains("\"sealed_by\":\"SoftHSM2 token"), statistics),
                () ->
                        assertTrue(
                                statistics.matches("(?s)[^]]*\"sealed\":\\[\\{[^}]*\\}\\].*"),
                                statistics),
                () -> assertTrue(statistics.contains("\"fallbacks\":0"), statistics));
    }

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource({
        "softhsm, true,  false",
        "nss,     true,  true",
    })
    void probeTellsTheTruth(String kind, boolean gcm, boolean hkdf) {
        assumeToken(kind);
        Cli.Result result = Cli.run("probe", "--token", kind, "--json");

        assertEquals(0, result.exit(), result.err());
        String json = result.out();
        assertAll(
                () -> assertEquals(1, json.lines().count()),
                () -> assertTrue(json.contains("\"capabilities\""), json),
                () -> assertTrue(json.contains("\"gcm\":" + gcm), json),
                () -> assertTrue(json.contains("\"hkdf\":" + hkdf), json),
                () -> assertTrue(json.contains("\"chacha20_poly1305\":" + hkdf), json),
                () -> assertTrue(json.contains("\"message_api\":" + hkdf), json));
    }

    @Test
    void configOfEveryVendorIsPrinted() {
        Cli.Result softhsm = Cli.run("config", "softhsm");
        assertEquals(0, softhsm.exit(), softhsm.err());
        assertTrue(softhsm.out().lines().anyMatch(line -> line.startsWith("#")), softhsm.out());
        assertTrue(softhsm.out().contains("token-label"), softhsm.out());
    }

    @Test
    void theDescriptionInAFileIsUsed() throws IOException {
        assumeToken("nss");
        Path config =
                Files.writeString(
                        folder.resolve("token.properties"),
                        "vendor = nss\ntoken-label = NSS Generic Crypto Services\n");
        Path file = Fixture.file(folder, "file", 100_000);
        Cli.Result result = Cli.run("demo", file, "--peer", "self", "--config", config, "--json");
        assertEquals(0, result.exit(), result.err());
        assertTrue(result.out().contains("\"sealed_by\":\"NSS"), result.out());
        assertFalse(result.out().contains("when_token_fails"), "that is not done to a real token");
    }

    private static String text(Path path, boolean isUri) {
        return isUri ? path.toUri().getRawPath() : path.toString();
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    # command line                                       | exit | the one line, after "sslwrite: "
                    probe                                                | 2 | which token\\? --token or --config says it; try .*
                    probe --token frob                                   | 2 | --token frob is neither softhsm, nss nor a pkcs11: URI; try .*
                    probe --token pkcs1:token=x?pin-value=1234           | 2 | --token is neither softhsm, nss nor a pkcs11: URI; try .*
                    send {file} localhost:1 --breaker-failures 2         | 2 | --breaker-failures needs --policy token-preferred; try .*
                    serve --port 0 {folder} --token softhsm --breaker-pause 2 | 2 | --breaker-pause needs --policy token-preferred; try .*
                    serve --port 0 {folder} --token softhsm --policy token-preferred --breaker-failures 0 | 2 | --breaker-failures 0 is less than 1; try .*
                    serve --port 0 {folder} --token softhsm --policy token-preferred --breaker-pause 0 | 2 | .*'--breaker-pause'.*0 is not a number of seconds.*
                    send {file} localhost:1 --token softhsm --policy token-preferred --breaker-failures 1 --breaker-pause 0.5 | 1 | localhost:1: cannot connect: .*
                    probe --token softhsm --config {folder}/none         | 2 | --token goes without --config; try .*
                    probe --engine cryptoki                              | 2 | --engine needs --token or --config; try .*
                    probe --token softhsm --engine frob                  | 2 | .*'--engine'.*
                    demo {file} --policy token-only                      | 2 | --policy needs --token or --config; try .*
                    demo {file} --key-in-token                           | 2 | --key-in-token needs --token or --config; try .*
                    demo {file} --token softhsm --policy sometimes       | 2 | .*"sometimes" is not one of token-only, token-strict, token-preferred, software; try .*
                    serve --port 0 {folder} --token softhsm --key-in-token --key {file} | 2 | --key-in-token goes without --key, --p12 and --password-file; try .*
                    probe --config {folder}/none                         | 1 | .*none: there is no such file
                    probe --config {bad}                                 | 1 | .*bad:2: .*
                    probe --token pkcs11:token=x?module-path={folder}/none.so | 1 | .*none.so.*
                    probe --token pkcs11:token=x?module-path={file}      | 1 | .*file.*
                    probe --token pkcs11:token=x?module-path=/usr/lib/softhsm/libsofthsm2.so&pin-value=1234 | 1 | .*pin-value.*
                    demo {file} --token pkcs11:token=x?module-path={folder}/none.so | 1 | .*none.so.*
                    config frob                                          | 1 | .*frob.*
                    """)
    void badInputIsOneLine(String commandLine, int exit, String line) throws IOException {
        Path bad = Files.writeString(folder.resolve("bad"), "vendor = nss\nfrob = 1\n");
        Path file = Fixture.file(folder, "file", 1000);
        String[] args = commandLine.split(" +");
        for (int i = 0; i < args.length; i++) {
            boolean isUri = args[i].startsWith("pkcs11:"); // in which a blank has its code
            args[i] =
                    args[i].replace("{folder}", text(folder, isUri))
                            .replace("{file}", text(file, isUri))
                            .replace("{bad}", text(bad, isUri));
        }
        Cli.Result result = Cli.run((Object[]) args);

        assertEquals(exit, result.exit(), result.err());
        assertEquals("", result.out());
        assertEquals(1, result.err().lines().count(), result.err());
        assertTrue(result.err().strip().matches("sslwrite: " + line), result.err());
    }

    @Test
    void pinFileThatOthersMayReadIsRefused() throws IOException, TokenException {
        assumeToken("softhsm");
        Path pin = Files.writeString(folder.resolve("pin"), "1234\n");
        Files.setPosixFilePermissions(pin, PosixFilePermissions.fromString("rw-r--r--"));
        try (SoftwareToken token = SoftwareToken.create(Kind.SOFTHSM)) {
            Cli.Result result = Cli.run("probe", "--config", configuration(token, "file:" + pin));
            assertEquals(1, result.exit());
            assertTrue(result.err().contains("chmod 600"), result.err());
            assertFalse(result.err().contains("1234"), result.err());
        }
    }

    @Test
    void wrongPinIsOneLineThatDoesNotTellIt() throws IOException, TokenException {
        assumeToken("softhsm");
        Path pin = Files.writeString(folder.resolve("pin"), "98765\n");
        Files.setPosixFilePermissions(pin, PosixFilePermissions.fromString("rw-------"));
        try (SoftwareToken token = SoftwareToken.create(Kind.SOFTHSM)) {
            Path config = configuration(token, "file:" + pin);
            Path file = Fixture.file(folder, "file", 1000);
            for (Object[] command :
                    new Object[][] {
                        {"probe", "--config", config},
                        {"demo", file, "--config", config, "--peer", "self"}
                    }) {
                Cli.Result result = Cli.run(command);
                assertEquals(1, result.exit());
                assertEquals(1, result.err().lines().count(), result.err());
                assertTrue(result.err().contains("CKR_PIN_INCORRECT"), result.err());
                assertFalse(result.err().contains("98765"), result.err());
            }
        }
    }

    private Path configuration(SoftwareToken token, String pinSource) throws IOException {
        String label = ((TokenSelector.ByLabel) token.config().token()).label();
        return Files.writeString(
                folder.resolve("token.properties"),
                "module = %s\ntoken-label = %s\npin-source = %s\n"
                        .formatted(token.config().module(), label, pinSource));
    }
}
