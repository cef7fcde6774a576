package org.sslwrite.cli;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sslwrite.TlsIdentity;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Bad input: one line on standard error that says what to do, nothing on standard output, the right
 * exit code.
 */
@TestInstance(Lifecycle.PER_CLASS)
class BadInputTest {
    private ServerSocket taken;

    /** What the words in braces stand for in the table. */
    private final Map<String, Object> words = new TreeMap<>();

    @BeforeAll
    void makeFiles(@TempDir Path folder) throws IOException, GeneralSecurityException {
        TlsIdentity other = Fixture.selfSigned("localhost", "RSA");
        TlsIdentity sameKind = Fixture.selfSigned("localhost", "EC");
        Path wrong = Files.writeString(folder.resolve("wrong"), "wrong\n");
        taken = new ServerSocket(0, 1, InetAddress.getByName("localhost"));
        words.put("{folder}", folder);
        words.put("{file}", Fixture.file(folder, "file", 1000));
        words.put("{cert}", Fixture.certificatePem(folder, Fixture.localhost()));
        words.put("{key}", Fixture.keyPem(folder, Fixture.localhost()));
        words.put("{secret-key}", Fixture.encryptedKeyPem(folder, Fixture.localhost()));
        words.put("{rsa-key}", Fixture.keyPem(folder, other));
        words.put("{other-key}", Fixture.keyPem(folder, sameKind));
        words.put("{p12}", Fixture.pkcs12(folder, Fixture.localhost()));
        words.put("{wrong}", wrong);
        words.put("{long}", "x".repeat(256));
        words.put("{taken}", taken.getLocalPort());
    }

