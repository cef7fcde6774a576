package org.sslwrite.pkcs11.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.sslwrite.pkcs11.KeySelector;
import org.sslwrite.pkcs11.TokenConfigException;
import org.sslwrite.pkcs11.TokenRoute;
import org.sslwrite.pkcs11.TokenSelector;
import org.sslwrite.pkcs11.pin.PinSource;
import org.sslwrite.pkcs11.pin.PinSourceTest;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Stream;

class TokenConfigTest {
    private static final String MODULE = "/opt/acme/libacme.so";
    private static final String SECRET = "73551608";

    @TempDir @Nullable Path directory;

    @Test
    void everyKeyOfAFile() throws Exception {
        TokenConfig config =
                TokenConfig.fromFile(
                        file(
                                """
                                # a comment
                                ! another

                                name = my token
                                module = /opt/acme/libacme.so
                                vendor = nss
                                token-label = web server
                                token-serial=0815
                                  slot-id = 0x1a2b
                                pin-source = env:WEB_PIN
                                key-label = tls = "web" ümlaut
                                key-id = 0A:01
                                engine = sunpkcs11
                                library-parameters = configdir='/x' flags=readOnly
                                call-timeout = 500ms
                                function-list = FC_GetFunctionList
                                max-sessions = 7
                                private-traffic-keys = false
                                max-fragment = 4096
                                message-encryption = false
                                """));
        assertEquals("my token", config.name());
        assertEquals(Path.of(MODULE), config.module());
        assertEquals("nss", Objects.requireNonNull(config.vendor()).id());
        assertEquals(
                new TokenSelector.Matching("web server", "0815", null, null, 0x1a2bL),
                config.token());
        assertEquals("environment variable WEB_PIN", config.pin().toString());
        assertEquals(new KeySelector("tls = \"web\" ümlaut", "0a01"), config.key());
        assertEquals(TokenRoute.SUNPKCS11, config.engine());
        assertEquals("configdir='/x' flags=readOnly", config.libraryParameters());
        assertEquals("FC_GetFunctionList", config.functionList());
        assertEquals("FC_GetFunctionList", config.toBuilder().build().functionList());
        assertEquals(Duration.ofMillis(500), config.callTimeout());
        assertEquals(7, config.maxSessions());
        assertFalse(config.privateTrafficKeys());
        assertEquals(4096, config.maxFragment());
        assertFalse(config.messageEncryption());
        assertFalse(config.toBuilder().build().messageEncryption());
    }

    @Test
    void defaultsOfAnUnknownModule() throws Exception {
        TokenConfig config = TokenConfig.fromFile(file("module = " + MODULE));
        assertEquals("libacme.so token", config.name());
        assertNull(config.vendor());
        assertEquals(new TokenSelector.Only(), config.token());
        assertEquals(PinSource.none(), config.pin());
        assertNull(config.key());
        assertEquals(TokenRoute.CRYPTOKI, config.engine());
        assertNull(config.libraryParameters());
        assertEquals("C_GetFunctionList", config.functionList());
        assertEquals(Duration.ofSeconds(30), config.callTimeout());
        assertFalse(config.isCallTimeoutChosen());
        assertEquals(0, config.maxSessions());
        assertTrue(config.privateTrafficKeys());
        assertEquals(16384, config.maxFragment());
        assertTrue(config.messageEncryption());
    }

    @Test
    void defaultsOfAKnownModuleComeFromTheCatalogue() throws Exception {
        TokenConfig softhsm =
                TokenConfig.fromFile(file("module=/x/libsofthsm2.so\ntoken-label=web"));
        assertEquals("SoftHSM2 token \"web\"", softhsm.name());
        assertFalse(softhsm.privateTrafficKeys());
        TokenConfig nss = TokenConfig.fromFile(file("module = /x/libsoftokn3.so"));
        assertTrue(String.valueOf(nss.libraryParameters()).startsWith("configdir=''"));
        assertEquals("NSS token \"NSS Generic Crypto Services\"", nss.name());
    }

