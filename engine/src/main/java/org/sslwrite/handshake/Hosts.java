package org.sslwrite.handshake;

import org.bouncycastle.util.IPAddress;

import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Host names and addresses. */
public final class Hosts {
    /** Labels as they occur: letters, digits, hyphens, and the underscores of private networks. */
    private static final Pattern NAME =
            Pattern.compile("[A-Za-z0-9_-]{1,63}(\\.[A-Za-z0-9_-]{1,63})*");

    /** RFC 4007 section 11: the zone means something on one machine only. */
    private static final Pattern ADDRESS_AND_ZONE =
            Pattern.compile("(?<address>[^%]+)(?:%[\\p{Graph}&&[^%\\[\\]]]+)?");

    /** What resolvers take for an address of another notation, as 127.1 or 0x7f000001. */
    private static final Pattern NUMBER_AT_END =
            Pattern.compile("(?:^|\\.)(?:[0-9]+|0[xX][0-9A-Fa-f]*)$");

    private static final int MAX_LENGTH = 253;
    private static final int SAN_DNS_NAME = 2;

    private Hosts() {}

    /**
     * The form of a host that goes into SNI and is looked for in certificates: without brackets,
     * the zone of an IPv6 address, a dot at the end, or letters beyond ASCII.
     *
     * @throws IllegalArgumentException if it is neither a name nor an address
     */
    public static String canonical(String host) {
        String bare = host.strip();
        if (bare.startsWith("[") && bare.endsWith("]")) {
            return canonicalV6(bare.substring(1, bare.length() - 1), host);
        }
        return bare.indexOf(':') >= 0 ? canonicalV6(bare, host) : canonicalName(bare, host);
    }

    private static String canonicalV6(String address, String host) {
        Matcher parts = ADDRESS_AND_ZONE.matcher(address);
        if (!parts.matches() || !IPAddress.isValidIPv6(parts.group("address"))) {
            throw new IllegalArgumentException(refusal(host, ""));
        }
        return parts.group("address");
    }

    private static String canonicalName(String name, String host) {
        String ascii;
        try {
            ascii = Idna.toAscii(name);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    refusal(host, ": " + e.getMessage() + "; its A-label, xn--…, may be given"), e);
        }
        if (ascii.endsWith(".")) {
            ascii = ascii.substring(0, ascii.length() - 1);
        }
        if (isAddress(ascii)) {
            return ascii;
        }
        if (ascii.endsWith(".") || !isName(ascii) || NUMBER_AT_END.matcher(ascii).find()) {
            throw new IllegalArgumentException(refusal(host, ""));
        }
        return ascii;
    }

    private static String refusal(String host, String why) {
        return "not a host name or address: \"" + host.replaceAll("\\p{Cntrl}", "?") + "\"" + why;
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

    /**
     * Whether a name in a certificate is that of a host, or covers it, by RFC 9525 section 6.3.
     *
     * @param presented a dNSName
     * @param host canonical
     */
    static boolean matches(String presented, String host) {
        String name = presented.toLowerCase(Locale.ROOT);
        String wanted = host.toLowerCase(Locale.ROOT);
        if (!name.startsWith("*.")) {
            return name.equals(wanted);
        }
        String rest = name.substring(1);
        int firstLabel = wanted.indexOf('.');
        // One label stands for the asterisk; nobody has all of a top level domain.
        return firstLabel > 0
                && rest.indexOf('.', 1) > 0
                && isName(name.substring(2))
                && wanted.substring(firstLabel).equals(rest);
    }

    /** The dNSNames of a certificate; none if it has none, or none that can be read. */
    static List<String> namesOf(X509Certificate certificate) {
        Collection<List<?>> alternatives;
        try {
            alternatives = certificate.getSubjectAlternativeNames();
        } catch (CertificateParsingException e) {
            return List.of();
        }
        return alternatives == null
                ? List.of()
                : alternatives.stream()
                        .filter(name -> name.getFirst().equals(SAN_DNS_NAME))
                        .map(name -> String.valueOf(name.get(1)))
                        .toList();
    }

    /** Whether the platform compares it with certificates; it finds fault with an underscore. */
    static boolean isKnownToPlatform(String host) {
        return host.indexOf('_') < 0;
    }
}
