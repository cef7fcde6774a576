package org.sslwrite.cli;

import org.sslwrite.OffloadPolicy;
import org.sslwrite.protocol.CipherSuite;
import org.sslwrite.protocol.TlsVersion;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.Locale;
import java.util.function.Function;

/** Option values that picocli cannot read itself. */
final class Converters {
    private static final BigDecimal LONGEST_SECONDS = BigDecimal.valueOf(86_400);

    private Converters() {}

    static CipherSuite cipherSuite(String text) {
        return convert(text, CipherSuite::of);
    }

    static TlsVersion tlsVersion(String text) {
        return convert(text, TlsVersion::of);
    }

    static OffloadPolicy policy(String text) {
        for (OffloadPolicy policy : OffloadPolicy.values()) {
            if (nameOf(policy).equals(text.toLowerCase(Locale.ROOT).replace('_', '-'))) {
                return policy;
            }
        }
        throw new TypeConversionException(
                "\""
                        + text
                        + "\" is not one of token-only, token-strict, token-preferred, software");
    }

    /** As the command line calls it. */
    static String nameOf(OffloadPolicy policy) {
        return policy.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    static HostPort hostPort(String text) {
        return convert(text, HostPort::parse);
    }

    /** A name or an address, as {@link HostPort#host(String)} has it. */
    static final class Host implements ITypeConverter<String> {
        @Override
        public String convert(String text) {
            return Converters.convert(text, HostPort::host);
        }
    }

    static Duration seconds(String text) {
        return convert(
                text,
                value -> {
                    BigDecimal seconds = decimal(value);
                    if (seconds.signum() <= 0 || seconds.compareTo(LONGEST_SECONDS) > 0) {
                        throw new IllegalArgumentException(
                                value
                                        + " is not a number of seconds above 0 and at most "
                                        + LONGEST_SECONDS);
                    }
                    return Duration.ofNanos(seconds.movePointRight(9).longValue());
                });
    }

    private static BigDecimal decimal(String text) {
        try {
            return new BigDecimal(text);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("\"" + text + "\" is not a number of seconds", e);
        }
    }

    private static <T> T convert(String text, Function<String, T> reader) {
        try {
            return reader.apply(text);
        } catch (IllegalArgumentException e) {
            throw new TypeConversionException(e.getMessage());
        }
    }
}
