package org.sslwrite.pkcs11.config;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
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
import org.junit.jupiter.params.provider.ValueSource;
import org.sslwrite.pkcs11.KeySelector;
import org.sslwrite.pkcs11.TokenConfigException;
import org.sslwrite.pkcs11.TokenRoute;
import org.sslwrite.pkcs11.TokenSelector;
import org.sslwrite.pkcs11.pin.Pin;
import org.sslwrite.pkcs11.pin.PinSourceTest;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;

class TokenUriTest {
    private static final String SECRET = "73551608";
    private static final String QUERY = "?module-path=/opt/acme/libacme.so";

    @TempDir @Nullable Path directory;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "pkcs11:token=web                      | token \"web\"",
                "PKCS11:token=web                      | token \"web\"",
                "pkcs11:token=web%20server%2f1         | token \"web server/1\"",
                "pkcs11:token=%C3%BCber                | token \"über\"",
                "pkcs11:token=a+b                      | token \"a+b\"",
                "pkcs11:token=a&b                      | token \"a&b\"",
                "pkcs11:token=a=b                      | token \"a=b\"",
                "pkcs11:serial=0815                    | token with serial number 0815",
                "pkcs11:slot-id=327                    | token in slot 327",
                "pkcs11:model=SoftHSM%20v2;manufacturer=SoftHSM%20project;serial=95d8;token=web"
                        + " | token \"web\" with serial number 95d8, manufacturer SoftHSM project,"
                        + " model SoftHSM v2",
                "pkcs11:                               | token",
                "pkcs11:type=private                   | token",
            })
    void tokens(String uri, String described) throws Exception {
        TokenConfig config = TokenConfig.fromUri(uri + QUERY);
        assertEquals("libacme.so " + described, config.name());
    }

    @Test
    void keys() throws Exception {
        assertNull(config("pkcs11:").key());
        assertEquals(new KeySelector("tls web", null), config("pkcs11:object=tls%20web").key());
        assertEquals(
                new KeySelector("tls", "0a01ff00"),
                config("pkcs11:id=%0A%01%ff%00;object=tls;type=cert").key());
        assertEquals(new KeySelector(null, "6131"), config("pkcs11:id=a1").key());
    }

    @Test
    void queryAttributes() throws Exception {
        TokenConfig config =
                TokenConfig.fromUri(
                        "pkcs11:token=web?pin-source=file:/run/a%20pin"
                                + "&module-path=/opt/a%20b/libacme.so&x-engine=sunpkcs11");
        assertEquals("PIN file /run/a pin", config.pin().toString());
        assertEquals(Path.of("/opt/a b/libacme.so"), config.module());
        assertEquals(TokenRoute.SUNPKCS11, config.engine());
    }

    /** RFC 7512, section 2.3; its second and third example have such attributes. */
    @Test
    void attributesOfVendorsInTheQueryArePassedOver() throws Exception {
        TokenConfig config =
                TokenConfig.fromUri(
                        "pkcs11:token=web" + QUERY + "&vendor-bbb=value-b&vendor-bbb=%00&x-acme=");
        assertEquals("libacme.so token \"web\"", config.name());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "slot-description=Front                     | true",
                "slot-description=Front;token=web           | true",
                "slot-description=Back                      | false",
                "slot-description=Front;token=mail          | false",
                "slot-manufacturer=Acme%20Slots             | true",
                "slot-manufacturer=Acme                     | false",
                "library-manufacturer=Acme                  | true",
                "library-manufacturer=acme                  | false",
                "library-description=Acme%20PKCS%2311       | true",
                "library-description=Acme                   | false",
                "library-version=2                          | true",
                "library-version=2.0                        | true",
                "library-version=2.6                        | false",
                "library-version=2;slot-description=Front;slot-id=4 | true",
                "library-version=2;slot-description=Front;slot-id=5 | false",
            })
    void slotAndLibraryMustBeSo(String attributes, boolean matches) throws Exception {
        TokenSelector token = config("pkcs11:" + attributes).token();
        TokenSelector.Place place =
                new TokenSelector.Place("Front", "Acme Slots", "Acme", "Acme PKCS#11", "2.0");
        assertEquals(
                matches,
                token.matches(new TokenSelector.Candidate(4, 0, "web", "0815", "Acme", "X", place)),
                token.describe());
    }

    @ParameterizedTest
    @CsvSource({
        "file:/run/pin, PIN file /run/pin",
        "file://localhost/run/pin, PIN file /run/pin",
        "/run/pin, PIN file /run/pin",
        "file:///run/pin, PIN file /run/pin",
        "env:WEB_PIN, environment variable WEB_PIN",
        "prompt, prompt",
    })
    void pinSources(String source, String name) throws Exception {
        TokenConfig config = TokenConfig.fromUri("pkcs11:" + QUERY + "&pin-source=" + source);
        assertEquals(name, config.pin().toString());
    }

    @Test
    void pinValueIsTakenOnlyIfItIsAllowed() throws Exception {
        String uri = "pkcs11:token=web" + QUERY + "&pin-value=7355%31608";
        TokenConfigException e =
                assertThrows(TokenConfigException.class, () -> TokenConfig.fromUri(uri));
        assertTrue(String.valueOf(e.getMessage()).contains("pin-value: is refused"));
        TokenConfig config = TokenConfig.fromUri(uri, true);
        try (Pin pin = Objects.requireNonNull(config.pin().pin(config.name()))) {
            assertArrayEquals(SECRET.toCharArray(), pin.chars());
        }
        assertFalse(config.toString().contains(SECRET));
    }

    @Test
    void moduleByNameInADirectory() throws Exception {
        Path library = Files.createFile(directory().resolve("libacme.so"));
        String path = "pkcs11:?module-path=" + directory().toUri().getRawPath();
        for (String name : new String[] {"acme", "libacme", "libacme.so"}) {
            assertEquals(
                    library, TokenConfig.fromUri(path + "&module-name=" + name).module(), name);
        }
        assertTrue(refused(path).contains("module-path: is a directory"));
        assertTrue(refused(path + "&module-name=other").contains("module-name: is not in"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "token=web                          | not a PKCS#11 URI",
                "pkcs11                             | not a PKCS#11 URI",
                "pkcs11:token                       | expected attribute=value",
                "pkcs11:=web                        | expected attribute=value",
                "pkcs11:token=web;                  | expected attribute=value",
                "pkcs11:;token=web                  | expected attribute=value",
                "pkcs11:token=web?module-path=/x&   | expected attribute=value",
                "pkcs11:token=                      | token: is empty",
                "pkcs11:token=web;token=web         | token: is there more than once",
                "pkcs11:token=%zz                   | token: has a % without two hexadecimal",
                "pkcs11:token=web%                  | token: has a % without two hexadecimal",
                "pkcs11:token=web%2                 | token: has a % without two hexadecimal",
                "pkcs11:token=%+1                   | token: has a % without two hexadecimal",
                "pkcs11:token=web%00                | token: the label of the token has a control",
                "pkcs11:token=web%0aX               | token: the label of the token has a control",
                "pkcs11:token=%ff                   | token: is not UTF-8",
                "pkcs11:token=%c0%af                | token: is not UTF-8",
                "pkcs11:token=%ED%A0%80             | token: is not UTF-8",
                "pkcs11:token=a b                   | token: has a character that is written as %",
                "pkcs11:token=ü                     | token: has a character that is written as %",
                "pkcs11:token=a/b                   | token: has a character that is written as %",
                "pkcs11:token=a#b                   | token: has a character that is written as %",
                "pkcs11:token=123456789012345678901234567890123"
                        + " | token: the label of the token is longer than 32 bytes",
                "pkcs11:serial=12345678901234567    | serial: the serial number of the token is",
                "pkcs11:model=12345678901234567     | model: the model of the token is longer",
                "pkcs11:slot-id=x                   | slot-id: is not a number",
                "pkcs11:slot-id=0x1                 | slot-id: is not a number",
                "pkcs11:slot-id=-1                  | slot-id: is not a number",
                "pkcs11:slot-id=18446744073709551616 | slot-id: a slot is a number",
                "pkcs11:id=                         | id: an id has 1 to 255 bytes",
                "pkcs11:object=a%00                 | object: the label of the key has a control",
                "pkcs11:type=public                 | type: is private or cert",
                "pkcs11:type=secret-key             | type: is private or cert",
                "pkcs11:type=data                   | type: is private or cert",
                "pkcs11:type=Private                | type: is private or cert",
                "pkcs11:library-version=a           | library-version: is a number",
                "pkcs11:library-version=1.2.3       | library-version: is a number",
                "pkcs11:library-version=1.          | library-version: is a number",
                "pkcs11:slot-description=           | slot-description: is empty: leave it out",
                "pkcs11:slot-manufacturer=123456789012345678901234567890123"
                        + " | slot-manufacturer: the manufacturer of the slot is longer than 32",
                "pkcs11:?slot-description=x         | slot-description: belongs before",
                "pkcs11:Token=x                     | Token: is unknown",
                "pkcs11:x-acme=1                    | x-acme: is unknown",
                "pkcs11:x-acme=1;token=web          | x-acme: is unknown, and says which token",
                "pkcs11:?a%20b=1                    | the name of an attribute has characters",
                "pkcs11:?module-pth=/x              | module-pth: is unknown; there are",
                "pkcs11:?x-acme=%zz                 | x-acme: has a % without two hexadecimal",
                "pkcs11:a%20b=1                     | the name of an attribute has characters",
                "pkcs11:pin-value=73551608          | pin-value: belongs behind the question mark",
                "pkcs11:?token=web                  | token: belongs before the question mark",
                "pkcs11:?pin-valu=73551608          | pin-valu: is unknown",
            })
    void badUrisAreRefusedByAttribute(String uri, String message) {
        String refused = refused(uri.contains("?") ? uri : uri + QUERY);
        assertTrue(refused.contains(message), refused);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'pin-source=|/bin/echo%2073551608' | pin-source: is a command",
                "pin-source=73551608                | pin-source: where a PIN comes from",
                "pin-source=http://host/73551608    | pin-source: where a PIN comes from",
                "pin-source=file:73551608           | pin-source: file: is followed by",
                "pin-source=file:/a%00              | pin-source: the path of the PIN's file",
                "pin-value=73551608&pin-value=2     | pin-value: is there more than once",
                "pin-value=73551608%zz              | pin-value: has a % without",
                "pin-value=73551608%ff              | pin-value: is not UTF-8",
                "pin-value=73551608%0a              | pin-value: the PIN has a control character",
                "pin-value=                         | pin-value: is empty",
                "pin-value=73551608&pin-source=/p   | pin-value: and pin-source exclude",
                "module-path=/other.so              | module-path: is there more than once",
                "x-engine=openssl                   | x-engine: cryptoki or sunpkcs11",
            })
    void badQueriesAreRefusedWithoutShowingValues(String query, String message) {
        String uri = "pkcs11:token=web" + QUERY + "&" + query;
        TokenConfigException e =
                assertThrows(TokenConfigException.class, () -> TokenConfig.fromUri(uri, true));
        assertTrue(String.valueOf(e.getMessage()).contains(message), e.getMessage());
        assertFalse(PinSourceTest.trace(e).contains(SECRET), PinSourceTest.trace(e));
    }

    @ParameterizedTest
    @CsvSource({
        "pkcs11:token=web, no module is named",
        "pkcs11:?module-path=lib/acme.so, module-path: is not an absolute path",
        "pkcs11:?module-path=/a%00b, module-path: is no path",
        "pkcs11:?module-path=/a%0Ab, module-path: the path of the module has a control character",
        "pkcs11:?module-name=../acme, module-name: a module is named by",
        "pkcs11:?module-name=73551608, module-name: the module of this name is in none of the"
                + " usual",
    })
    void moduleMustBeNamed(String uri, String message) {
        assertTrue(refused(uri).contains(message), refused(uri));
        assertFalse(refused(uri).contains(SECRET), refused(uri));
    }

    @Test
    void hugeUriIsRefused() {
        assertTrue(refused("pkcs11:token=" + "a".repeat(10_000)).contains("longer than"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "pkcs11:token=web;object=tls;id=%0a%01;type=private?module-path=/opt/acme/x.so"
                        + "&pin-source=file:/run/pin"
            })
    void everyTruncationIsReadOrRefused(String uri) {
        for (int length = 0; length < uri.length(); length++) {
            String truncated = uri.substring(0, length);
            try {
                TokenConfig.fromUri(truncated);
            } catch (TokenConfigException e) {
                assertFalse(String.valueOf(e.getMessage()).isBlank(), truncated);
            }
        }
    }

    private Path directory() {
        return Objects.requireNonNull(directory);
    }

    private static TokenConfig config(String uri) throws TokenConfigException {
        return TokenConfig.fromUri(uri + QUERY);
    }

    private static String refused(String uri) {
        TokenConfigException e =
                assertThrows(TokenConfigException.class, () -> TokenConfig.fromUri(uri));
        return String.valueOf(e.getMessage());
    }
}
