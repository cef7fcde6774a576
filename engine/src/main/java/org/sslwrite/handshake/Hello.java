package org.sslwrite.handshake;

import org.bouncycastle.tls.ExtensionType;
import org.bouncycastle.tls.TlsFatalAlert;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;

/**
 * A ClientHello or ServerHello, taken apart.
 *
 * @param suites two bytes each; a ServerHello has one
 * @param compressionMethods a ServerHello has one
 * @param extensions in their order
 */
record Hello(
        int version,
        byte[] random,
        byte[] sessionId,
        byte[] suites,
        byte[] compressionMethods,
        Map<Integer, byte[]> extensions) {
    private static final int TLS13 = 0x0304;

    /** RFC 8446 section 4.1.3: the random of a HelloRetryRequest. */
    private static final byte[] RETRY =
            HexFormat.of()
                    .parseHex("cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c");

    static Hello ofClient(MessageBytes body) throws TlsFatalAlert {
        Hello hello =
                new Hello(
                        body.uint16(),
                        body.opaque(32),
                        body.opaque8(),
                        body.opaque16(),
                        body.opaque8(),
                        body.extensions());
        body.end();
        return hello;
    }

    static Hello ofServer(MessageBytes body) throws TlsFatalAlert {
        Hello hello =
                new Hello(
                        body.uint16(),
                        body.opaque(32),
                        body.opaque8(),
                        body.opaque(2),
                        body.opaque(1),
                        body.extensions());
        body.end();
        return hello;
    }

    boolean has(int extension) {
        return extensions.containsKey(extension);
    }

    /** Whether a ServerHello is a HelloRetryRequest. */
    boolean isRetry() {
        return Arrays.equals(random, RETRY);
    }

    /** Whether a client offers TLS 1.3. */
    boolean offersTls13() throws TlsFatalAlert {
        byte[] data = extensions.get(ExtensionType.supported_versions);
        if (data == null) {
            return false;
        }
        MessageBytes versions = new MessageBytes(new MessageBytes(data).opaque8());
        while (!versions.isEmpty()) {
            if (versions.uint16() == TLS13) {
                return true;
            }
        }
        return false;
    }
}
