package org.sslwrite.bench.report;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.Locale;

/** Figures as people read them: three digits that count, and a unit. */
final class Units {
    static final String NOTHING = "–";

    private static final MathContext DIGITS = new MathContext(3);

    private Units() {}

    /** Bytes of a record or write, as in {@code 16 KiB}. */
    static String size(long bytes) {
        if (bytes >= 1 << 20) {
            return round(bytes / (double) (1 << 20)) + " MiB";
        }
        return bytes >= 1 << 10 ? round(bytes / 1024.0) + " KiB" : bytes + " B";
    }

    /** As in {@code 1.33 µs}. */
    static String time(double nanoseconds) {
        if (!Double.isFinite(nanoseconds)) {
            return NOTHING;
        }
        // 999.5 would be shown as 1000.
        if (nanoseconds < 999.5) {
            return digits(nanoseconds) + " ns";
        }
        if (nanoseconds < 999.5e3) {
            return digits(nanoseconds / 1e3) + " µs";
        }
        return nanoseconds < 999.5e6
                ? digits(nanoseconds / 1e6) + " ms"
                : digits(nanoseconds / 1e9) + " s";
    }

    /** Bytes a nanosecond, which are gigabytes a second, as in {@code 12.3 GB/s}. */
    static String throughput(double gigabytes) {
        if (!Double.isFinite(gigabytes)) {
            return NOTHING;
        }
        return gigabytes < 0.0995 ? digits(gigabytes * 1e3) + " MB/s" : digits(gigabytes) + " GB/s";
    }

    /** Bytes of heap, as in {@code 1.2 kB}. A thousandth of a byte is the profiler's own. */
    static String allocation(double bytes) {
        if (!Double.isFinite(bytes)) {
            return NOTHING;
        }
        if (bytes < 0.5) {
            return "0 B";
        }
        return bytes < 999.5 ? Math.round(bytes) + " B" : digits(bytes / 1e3) + " kB";
    }

    /** As in {@code 3.58×}. */
    static String ratio(double ratio) {
        if (!Double.isFinite(ratio)) {
            return NOTHING;
        }
        return (ratio >= 0.0995 && ratio < 1 ? fixed(ratio, 2) : digits(ratio)) + "×";
    }

    /** As in {@code 3.6}: a ratio for a sentence. */
    static String times(double ratio) {
        return Double.isFinite(ratio) ? fixed(ratio, ratio < 9.95 ? 1 : 0) : NOTHING;
    }

    /** A share, as in {@code 12 %}. */
    static String percent(double share) {
        if (!Double.isFinite(share)) {
            return NOTHING;
        }
        double percent = share * 100;
        return fixed(percent, Math.abs(percent) < 9.95 ? 1 : 0) + " %";
    }

    private static String fixed(double value, int decimals) {
        return extreme(value)
                ? exponent(value)
                : new BigDecimal(value).setScale(decimals, RoundingMode.HALF_UP).toPlainString();
    }

    /** Three digits that count, zeros too, as in {@code 1.30}. */
    static String digits(double value) {
        if (!Double.isFinite(value)) {
            return NOTHING;
        }
        if (extreme(value)) {
            return exponent(value);
        }
        BigDecimal rounded = new BigDecimal(value).round(DIGITS);
        int scale = Math.max(0, DIGITS.getPrecision() - rounded.precision() + rounded.scale());
        return value == 0 ? "0" : rounded.setScale(scale, RoundingMode.HALF_UP).toPlainString();
    }

    /** What is round already, such as a place on an axis: without zeros at its end. */
    static String round(double value) {
        if (!Double.isFinite(value) || extreme(value)) {
            return digits(value);
        }
        BigDecimal rounded = new BigDecimal(value).round(DIGITS);
        return value == 0 ? "0" : rounded.stripTrailingZeros().toPlainString();
    }

    /** Without the zeros after the point of a figure with its unit, as in {@code 10 µs}. */
    static String trimmed(String figure) {
        return figure.replaceFirst("\\.0+ ", " ").replaceFirst("(\\.\\d*?)0+ ", "$1 ");
    }

    /** Whether zeros would be most of the figure. */
    private static boolean extreme(double value) {
        return value != 0 && (Math.abs(value) >= 1e7 || Math.abs(value) < 1e-4);
    }

    private static String exponent(double value) {
        return String.format(Locale.ROOT, "%.1e", value);
    }
}
