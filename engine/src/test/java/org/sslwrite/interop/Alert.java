package org.sslwrite.interop;

import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.AlertLevel;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An alert that the peer received.
 *
 * @param level {@code warning} or {@code fatal}
 * @param description its name in the IANA registry
 */
public record Alert(String level, String description) {
    static final Alert CLOSE_NOTIFY = new Alert("warning", "close_notify");

    /**
     * As in {@code <<< TLS 1.2, Alert [length 0002], fatal ???} and the two bytes below; OpenSSL
     * 3.0 has no name for no_application_protocol.
     */
    private static final Pattern OPENSSL =
            Pattern.compile(
                    "^<<< .*, Alert \\[length 0002], .*\\n +(\\p{XDigit}{2}) (\\p{XDigit}{2})$",
                    Pattern.MULTILINE);

    /** As in {@code REC[0x5590]: Alert[1|0] - Close notify - was received}. */
    private static final Pattern GNUTLS =
            Pattern.compile("]: Alert\\[(\\d+)\\|(\\d+)] - [\\w ]* - was received");

    static Alert fatal(String description) {
        return new Alert("fatal", description);
    }

    private static Alert of(int level, int description) {
        return new Alert(
                level == AlertLevel.warning ? "warning" : "fatal",
                AlertDescription.getName((short) description));
    }

    /** Those in the output of {@code -msg}. */
    static List<Alert> inOpensslTrace(String trace) {
        List<Alert> alerts = new ArrayList<>();
        for (Matcher m = OPENSSL.matcher(trace); m.find(); ) {
            alerts.add(of(Integer.parseInt(m.group(1), 16), Integer.parseInt(m.group(2), 16)));
        }
        return alerts;
    }

    /** Those in the output of {@code -d 5}. */
    static List<Alert> inGnutlsLog(String log) {
        List<Alert> alerts = new ArrayList<>();
        for (Matcher m = GNUTLS.matcher(log); m.find(); ) {
            alerts.add(of(Integer.parseInt(m.group(1)), Integer.parseInt(m.group(2))));
        }
        return alerts;
    }

    @Override
    public String toString() {
        return level + " " + description;
    }
}
