package org.sslwrite.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Fragmenting as a function. */
class RecordLayoutTest {
    @Tag("F4")
    @ParameterizedTest(name = "{0} left, at most {1}: {2}")
    @CsvSource({
        "0, 512, 0",
        "1, 512, 1",
        "511, 512, 511",
        "512, 512, 512",
        "513, 512, 512",
        "16385, 16384, 16384",
        "9000000000, 16384, 16384",
        "9223372036854775807, 512, 512",
    })
    void fragment(long left, int limit, int wanted) {
        assertEquals(wanted, RecordLayout.fragment(left, limit));
    }
}
