package org.sslwrite.bench.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sslwrite.bench.result.Ratio;
import org.sslwrite.bench.result.Row;
import org.sslwrite.bench.result.Row.Kind;
import org.sslwrite.bench.result.Row.Subject;

import java.util.ArrayList;
import java.util.List;

/** What ratios are made of. Times are in the rows; larger ratios are better for us. */
class RatiosTest {
    private static final List<Row> ROWS =
            List.of(
                    // One twice as fast as we have it must not win where it does not belong.
                    row(Subject.WRITE, "ours, SunJCE", Kind.OURS, 16384, true, 1400),
                    row(Subject.WRITE, "ours, SunJCE", Kind.OURS, 16384, false, 1300),
                    row(Subject.WRITE, "ours, ipsec-mb", Kind.OURS, 16384, true, 800),
                    row(Subject.WRITE, "ours, ipsec-mb", Kind.OURS, 16384, false, 900),
                    row(Subject.SEALER, "ours, ipsec-mb", Kind.OURS, 16384, true, 760),
                    row(Subject.SEALER, "ours, SunJCE", Kind.OURS, 16384, true, 100),
                    row(Subject.WRITE, "ours, ipsec-mb", Kind.OURS, 64, false, 100),
                    row(Subject.WRITE, "ours, vaes", Kind.OURS, 16384, true, 1040),
                    row(Subject.WRITE, "JSSE", Kind.PEER, 16384, false, 1950),
                    row(Subject.WRITE, "JSSE", Kind.PEER, 16384, true, 4800),
                    row(Subject.WRITE, "netty-tcnative", Kind.PEER, 16384, true, 1200),
                    row(Subject.WRITE, "netty-tcnative", Kind.PEER, 16384, false, 1800),
                    row(Subject.WRITE, "netty-tcnative", Kind.PEER, 64, true, 350),
                    row(Subject.WRITE, "BCJSSE", Kind.PEER, 16384, true, 1),
                    row(Subject.TCP, "JSSE", Kind.PEER, 16384, true, 2),
                    row(Subject.WRITE, "ours, T by C API", Kind.OURS_TOKEN, 16384, true, 5000),
                    row(Subject.WRITE, "ours, T by SunPKCS11", Kind.OURS_TOKEN, 16384, true, 9000),
                    row(Subject.WRITE, "JSSE, T by SunPKCS11", Kind.PEER_TOKEN, 16384, true, 20000),
                    row(
                            Subject.WRITE,
                            "JSSE, T by SunPKCS11",
                            Kind.PEER_TOKEN,
                            16384,
                            false,
                            15000),
                    row(Subject.SEALER, "C loop, T, C_Encrypt", Kind.YARDSTICK, 16384, true, 4800),
                    row(
                            Subject.SEALER,
                            "C loop, T, C_EncryptMessage",
                            Kind.YARDSTICK,
                            16384,
                            true,
                            4000));

    private static Row row(
            Subject subject, String engine, Kind kind, int size, boolean direct, double time) {
        return new Row(
                subject,
                engine,
                kind,
                "TLS_AES_128_GCM_SHA256",
                "TLSv1.3",
                size,
                direct,
                1,
                List.of(time * 1.1, time, time * 0.9),
                0);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    write_16k_direct_vs_best_peer   | 1.5    | ours, ipsec-mb, direct   | netty-tcnative, direct
                    write_16k_heap_vs_tcnative_heap | 2.0    | ours, ipsec-mb, heap     | netty-tcnative, heap
                    write_64_vs_best_peer           | 3.5    | ours, ipsec-mb, heap     | netty-tcnative, direct
                    write_16k_vs_bare_sealer        | 0.95   | ours, ipsec-mb, direct   | ours, ipsec-mb, sealer alone, direct
                    token_vs_c_loop                 | 0.8    | ours, T by C API, direct | C loop, T, C_EncryptMessage
                    token_vs_jsse_sunpkcs11         | 3.0    | ours, T by C API, direct | JSSE, T by SunPKCS11, heap
                    write_16k_without_ipsec_mb_vs_jsse | 1.875 | ours, vaes, direct    | JSSE, heap
                    sunjce_vs_jsse                  | 1.5    | ours, SunJCE, heap       | JSSE, heap
                    """)
    void isOfTheBestOnBothSides(String name, double value, String ours, String other) {
        Ratio ratio = ratio(ROWS, List.of("T"), name);
        assertEquals(value, ratio.value(), 1e-9);
        assertEquals(ours, ratio.ours());
        assertEquals(other, ratio.other());
        assertTrue(ratio.low() < value && ratio.high() > value, ratio::toString);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    write_1k_vs_best_peer | T | neither was measured
                    token_vs_c_loop       |   | no token was given; --token names one
                    token_vs_c_loop:U     | U | neither was measured
                    """)
    void saysWhyItIsMissing(String name, String token, String why) {
        List<String> tokens = token == null ? List.of() : List.of("T", token);
        Ratio ratio = ratio(ROWS, tokens, name);
        assertTrue(Double.isNaN(ratio.value()), ratio::toString);
        assertEquals(why, ratio.note());
    }

    @Test
    void oneSideIsNotEnough() {
        List<Row> ours = new ArrayList<>(ROWS);
        ours.removeIf(row -> row.kind() != Kind.OURS);
        Ratio ratio = ratio(ours, List.of(), "sunjce_vs_jsse");
        assertEquals("the other was not measured", ratio.note());
        assertEquals("ours, SunJCE, heap", ratio.ours());
    }

    private static Ratio ratio(List<Row> rows, List<String> tokens, String name) {
        return Ratios.of(rows, tokens).stream()
                .filter(ratio -> ratio.name().equals(name))
                .findFirst()
                .orElseThrow();
    }
}