    @AfterAll
    void close() throws IOException {
        taken.close();
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    # command line                                              | exit | the one line, after "sslwrite: "

                    # the command line itself
                                                                                | 2 | which command\\? demo, serve, send, probe, config or bench; try 'sslwrite --help'
                    frobnicate                                                  | 2 | unknown command 'frobnicate'; the commands are demo, serve, send, probe, config and bench; try 'sslwrite --help'
                    sned                                                        | 2 | unknown command 'sned'; is 'send' meant\\?; try 'sslwrite --help'
                    Serve --port 0 {folder}                                     | 2 | unknown command 'Serve'; is 'serve' meant\\?; try 'sslwrite --help'
                    dem {file}                                                  | 2 | unknown command 'dem'; is 'demo' meant\\?; try 'sslwrite --help'
                    --versoin                                                   | 2 | unknown option '--versoin'; is '--version' meant\\?; try 'sslwrite --help'
                    demo {file} more                                            | 2 | unexpected argument 'more'; try 'sslwrite demo --help'
                    demo --frob                                                 | 2 | unknown option '--frob'; try 'sslwrite demo --help'
                    demo {file} --version TLSv1.2                               | 2 | unknown option '--version'; is '--versions' meant\\?; try 'sslwrite demo --help'
                    demo {file} --suits=A                                       | 2 | unknown option '--suits=A'; is '--suites' meant\\?; try 'sslwrite demo --help'
                    send {file} localhost:1 -x                                  | 2 | unknown option '-x'; try 'sslwrite send --help'
                    demo --peer nobody                                          | 2 | .*'--peer'.*nobody.*
                    demo {file} --suites TLS_NULL                               | 2 | .*unknown cipher suite "TLS_NULL"; known: .*TLS_AES_128_GCM_SHA256.*
                    demo {file} --versions SSLv3                                | 2 | .*unknown TLS version "SSLv3"; known: TLSv1.2, TLSv1.3.*
                    demo {file} --versions TLSv1.2 --suites TLS_AES_128_GCM_SHA256 | 2 | .*TLS_AES_128_GCM_SHA256.*TLSv1.2.*
                    demo {file} --max-fragment 511                              | 2 | --max-fragment 511 is not in 512..16384; try .*
                    demo {file} --max-fragment 16385                            | 2 | --max-fragment 16385 is not in 512..16384; try .*
                    demo {file} --provider Frob                                 | 2 | no JCA provider "Frob"; installed: .*SunJCE.*
                    demo {file} --timeout 0                                     | 2 | .*'--timeout'.*0 is not a number of seconds above 0.*
                    demo {file} --timeout soon                                  | 2 | .*'--timeout'.*"soon" is not a number of seconds.*
                    serve {folder}                                              | 2 | Missing required option.*--port.*
                    serve --port 65536 {folder}                                 | 2 | --port 65536 is not in 0..65535; try 'sslwrite serve --help'
                    serve --port 0                                              | 2 | Missing required parameter: 'DIR'; .*
                    serve --port 0 {folder} --key {key}                         | 2 | --key needs --cert; .*
                    serve --port 0 {folder} --p12 {p12} --cert {cert}           | 2 | --p12 goes without --cert and --key; .*
                    serve --port 0 {folder} --password-file {wrong}             | 2 | --password-file needs --p12 or --cert; .*
                    serve --port 0 {folder} --cert {cert} --key {key} --suites ECDHE-RSA-AES128-SHA | 2 | no identity fits .*
                    send {file}                                                 | 2 | Missing required parameter: 'HOST:PORT'; .*
                    send {file} localhost                                       | 2 | .*"localhost" is not HOST:PORT.*
                    send {file} localhost:0                                     | 2 | .*port 0 is not in 1..65535.*
                    send {file} ::1:443                                         | 2 | .*"::1:443" is not HOST:PORT, as in example.org:443 or \\[::1]:443.*
                    send {file} a..b:443                                        | 2 | .*not a host name or address: "a..b"; try .*
                    send {file} localhost:1 --name a..b                         | 2 | .*'--name'.*not a host name or address: "a..b"; try .*
                    send {file} localhost:1 --name 127.1                        | 2 | .*'--name'.*not a host name or address: "127.1"; try .*
                    send {file} localhost:1 --name ☃.example                    | 2 | .*'--name'.*U\\+2603 is not allowed there; its A-label, xn--.*, may be given; try .*
                    send {file} localhost:1 --name [host]                       | 2 | .*'--name'.*not a host name or address: "\\[host]"; try .*
                    serve --port 0 --host a..b {folder}                         | 2 | .*'--host'.*not a host name or address: "a..b"; try .*
                    serve --port 0 --host [::1 {folder}                         | 2 | .*'--host'.*not a host name or address: "\\[::1"; try .*
                    send {file} localhost:1 --alpn {long}                       | 2 | .*
                    serve --port 0 {folder} --alpn {long}                       | 2 | .*
                    send {file} localhost:1 --insecure --ca {cert}              | 2 | --insecure goes without --ca; .*

                    # files
                    demo /no/such/file                                          | 1 | /no/such/file: no such file
                    demo {folder}                                               | 1 | {folder}: is a folder; a file is needed
                    demo /dev/null                                              | 1 | /dev/null: is no regular file; .*
                    send /no/such/file localhost:1                              | 1 | /no/such/file: no such file
                    send {folder} localhost:1                                   | 1 | {folder}: is a folder; a file is needed
                    serve --port 0 /no/such/folder                              | 1 | /no/such/folder: no such folder
                    serve --port 0 {file}                                       | 1 | {file}: is no folder; .*

                    # identities and trust
                    serve --port 0 {folder} --cert /no/cert --key {key}         | 1 | /no/cert: no such file
                    serve --port 0 {folder} --cert {cert} --key /no/key         | 1 | /no/key: no such file
                    serve --port 0 {folder} --cert {cert} --key {other-key}     | 1 | .*{cert}.*the private key does not fit the certificate.*
                    serve --port 0 {folder} --cert {cert} --key {rsa-key}       | 1 | .*{cert}.*the private key does not fit the certificate.*
                    serve --port 0 {folder} --cert {cert}                       | 1 | {cert}: holds no private key.*
                    serve --port 0 {folder} --cert {file} --key {key}           | 1 | {file}: .*certificate.*
                    serve --port 0 {folder} --cert {cert} --key {secret-key} --password-file {wrong} | 1 | {secret-key}: wrong password
                    serve --port 0 {folder} --cert {cert} --key {secret-key}    | 1 | {secret-key}: needs a password: use --password-file FILE or .*SSLWRITE_PASSWORD
                    serve --port 0 {folder} --p12 {p12} --password-file {wrong} | 1 | {p12}: wrong password
                    serve --port 0 {folder} --p12 {p12} --password-file /no/pw  | 1 | /no/pw: no such file
                    serve --port 0 {folder} --p12 {p12}                         | 1 | {p12}: needs a password: .*
                    serve --port 0 {folder} --p12 {cert} --password-file {wrong} | 1 | {cert}: .*
                    serve --port 0 {folder} --client-ca {file}                  | 1 | {file}: .*certificate.*
                    send {file} localhost:1 --ca {file}                         | 1 | {file}: .*certificate.*

                    # the network
                    serve --port {taken} {folder}                               | 1 | cannot listen on localhost, port {taken}: .*in use; choose another --port.*
                    serve --port 0 --host 192.0.2.1 {folder}                    | 1 | cannot listen on 192.0.2.1, port 0: .*
                    send {file} no-such-host.invalid:443                        | 1 | no-such-host.invalid: unknown host; .*
                    send {file} localhost:1                                     | 1 | localhost:1: cannot connect: connection refused.*
                    send {file} [::1]:1                                         | 1 | \\[::1]:1: cannot connect: .*
                    """)
    void says(String commandLine, int exit, String line) {
        String[] args =
                commandLine == null
                        ? new String[0]
                        : Stream.of(commandLine.split(" +"))
                                .map(word -> withFiles(word, false))
                                .toArray(String[]::new);
        Cli.Result result = Cli.run((Object[]) args);

        assertAll(
                () -> assertEquals(exit, result.exit()),
                () -> assertEquals("", result.out()),
                () -> assertEquals(1, result.err().lines().count(), result.err()),
                () ->
                        assertTrue(
                                result.err().strip().matches("sslwrite: " + withFiles(line, true)),
                                () -> result.err() + "does not match " + line));
    }

    private String withFiles(String text, boolean quoted) {
        String replaced = text;
        for (Map.Entry<String, Object> word : words.entrySet()) {
            String value = word.getValue().toString();
            replaced = replaced.replace(word.getKey(), quoted ? "\\Q" + value + "\\E" : value);
        }
        return replaced;
    }
}
