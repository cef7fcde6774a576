package org.sslwrite.pkcs11;

import java.util.Locale;

/** Where modules have usual places. */
public enum OperatingSystem {
    /** Linux, of any distribution. */
    LINUX,
    /** macOS. */
    MACOS,
    /** Windows. */
    WINDOWS;

    /** This machine's; Linux for those that are none of these. */
    public static OperatingSystem current() {
        return named(System.getProperty("os.name"));
    }

    public static OperatingSystem named(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        if (lower.startsWith("windows")) {
            return WINDOWS;
        }
        return lower.startsWith("mac") ? MACOS : LINUX;
    }

    /** As in the catalogue. */
    String key() {
        return name().toLowerCase(Locale.ROOT);
    }
}
