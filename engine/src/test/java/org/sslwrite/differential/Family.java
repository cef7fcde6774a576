package org.sslwrite.differential;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Versions of libssl that were measured and did the same, but for words and numbers. */
enum Family {
    OPENSSL_1_1_1("1.1.1"),
    OPENSSL_3_0("3.0"),
    OPENSSL_3_5("3.5"),
    OPENSSL_4_0("4.0"),
    LIBRESSL("LibreSSL"),
    /** Anything else: what it does is reported, and no failure. */
    UNRECORDED("unrecorded");

    private static final Pattern OPENSSL = Pattern.compile("OpenSSL (\\d+)\\.(\\d+)\\.(\\d+).*");

    private final String label;

    Family(String label) {
        this.label = label;
    }

    /**
     * The family of a library.
     *
     * @param version as {@code OpenSSL_version} gives it
     */
    static Family of(String version) {
        if (version.startsWith("LibreSSL 4.")) {
            return LIBRESSL;
        }
        Matcher openSsl = OPENSSL.matcher(version);
        if (!openSsl.matches()) {
            return UNRECORDED;
        }
        return switch (openSsl.group(1) + "." + openSsl.group(2)) {
            case "1.1" -> openSsl.group(3).equals("1") ? OPENSSL_1_1_1 : UNRECORDED;
            case "3.0" -> OPENSSL_3_0;
            case "3.5", "3.6" -> OPENSSL_3_5;
            case "4.0" -> OPENSSL_4_0;
            default -> UNRECORDED;
        };
    }

    boolean isRecorded() {
        return this != UNRECORDED;
    }

    @Override
    public String toString() {
        return label;
    }
}
