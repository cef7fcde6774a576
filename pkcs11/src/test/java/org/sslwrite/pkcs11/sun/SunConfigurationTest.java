package org.sslwrite.pkcs11.sun;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sslwrite.pkcs11.TokenConfigException;
import org.sslwrite.pkcs11.config.SunConfiguration;
import org.sslwrite.pkcs11.config.TokenConfig;
import org.sslwrite.pkcs11.pin.PinSource;

import java.io.IOException;
import java.io.StreamTokenizer;
import java.io.StringReader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

class SunConfigurationTest {
    private static final String SECRET = "73551608";

    @Test
    void wholeText() throws Exception {
        TokenConfig config =
                TokenConfig.builder()
                        .module(Path.of("/usr/lib/softhsm/libsofthsm2.so"))
                        .pin(PinSource.of(SECRET.toCharArray()))
                        .build();
        assertEquals(
                """
                --name="sslwrite"
                description="SoftHSM2 token"
                library="/usr/lib/softhsm/libsofthsm2.so"
                slot=7
                destroyTokenAfterLogout=true
                cleaner.shortInterval=1000
                cleaner.longInterval=2000
                attributes(import,CKO_SECRET_KEY,*)={
                  CKA_TOKEN=false
                  CKA_PRIVATE=false
                  CKA_SENSITIVE=true
                  CKA_EXTRACTABLE=false
                }
                attributes(import,CKO_SECRET_KEY,CKK_AES)={
                  CKA_ENCRYPT=true
                }
                attributes(import,CKO_SECRET_KEY,CKK_CHACHA20)={
                  CKA_ENCRYPT=true
                }
                attributes(import,CKO_SECRET_KEY,CKK_GENERIC_SECRET)={
                  CKA_SIGN=true
                }
                """,
                SunPkcs11.render(config, 7));
    }

    @Test
    void parametersOfNss() throws Exception {
        TokenConfig config =
                TokenConfig.builder()
                        .module(Path.of("/x/libsoftokn3.so"))
                        .privateTrafficKeys(true)
                        .build();
        String text = SunPkcs11.render(config, 1);
        assertTrue(text.contains("nssArgs=\"configdir='' certPrefix='' keyPrefix=''"), text);
        assertTrue(text.contains("CKA_PRIVATE=true"), text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "plain",
                "with blank, comma; = # and (brackets)",
                "quote \" and 'quote'",
                "line\nlibrary=/tmp/evil.so",
                "line\r\nlibrary=/tmp/evil.so",
                "backslash \\n n\nand \\\\n and \\012",
                "\"\nlibrary=\"/tmp/evil.so",
                "ümlaut é ÿ €漢 \uD83D\uDD11",
                "\u00007\u00018",
                "\t tab",
                "octal \\1011 and 1",
                "ends with backslash\\",
                "${user.home} $ { }",
                "# no comment",
                "",
            })
    void textsComeOutAsTheyWentIn(String text) throws IOException {
        assertEquals(List.of(text), read("--x=" + SunConfiguration.quoted(text) + "\n").get("x"));
    }

    @Test
    void anyTextComesOutAsItWentIn() throws IOException {
        Random random = new Random(11);
        String hostile = "\"\\n\n\r#= ,(){}$07\u0000\u007f\u0080\u00ffĀ";
        for (int round = 0; round < 5000; round++) {
            StringBuilder text = new StringBuilder();
            for (int length = random.nextInt(12); length > 0; length--) {
                text.append(hostile.charAt(random.nextInt(hostile.length())));
            }
            textsComeOutAsTheyWentIn(text.toString());
        }
    }

