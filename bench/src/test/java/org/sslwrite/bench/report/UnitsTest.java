package org.sslwrite.bench.report;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UnitsTest {
    @ParameterizedTest
    @CsvSource({
        "64, 64 B",
        "1023, 1023 B",
        "1024, 1 KiB",
        "1536, 1.5 KiB",
        "16384, 16 KiB",
        "1048576, 1 MiB"
    })
    void sizes(long bytes, String words) {
        assertEquals(words, Units.size(bytes));
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0 ns",
        "9.996, 10.0 ns",
        "98.25, 98.3 ns",
        "999.4, 999 ns",
        "999.6, 1.00 µs",
        "1300, 1.30 µs",
        "43700000, 43.7 ms",
        "5e11, 500 s",
        "1e-9, 1.0e-09 ns",
        "NaN, –",
        "Infinity, –"
    })
    void times(double nanoseconds, String words) {
        assertEquals(words, Units.time(nanoseconds));
    }

    @ParameterizedTest
    @CsvSource({
        "21.34, 21.3 GB/s",
        "0.65, 0.650 GB/s",
        "0.0652, 65.2 MB/s",
        "0.0996, 0.0996 GB/s",
        "NaN, –"
    })
    void throughputs(double gigabytes, String words) {
        assertEquals(words, Units.throughput(gigabytes));
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0 B",
        "0.003, 0 B",
        "0.6, 1 B",
        "272, 272 B",
        "17800, 17.8 kB",
        "1e300, 1.0e+297 kB",
        "NaN, –"
    })
    void allocations(double bytes, String words) {
        assertEquals(words, Units.allocation(bytes));
    }

    @ParameterizedTest
    @CsvSource({
        "3.579, 3.58×, 3.6",
        "3, 3.00×, 3.0",
        "0.93, 0.93×, 0.9",
        "0.0281, 0.0281×, 0.0",
        "34.7, 34.7×, 35",
        "1e9, 1.0e+09×, 1.0e+09",
        "NaN, –, –"
    })
    void ratios(double ratio, String figure, String words) {
        assertEquals(figure, Units.ratio(ratio));
        assertEquals(words, Units.times(ratio));
    }

    @ParameterizedTest
    @CsvSource({"0.027, 2.7 %", "-0.0049, -0.5 %", "0.12, 12 %", "0, 0.0 %", "NaN, –"})
    void percents(double share, String words) {
        assertEquals(words, Units.percent(share));
    }

    @ParameterizedTest
    @CsvSource({"10.0 µs, 10 µs", "0.50 ms, 0.5 ms", "1.25 s, 1.25 s", "100 ns, 100 ns"})
    void trims(String figure, String trimmed) {
        assertEquals(trimmed, Units.trimmed(figure));
    }
}
