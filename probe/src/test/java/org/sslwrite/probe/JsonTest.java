package org.sslwrite.probe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** RFC 8259, as far as the report needs it. */
class JsonTest {
    static Stream<Arguments> values() {
        return Stream.of(
                Arguments.of("plain", "\"plain\""),
                Arguments.of("", "\"\""),
                Arguments.of("\"\\/", "\"\\\"\\\\/\""),
                Arguments.of("\0\n\u001b\u007f", "\"\\u0000\\u000a\\u001b\\u007f\""),
                Arguments.of("µ\u2028\u202e", "\"\\u00b5\\u2028\\u202e\""),
                Arguments.of("\ud83d\ude00", "\"\\ud83d\\ude00\""),
                Arguments.of("\ud83d", "\"\\ud83d\""),
                Arguments.of("</script>", "\"</script>\""),
                Arguments.of(true, "true"),
                Arguments.of(-1, "-1"),
                Arguments.of(1L << 40, "1099511627776"),
                Arguments.of(0.25, "0.25"),
                Arguments.of(Double.NaN, "null"),
                Arguments.of(Double.POSITIVE_INFINITY, "null"),
                Arguments.of(null, "null"),
                Arguments.of(List.of(), "[]"),
                Arguments.of(Arrays.asList("a", null, 1), "[\"a\",null,1]"),
                Arguments.of(Map.of(), "{}"),
                Arguments.of(Map.of("a\"", List.of(Map.of())), "{\"a\\\"\":[{}]}"));
    }

    @ParameterizedTest
    @MethodSource("values")
    void aValueIsWritten(Object value, String json) {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("value", value);
        object.put("next", 1);
        assertEquals("{\"value\":" + json + ",\"next\":1}", Json.of(object));
    }

    @Test
    void whatHasNoJsonIsAnError() {
        assertThrows(IllegalArgumentException.class, () -> Json.of(Map.of("a", new Object())));
    }
}