    @Test
    void hostileNameAndPathInjectNothing() throws Exception {
        TokenConfig config =
                TokenConfig.builder()
                        .name("evil\" # name = x")
                        .module(Path.of("/tmp/\"\\nlibrary=evil # é.so"))
                        .libraryParameters("a=\"b\" \\n c")
                        .build();
        Map<String, List<String>> read = read(SunPkcs11.render(config, 3));
        assertEquals(List.of("evil\" # name = x"), read.get("description"));
        assertEquals(List.of("/tmp/\"\\nlibrary=evil # é.so"), read.get("library"));
        assertEquals(List.of("a=\"b\" \\n c"), read.get("nssArgs"));
        assertEquals(List.of("3"), read.get("slot"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/opt/${java.home}/x.so", "/opt/$ISA/x.so", "/opt/a${"})
    void pathsThatSunPkcs11WouldChangeAreRefused(String path) throws Exception {
        TokenConfig config = TokenConfig.builder().module(Path.of(path)).build();
        TokenConfigException e =
                assertThrows(TokenConfigException.class, () -> SunPkcs11.render(config, 1));
        assertTrue(String.valueOf(e.getMessage()).contains("module: SunPKCS11 would replace"));
    }

    @Test
    void parametersThatSunPkcs11WouldChangeAreRefused() throws Exception {
        TokenConfig config =
                TokenConfig.builder()
                        .module(Path.of("/x/y.so"))
                        .libraryParameters("${user.home}")
                        .build();
        TokenConfigException e =
                assertThrows(TokenConfigException.class, () -> SunPkcs11.render(config, 1));
        assertTrue(String.valueOf(e.getMessage()).contains("library-parameters: SunPKCS11 would"));
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, 1L << 31, 1L << 40, Long.MIN_VALUE})
    void slotsThatSunPkcs11CannotNumberAreRefused(long slot) throws Exception {
        TokenConfig config = TokenConfig.builder().module(Path.of("/x/y.so")).build();
        TokenConfigException e =
                assertThrows(TokenConfigException.class, () -> SunPkcs11.render(config, slot));
        assertTrue(
                String.valueOf(e.getMessage()).contains("in slot " + Long.toUnsignedString(slot)));
        assertTrue(SunPkcs11.render(config, Integer.MAX_VALUE).contains("slot=2147483647"));
    }

    @Test
    void renderedTextHasNoPin() throws Exception {
        TokenConfig config =
                TokenConfig.builder()
                        .module(Path.of("/x/y.so"))
                        .pin(PinSource.of(SECRET.toCharArray()))
                        .build();
        assertFalse(SunPkcs11.render(config, 1).contains(SECRET));
    }

    /**
     * Reads {@code key=value} lines the way that the JDK's sun.security.pkcs11.Config does: the
     * same replacement, the same settings of the same tokenizer. Blocks in braces are skipped.
     */
    private static Map<String, List<String>> read(String text) throws IOException {
        assertTrue(text.startsWith("--"), text);
        String inline = text.substring(2).replace("\\n", "\n");
        StreamTokenizer tokens = new StreamTokenizer(new StringReader(inline));
        tokens.resetSyntax();
        tokens.wordChars('a', 'z');
        tokens.wordChars('A', 'Z');
        tokens.wordChars('0', '9');
        for (char c : ":._-/\\${}*+~".toCharArray()) {
            tokens.wordChars(c, c);
        }
        tokens.whitespaceChars(0, ' ');
        tokens.commentChar('#');
        tokens.eolIsSignificant(true);
        tokens.quoteChar('"');
        Map<String, List<String>> read = new TreeMap<>();
        while (tokens.nextToken() != StreamTokenizer.TT_EOF) {
            if (tokens.ttype == StreamTokenizer.TT_EOL) {
                continue;
            }
            String key = tokens.sval;
            if (key.equals("attributes")) {
                skipBlock(tokens);
                continue;
            }
            assertEquals('=', tokens.nextToken(), text);
            List<String> values = new ArrayList<>();
            while (tokens.nextToken() != StreamTokenizer.TT_EOL) {
                assertTrue(tokens.ttype == '"' || tokens.ttype == StreamTokenizer.TT_WORD, text);
                values.add(tokens.sval);
            }
            assertEquals(null, read.put(key, values), text);
        }
        return read;
    }

    private static void skipBlock(StreamTokenizer tokens) throws IOException {
        do {
            tokens.nextToken();
        } while (tokens.ttype != StreamTokenizer.TT_WORD || !tokens.sval.equals("}"));
    }
}
