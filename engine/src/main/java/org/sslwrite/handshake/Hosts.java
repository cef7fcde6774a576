package org.sslwrite.handshake;

import org.bouncycastle.util.IPAddress;

import java.net.IDN;
import java.util.regex.Pattern;

/** Host names and addresses. */
public final class Hosts {
    /** Labels as they occur: letters, digits, hyphens, and the underscores of private networks. */
    private static final Pattern NAME =
            Pattern.compile("[A-Za-z0-9_-]{1,63}(\\.[A-Za-z0-9_-]{1,63})*");

    private static final int MAX_LENGTH = 253;

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
        String ascii;
        try {
            ascii = IDN.toASCII(bare);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(refusal(host), e);
        }
        if (ascii.length() > MAX_LENGTH || !NAME.matcher(ascii).matches()) {
            throw new IllegalArgumentException(refusal(host));
        }
        return ascii;
    }

    private static String refusal(String host) {
        return "not a host name or address: \"" + host.replaceAll("\\p{Cntrl}", "?") + "\"";
    }

    /** Whether this is a name in ASCII, of sensible length; a dot at the end does no harm. */
    static boolean isName(String host) {
        String bare = host.endsWith(".") ? host.substring(0, host.length() - 1) : host;
        return bare.length() <= MAX_LENGTH && NAME.matcher(bare).matches();
    }

    /** RFC 6066 section 3: "Literal IPv4 and IPv6 addresses are not permitted" as a server name. */
    static boolean isAddress(String host) {
        return IPAddress.isValid(host);
    }
}
