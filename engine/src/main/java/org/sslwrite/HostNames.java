package org.sslwrite;

import org.sslwrite.handshake.Hosts;

/** Host names and addresses as the DNS, SNI and certificates have them. For any thread. */
public final class HostNames {
    private HostNames() {}

    /**
     * A host in ASCII, as {@link Ssl#setHost} has it looked for: letters beyond ASCII by IDNA 2008
     * (RFC 5890), which leaves a sharp s what it is, so that {@code straße.example} is {@code
     * xn--strae-oqa.example}; without brackets, an IPv6 address's zone, or a dot at the end.
     *
     * @param host a name or an address
     * @throws IllegalArgumentException if it is neither; in one line
     */
    public static String toAscii(String host) {
        return Hosts.canonical(host);
    }
}
