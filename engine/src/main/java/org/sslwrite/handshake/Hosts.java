package org.sslwrite.handshake;

import org.bouncycastle.util.IPAddress;

import java.net.IDN;

/** Host names and addresses. */
public final class Hosts {
    private Hosts() {}

    /**
     * The form of a host that goes into SNI and is looked for in certificates: without brackets, a
     * dot at the end, or letters beyond ASCII.
     *
     * @throws IllegalArgumentException if it is neither a name nor an address
     */
    public static String canonical(String host) {
        String bare = host.strip();
        if (bare.startsWith("[") && bare.endsWith("]")) {
            bare = bare.substring(1, bare.length() - 1);
        }
        if (isAddress(bare)) {
            return bare;
        }
        if (bare.endsWith(".")) {
            bare = bare.substring(0, bare.length() - 1);
        }
        if (bare.isEmpty()) {
            throw new IllegalArgumentException("not a host name: \"" + host + "\"");
        }
        try {
            return IDN.toASCII(bare);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("not a host name: \"" + host + "\"", e);
        }
    }

    /** RFC 6066 section 3: "Literal IPv4 and IPv6 addresses are not permitted" as a server name. */
    static boolean isAddress(String host) {
        return IPAddress.isValid(host);
    }
}
