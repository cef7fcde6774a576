package org.sslwrite.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Small texts, read and written. */
class TextTest {
    @Test
    void jsonIsOneLineOfAscii() {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        fields.put("text", "quote \" backslash \\ line\nend tab\t nul \0 ü 😀");
        fields.put("whole", 12L);
        fields.put("part", 0.25);
        fields.put("none", Double.NaN);
        fields.put("truth", true);
        fields.put("null", null);
        fields.put("list", List.of(1, Map.of("a", List.of()), Map.of()));

        assertEquals(
                "{\"text\":\"quote \\\" backslash \\\\ line\\u000aend tab\\u0009 nul \\u0000"
                        + " \\u00fc \\ud83d\\ude00\","
                        + "\"whole\":12,\"part\":0.25,\"none\":null,\"truth\":true,\"null\":null,"
                        + "\"list\":[1,{\"a\":[]},{}]}",
                JsonLine.of(fields));
    }

    @ParameterizedTest
    @CsvSource({
        "example.org:443, example.org, 443, example.org:443",
        "192.0.2.1:1, 192.0.2.1, 1, 192.0.2.1:1",
        "[::1]:65535, ::1, 65535, [::1]:65535",
        "[fe80::1%eth0]:443, fe80::1%eth0, 443, [fe80::1%eth0]:443",
        "example.org.:443, example.org., 443, example.org.:443",
        "under_score:443, under_score, 443, under_score:443",
        "straße.example:443, xn--strae-oqa.example, 443, xn--strae-oqa.example:443"
    })
    void hostAndPort(String text, String host, int port, String printed) {
        HostPort parsed = HostPort.parse(text);
        assertEquals(new HostPort(host, port), parsed);
        assertEquals(printed, parsed.toString());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ":",
                "host",
                "host:",
                ":443",
                "host:x",
                "host:0",
                "host:65536",
                "host:123456",
                "::1:443",
                "[::1]",
                "[host]:1",
                "a b:1",
                "a..b:1",
                "127.1:1",
                "☃.example:1",
                "[12345::1]:1",
                "http://a:1"
            })
    void noHostAndPort(String text) {
        assertThrows(IllegalArgumentException.class, () -> HostPort.parse(text));
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "null",
            value = {
                "plain, plain",
                "a%20b, a b",
                "a+b, a+b",
                "%C3%bc, ü",
                "%F0%9F%98%80, 😀",
                "%2525, %25",
                "%, null",
                "%4, null",
                "%4g, null",
                "%-1, null",
                "%C3, null",
                "%C0%AF, null",
                "%ED%A0%80, null"
            })
    void percentDecoding(String encoded, @Nullable String decoded) {
        assertEquals(decoded, PercentCoding.decode(encoded));
    }

    @ParameterizedTest
    @CsvSource({
        "' a ', a",
        "'a\nb', a b",
        "'a\r\n  b\n', a b",
        "'a\u001b[31mb', a?[31mb",
        "'a\tb', a?b"
    })
    void oneLine(String text, String line) {
        assertEquals(line, OneLine.of(text));
    }
}
