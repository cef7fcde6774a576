package org.sslwrite.cli;

import org.sslwrite.HostNames;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where a server listens.
 *
 * @param host a name or an address, as the name service takes it: see {@link #host(String)}
 * @param port 1 to 65535
 */
record HostPort(String host, int port) {
    private static final Pattern SYNTAX =
            Pattern.compile(
                    "(?:\\[(?<v6>[0-9A-Fa-f:.]+(?:%[^]\\s]+)?)]|(?<name>[^\\[\\]:/\\s]+)):(?<port>[0-9]{1,5})");

    /** Reads {@code name:port}, {@code 192.0.2.1:port} or {@code [2001:db8::1]:port}. */
    static HostPort parse(String text) {
        Matcher matcher = SYNTAX.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException(
                    "\"" + text + "\" is not HOST:PORT, as in example.org:443 or [::1]:443");
        }
        int port = Integer.parseInt(matcher.group("port"));
        if (port < 1 || port > 65_535) {
            throw new IllegalArgumentException("port " + port + " is not in 1..65535");
        }
        String v6 = matcher.group("v6");
        return new HostPort(host(v6 != null ? v6 : matcher.group("name")), port);
    }

    /**
     * A host in ASCII and without brackets; with the zone of an IPv6 address and the dot at a
     * name's end, which say where to look.
     *
     * @throws IllegalArgumentException if it is neither a name nor an address
     */
    static String host(String text) {
        String ascii = HostNames.toAscii(text);
        if (ascii.contains(":")) {
            return text.strip().replaceAll("[\\[\\]]", "");
        }
        return text.strip().endsWith(".") ? ascii + "." : ascii;
    }

    @Override
    public String toString() {
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    }
}