    @ParameterizedTest
    @CsvSource({
        "token-label = web, token \"web\"",
        "token-serial = 0815, token with serial number 0815",
        "slot-id = 3, token in slot 3",
        "slot-id = 18446744073709551615, token in slot 18446744073709551615",
        "slot-index = 2, token in the slot with index 2",
        "'token-label = web\nslot-id = 3', token \"web\" with slot 3",
    })
    void nameSaysWhichToken(String lines, String described) throws Exception {
        TokenConfig config = TokenConfig.fromFile(file("module = " + MODULE + "\n" + lines));
        assertEquals("libacme.so " + described, config.name());
    }

    @ParameterizedTest
    @CsvSource({"0,0", "1ms,1", "500ms,500", "10s,10000", "2m,120000", "60m,3600000"})
    void times(String text, long millis) throws Exception {
        TokenConfig config =
                TokenConfig.fromFile(file("module = " + MODULE + "\ncall-timeout = " + text));
        assertEquals(Duration.ofMillis(millis), config.callTimeout());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "colour = red                     | 2: unknown key colour; there are: call-timeout",
                "Module = /x/y.so                 | 2: unknown key Module",
                "module = /x/y.so                 | 2: module is set in line 1 already",
                "pin = 73551608                   | 2: a PIN does not belong into this file",
                "pin-value=73551608               | 2: a PIN does not belong into this file",
                "pin-source = 73551608            | 2: pin-source: where a PIN comes from",
                "'pin-source = |/bin/cat'         | 2: pin-source: where a PIN comes from",
                "73551608                         | 2: expected key = value",
                "= 73551608                       | 2: expected key = value",
                "token-label =                    | 2: token-label has no value",
                "vendor = acme                    | 2: vendor: there is no such vendor",
                "token-serial = 12345678901234567 | 2: token-serial: the serial number of the"
                        + " token is longer than 16 bytes",
                "slot-id = first                  | 2: slot-id: a slot is a number",
                "slot-id = -1                     | 2: slot-id: a slot is a number",
                "slot-id = 18446744073709551616   | 2: slot-id: a slot is a number",
                "slot-index = -1                  | 2: slot-index: the index of a slot counts",
                "slot-index = 99999999999         | 2: slot-index: a whole number",
                "key-id = 0a1                     | 2: key-id: an id is pairs of hexadecimal",
                "key-id = 0a:1                    | 2: key-id: an id is pairs of hexadecimal",
                "key-id = xy                      | 2: key-id: an id is pairs of hexadecimal",
                "engine = openssl                 | 2: engine: cryptoki or sunpkcs11",
                "engine = CRYPTOKI                | 2: engine: cryptoki or sunpkcs11",
                "call-timeout = 10                | 2: call-timeout: a time is written as 500ms",
                "call-timeout = 0s5               | 2: call-timeout: a time is written as 500ms",
                "call-timeout = 2h                | 2: call-timeout: a time is written as 500ms",
                "call-timeout = 999999999m        | 2: call-timeout: a time limit is 1ms to 1h",
                "call-timeout = -1s               | 2: call-timeout: a time is written as 500ms",
                "max-sessions = -1                | 2: max-sessions: a number of sessions",
                "max-sessions = many              | 2: max-sessions: a whole number",
                "private-traffic-keys = yes       | 2: private-traffic-keys: true or false",
                "max-fragment = 4096 # bytes      | 2: max-fragment: a comment has a line of its"
                        + " own",
                "token-label = web # the server   | 2: token-label: a comment has a line of its"
                        + " own",
                "'token-label = \"web\" # server'  | 2: token-label: a comment has a line of its"
                        + " own",
                "pin-source = file:/p\t#73551608  | 2: pin-source: a comment has a line of its own",
                "'token-label = \"\"'              | 2: token-label has no value",
                "function-list = a()              | 2: function-list: the name of a function",
                "max-fragment = 511               | 2: max-fragment: a fragment has 512 to 16384",
                "max-fragment = 16385             | 2: max-fragment: a fragment has 512 to 16384",
            })
    void badLinesAreRefusedByNumber(String line, String message) throws IOException {
        String expected = directory().resolve("token.properties") + ":" + message;
        TokenConfigException e = refused("module = " + MODULE + "\n" + line);
        assertTrue(String.valueOf(e.getMessage()).startsWith(expected), e.getMessage());
        assertNoPin(e);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "token-label = web           | web",
                "token-label = \"web\"         | web",
                "token-label = 'web'         | web",
                "token-label = \"HSM #1\"      | HSM #1",
                "token-label = HSM#1         | HSM#1",
                "token-label = '\"web\"'       | \"web\"",
                "token-label = \"it's\"        | it's",
                "token-label = \"a\" and \"b\"  | \"a\" and \"b\"",
                "token-label = web\"          | web\"",
            })
    void quotesAroundAValueAreNoPartOfIt(String line, String label) throws Exception {
        TokenConfig config = TokenConfig.fromFile(file("module = " + MODULE + "\n" + line));
        assertEquals(new TokenSelector.ByLabel(label), config.token());
    }

    @Test
    void twoWaysToNameTheTokenExcludeEachOther() throws IOException {
        TokenConfigException e =
                refused("module = " + MODULE + "\nslot-index = 0\ntoken-label = web");
        assertTrue(String.valueOf(e.getMessage()).contains(":2: slot-index: the token is named"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "                        | : no module is named",
                "module = ../x.so        | :1: module: a module is named by an absolute path",
                "module = lib/x.so       | :1: module: a module is named by an absolute path",
                "module = ..             | :1: module: a module is named by an absolute path",
                "module = libnowhere9.so | :1: the module of this name is in none of the usual",
                "token-label = web       | : no module is named",
            })
    void moduleMustBeReachable(@Nullable String line, String message) throws IOException {
        TokenConfigException e = refused(line == null ? "" : line);
        String expected = directory().resolve("token.properties") + message;
        assertTrue(String.valueOf(e.getMessage()).startsWith(expected), e.getMessage());
    }

    @Test
    void byteOrderMarkAndLineEndsDoNotMatter() throws Exception {
        String text = "\uFEFFmodule = " + MODULE + "\r\n# note\r\ntoken-label = web\r\n";
        TokenConfig config = TokenConfig.fromFile(file(text));
        assertEquals(new TokenSelector.ByLabel("web"), config.token());
    }

    static Stream<byte[]> hostileBytes() {
        byte[] long1 = new byte[100_000];
        Arrays.fill(long1, (byte) '#');
        byte[] noise = new byte[4096];
        new Random(1).nextBytes(noise);
        return Stream.of(
                long1,
                noise,
                new byte[] {0},
                new byte[] {'m', 'o', 'd', 'u', 'l', 'e', '=', '/', 0, 'x'},
                new byte[] {(byte) 0xff, (byte) 0xfe, 'm', 0, 'o', 0},
                new byte[] {(byte) 0xc3},
                "module = /x/a\u001b[2Jb.so".getBytes(StandardCharsets.UTF_8),
                "module = /x/a\u2028b.so".getBytes(StandardCharsets.UTF_8),
                "\u007fELF\u0002\u0001".getBytes(StandardCharsets.UTF_8));
    }

    @ParameterizedTest
    @MethodSource("hostileBytes")
    void hostileBytesGiveOneClearError(byte[] bytes) throws IOException {
        Path file = Files.write(directory().resolve("token.properties"), bytes);
        TokenConfigException e =
                assertThrows(TokenConfigException.class, () -> TokenConfig.fromFile(file));
        String message = String.valueOf(e.getMessage());
        assertTrue(message.startsWith(file + ":"), message);
        assertTrue(message.endsWith("not a token's configuration"), message);
    }

    @Test
    void filesThatCannotBeReadAreNamed() {
        Path missing = directory().resolve("missing");
        TokenConfigException e =
                assertThrows(TokenConfigException.class, () -> TokenConfig.fromFile(missing));
        assertEquals(missing + ": there is no such file", e.getMessage());
        e = assertThrows(TokenConfigException.class, () -> TokenConfig.fromFile(directory()));
        assertTrue(String.valueOf(e.getMessage()).startsWith(directory() + ": cannot be read"));
    }

    @Test
    void builderStartsFromWhatThereIs() throws Exception {
        TokenConfig config =
                TokenConfig.builder()
                        .module(Path.of("/x/libsofthsm2.so"))
                        .token(new TokenSelector.ByLabel("web"))
                        .pin(PinSource.environment("WEB_PIN"))
                        .key(KeySelector.byId(new byte[] {10, 1}))
                        .callTimeout(Duration.ofSeconds(3))
                        .build();
        TokenConfig copy = config.toBuilder().build();
        assertEquals(config.toString(), copy.toString());
        assertEquals(config.key(), copy.key());
        assertEquals(config.callTimeout(), copy.callTimeout());
        TokenConfig other = config.toBuilder().token(new TokenSelector.ByLabel("mail")).build();
        assertEquals("SoftHSM2 token \"mail\"", other.name());
        assertNull(config.toBuilder().key(null).build().key());
    }

    @Test
    void builderSetsParametersToNothing() throws Exception {
        TokenConfig config =
                TokenConfig.builder()
                        .module(Path.of("/x/libsoftokn3.so"))
                        .libraryParameters(null)
                        .build();
        assertNull(config.libraryParameters());
    }

    @Test
    void printsWithoutThePin() throws Exception {
        TokenConfig config =
                TokenConfig.builder()
                        .module(Path.of(MODULE))
                        .pin(PinSource.of(SECRET.toCharArray()))
                        .build();
        assertEquals(
                "libacme.so token (/opt/acme/libacme.so, CRYPTOKI, PIN: kept in memory)",
                config.toString());
        TokenConfig withLambda = config.toBuilder().pin(token -> null).build();
        assertTrue(withLambda.toString().endsWith("PIN: given by the program)"));
    }

    @ParameterizedTest
    @CsvSource({
        "web, , , , ",
        "web, 0815, , , ",
        "web, 0815, SoftHSM project, SoftHSM v2, 4",
        ", , SoftHSM project, SoftHSM v2, ",
        ", , , , 4",
        ", , , , ",
    })
    void selectorMatchesWhatAllIsTrueOf(
            @Nullable String label,
            @Nullable String serial,
            @Nullable String manufacturer,
            @Nullable String model,
            @Nullable Long slot) {
        TokenSelector selector = TokenSelector.of(label, serial, manufacturer, model, slot);
        TokenSelector.Candidate token =
                new TokenSelector.Candidate(
                        4,
                        0,
                        "web",
                        "0815",
                        "SoftHSM project",
                        "SoftHSM v2",
                        TokenSelector.Place.ANY);
        TokenSelector.Candidate other =
                new TokenSelector.Candidate(
                        5, 1, "mail", "0816", "Acme", "X", TokenSelector.Place.ANY);
        assertTrue(selector.matches(token), selector.describe());
        assertEquals(selector instanceof TokenSelector.Only, selector.matches(other));
    }

    private Path directory() {
        return Objects.requireNonNull(directory);
    }

    private Path file(String text) throws IOException {
        return Files.writeString(directory().resolve("token.properties"), text);
    }

    private TokenConfigException refused(String text) throws IOException {
        Path file = file(text);
        return assertThrows(TokenConfigException.class, () -> TokenConfig.fromFile(file));
    }

    private static void assertNoPin(Throwable e) {
        assertFalse(PinSourceTest.trace(e).contains(SECRET), PinSourceTest.trace(e));
    }
}
