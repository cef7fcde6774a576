package org.sslwrite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Names and addresses, as people write them and as they go out. */
class HostNamesTest {
    @ParameterizedTest(name = "{0}")
    @CsvSource({
        // ASCII
        "host.test, host.test",
        "HOST.Test, HOST.Test",
        "host.test., host.test",
        "localhost, localhost",
        "h_o.s_t.test, h_o.s_t.test",
        "3com.test, 3com.test",
        "1.2.3.test, 1.2.3.test",
        "xn--strae-oqa.test, xn--strae-oqa.test",
        // addresses
        "192.0.2.1, 192.0.2.1",
        "192.0.2.1., 192.0.2.1",
        "::1, ::1",
        "[::1], ::1",
        "[2001:db8::1], 2001:db8::1",
        "fe80::1%eth0, fe80::1",
        "[fe80::1%25], fe80::1",
        // IDNA 2008: what IDNA 2003 has made two letters, or one of another kind, or none
        "straße.test, xn--strae-oqa.test",
        "STRASSE.test, STRASSE.test",
        "STRAẞE.test, xn--strae-oqa.test",
        "βόλος.test, xn--nxasmm1c.test",
        "βόλοσ.test, xn--nxasmq6b.test",
        // mapped, RFC 5895
        "BÜCHER.test, xn--bcher-kva.test",
        "bu\u0308cher.test, xn--bcher-kva.test",
        "ｆａｓｓ.test, fass.test",
        "日本語。ｊｐ, xn--wgv71a119e.jp",
        "Ⅷ.test, viii.test",
        "ΑΣ.test, xn--mxa0b.test",
        "İ.test, xn--i-9bb.test",
        "ᾀ.test, xn--uxa970l.test",
        "Ꭰ.test, xn--58d.test",
        "ü_b.test, xn--_b-wka.test",
        // in their context, RFC 5892 appendix A, and direction, RFC 5893
        "l·l.test, xn--ll-0ea.test",
        "カ・タ.test, xn--lckxb3k.test",
        "א1.test, xn--1-zhc.test",
        "ü.אב.test, xn--tda.xn--4dbc.test",
        "3com.אב.test, 3com.xn--4dbc.test"
    })
    void inAscii(String host, String ascii) {
        assertEquals(ascii, HostNames.toAscii(host));
    }

    @Tag("W23")
    @ParameterizedTest(name = "\"{0}\"")
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    ''                         | ""
                    .                          | "."
                    a..b                       | "a..b"
                    .a                         | ".a"
                    a.test..                   | "a.test.."
                    a b                        | "a b"
                    a/b                        | "a/b"
                    host.test:443              | "host.test:443"
                    *.test                     | "*.test"
                    [host.test]                | "[host.test]"
                    [192.0.2.1]                | "[192.0.2.1]"
                    [::1                       | "[::1"
                    ::1]                       | "::1]"
                    ::1%                       | "::1%"
                    host%eth0                  | "host%eth0"
                    192.0.2.1%eth0             | "192.0.2.1%eth0"
                    12345::1                   | "12345::1"
                    127.1                      | "127.1"
                    192.0.2.256                | "192.0.2.256"
                    192.0.2.1.5                | "192.0.2.1.5"
                    0x7f000001                 | "0x7f000001"
                    host.0x7f                  | "host.0x7f"
                    2130706433                 | "2130706433"
                    a-label-of-more-than-sixty-three-letters-is-one-that-no-dns-has-x.test | "a-label
                    ☃.test                     | U+2603 is not allowed there; its A-label, xn--…, may be given
                    a­ü.test              | U+00AD is not allowed there
                    a‍b.test              | U+200D is not allowed there
                    a·b.test                   | U+00B7 is not allowed there
                    a・b.test                  | U+30FB is not allowed there
                    ü…test                     | stands for a dot
                    ℀ü.test                    | U+002F is not allowed there
                    -ü.test                    | a hyphen at an end
                    ü-.test                    | a hyphen at an end
                    ab--ü.test                 | two hyphens
                    ́a.test               | begins with a combining mark
                    1א.test                    | its directions are mixed
                    אa.test                    | its directions are mixed
                    """)
    void refused(String host, String said) {
        IllegalArgumentException refusal =
                assertThrows(IllegalArgumentException.class, () -> HostNames.toAscii(host));
        String message = String.valueOf(refusal.getMessage());
        assertTrue(message.startsWith("not a host name or address: "), message);
        assertTrue(message.contains(said), message);
    }
}
