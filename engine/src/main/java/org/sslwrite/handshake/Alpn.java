package org.sslwrite.handshake;

import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.TlsFatalAlert;
import org.sslwrite.handshake.HandshakeException.Kind;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** The ALPN extension, RFC 7301 section 3.1. */
final class Alpn {
    private Alpn() {}

    /** Checks a client's list: it has at least one name, and none is empty. */
    static void checkOffer(byte[] data) throws TlsFatalAlert {
        names(data);
    }

    /** Checks a server's answer. */
    static void checkAnswer(byte[] data, List<String> offered) throws TlsFatalAlert {
        List<byte[]> names = names(data);
        // "the "ProtocolNameList" MUST contain exactly one "ProtocolName""
        if (names.size() != 1) {
            throw malformed();
        }
        String chosen = new String(names.getFirst(), StandardCharsets.UTF_8);
        if (!offered.contains(chosen)) {
            throw new Refusal(
                    Kind.BAD_EXTENSION,
                    AlertDescription.illegal_parameter,
                    "the server chose an application protocol that was not offered");
        }
    }

    private static List<byte[]> names(byte[] data) throws TlsFatalAlert {
        MessageBytes extension = new MessageBytes(data);
        MessageBytes list = new MessageBytes(extension.opaque16());
        List<byte[]> names = new ArrayList<>();
        while (!list.isEmpty()) {
            byte[] name = list.opaque8();
            if (name.length == 0) {
                throw malformed();
            }
            names.add(name);
        }
        if (names.isEmpty() || !extension.isEmpty()) {
            throw malformed();
        }
        return names;
    }

    private static Refusal malformed() {
        return new Refusal(
                Kind.BAD_EXTENSION,
                AlertDescription.decode_error,
                "the peer sent a malformed list of application protocols");
    }
}
