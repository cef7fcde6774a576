package org.sslwrite.handshake;

import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.NameType;
import org.bouncycastle.tls.TlsFatalAlert;
import org.jspecify.annotations.Nullable;
import org.sslwrite.handshake.HandshakeException.Kind;

import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Set;

/** The server_name extension, RFC 6066 section 3. */
final class ServerNames {
    private ServerNames() {}

    /**
     * The host name in a client's extension; null if it has names of other types only. Whatever it
     * returns may be written into a log.
     */
    static @Nullable String hostName(byte[] data) throws TlsFatalAlert {
        MessageBytes extension = new MessageBytes(data);
        MessageBytes list = new MessageBytes(extension.opaque16());
        if (!extension.isEmpty() || list.isEmpty()) {
            throw refusal(AlertDescription.decode_error, "the client sent a malformed server_name");
        }
        String host = null;
        Set<Integer> types = new HashSet<>();
        while (!list.isEmpty()) {
            int type = list.uint8();
            byte[] name = list.opaque16();
            // "The ServerNameList MUST NOT contain more than one name of the same name_type."
            if (!types.add(type)) {
                throw refusal(
                        AlertDescription.illegal_parameter,
                        "the client sent two server names of one type");
            }
            if (name.length == 0) {
                throw refusal(
                        AlertDescription.decode_error, "the client sent an empty server name");
            }
            if (type == NameType.host_name) {
                host = checked(name);
            }
        }
        return host;
    }

    private static String checked(byte[] name) throws Refusal {
        String host = new String(name, StandardCharsets.ISO_8859_1);
        if (host.endsWith(".")) {
            // "without a trailing dot", but some send it.
            host = host.substring(0, host.length() - 1);
        }
        if (!Hosts.isName(host)) {
            throw refusal(
                    AlertDescription.unrecognized_name,
                    "the client sent a server name that is no host name");
        }
        return host;
    }

    private static Refusal refusal(short alert, String message) {
        return new Refusal(Kind.BAD_EXTENSION, alert, message);
    }
}
