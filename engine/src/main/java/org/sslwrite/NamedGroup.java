package org.sslwrite;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A group for the key exchange, by its IANA name (RFC 8446 section 4.2.7). */
public enum NamedGroup {
    X25519(29),
    SECP256R1(23),
    SECP384R1(24),
    SECP521R1(25),
    X448(30);

    private final int code;

    NamedGroup(int code) {
        this.code = code;
    }

    /** The group's two bytes in the IANA registry. */
    public int code() {
        return code;
    }

    /**
     * Reads a list of names, separated by commas or colons, in the order of preference; P-256 and
     * the like are known too.
     */
    public static List<NamedGroup> listOf(String names) {
        List<NamedGroup> groups = new ArrayList<>();
        for (String name : names.split("[,:]")) {
            groups.add(of(name.strip()));
        }
        return List.copyOf(groups);
    }

    private static NamedGroup of(String name) {
        String iana = name.toUpperCase(Locale.ROOT).replaceFirst("^P-(256|384|521)$", "SECP$1R1");
        for (NamedGroup group : values()) {
            if (group.name().equals(iana)) {
                return group;
            }
        }
        throw new IllegalArgumentException(
                "unknown group \"" + name + "\"; known: " + List.of(values()));
    }
}
