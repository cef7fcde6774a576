package org.sslwrite.pkcs11.key;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.HexFormat;

class DerTest {
    @ParameterizedTest
    @CsvSource({
        // Plain; the top bit wants a zero in front; leading zeros go; zero stays one byte.
        "0102, 3006020101020102",
        "80ff, 3008020200800202 00ff",
        "00010002, 3006020101020102",
        "00000000, 3006020100020100",
    })
    void halvesBecomeTwoIntegers(String halves, String der) {
        byte[] given = Der.ecdsaSignature(HexFormat.of().parseHex(halves));
        assertEquals(der.replace(" ", ""), HexFormat.of().formatHex(given));
    }

    @ParameterizedTest
    @CsvSource({"120, 30 7c", "124, 30 81 80", "132, 30 81 88"})
    void lengthsTakeOneOrTwoBytes(int bytes, String start) {
        byte[] halves = new byte[bytes];
        halves[0] = 1;
        halves[bytes / 2] = 1;
        String der = HexFormat.ofDelimiter(" ").formatHex(Der.ecdsaSignature(halves));
        assertEquals(start, der.substring(0, start.length()));
    }
}
