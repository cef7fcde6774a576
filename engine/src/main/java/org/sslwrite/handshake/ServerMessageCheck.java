package org.sslwrite.handshake;

import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.ExtensionType;
import org.bouncycastle.tls.TlsFatalAlert;
import org.sslwrite.handshake.HandshakeException.Kind;
import org.sslwrite.protocol.TlsVersion;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;

/**
 * What a client refuses of a server's messages that Bouncy Castle would take: mostly extensions
 * where they may not be, by the table in RFC 8446 section 4.2.
 */
final class ServerMessageCheck {
    private static final int NAMED_CURVE = 3;

    private static final Set<Integer> IN_SERVER_HELLO =
            Set.of(
                    ExtensionType.supported_versions,
                    ExtensionType.key_share,
                    ExtensionType.pre_shared_key);
    private static final Set<Integer> IN_RETRY_REQUEST =
            Set.of(ExtensionType.supported_versions, ExtensionType.key_share, ExtensionType.cookie);
    private static final Set<Integer> IN_ENCRYPTED_EXTENSIONS =
            Set.of(
                    ExtensionType.server_name,
                    ExtensionType.max_fragment_length,
                    ExtensionType.supported_groups,
                    ExtensionType.use_srtp,
                    ExtensionType.heartbeat,
                    ExtensionType.application_layer_protocol_negotiation,
                    ExtensionType.client_certificate_type,
                    ExtensionType.server_certificate_type,
                    ExtensionType.record_size_limit,
                    ExtensionType.early_data);
    private static final Set<Integer> IN_CERTIFICATE =
            Set.of(ExtensionType.status_request, ExtensionType.signed_certificate_timestamp);

    private static final Set<Integer> IN_CERTIFICATE_REQUEST =
            Set.of(
                    ExtensionType.status_request,
                    ExtensionType.signature_algorithms,
                    ExtensionType.signed_certificate_timestamp,
                    ExtensionType.compress_certificate,
                    ExtensionType.certificate_authorities,
                    ExtensionType.oid_filters,
                    ExtensionType.signature_algorithms_cert);

    /** Of TLS 1.3 or of ClientHellos alone. */
    private static final Set<Integer> NOT_IN_TLS12 =
            Set.of(
                    ExtensionType.signature_algorithms,
                    ExtensionType.signature_algorithms_cert,
                    ExtensionType.certificate_authorities,
                    ExtensionType.padding,
                    ExtensionType.pre_shared_key,
                    ExtensionType.psk_key_exchange_modes,
                    ExtensionType.early_data,
                    ExtensionType.cookie,
                    ExtensionType.post_handshake_auth,
                    ExtensionType.key_share);

    private final HandshakeConfig config;

    ServerMessageCheck(HandshakeConfig config) {
        this.config = config;
    }

    /**
     * Checks a ServerHello or HelloRetryRequest.
     *
     * @param offered the types of the extensions in our ClientHello
     */
    Hello serverHello(MessageBytes body, Set<Integer> offered) throws TlsFatalAlert {
        Hello hello = Hello.ofServer(body);
        Map<Integer, byte[]> extensions = hello.extensions();
        if (hello.isRetry()) {
            // Section 4.2: "with the exception of the "cookie" extension in the HelloRetryRequest".
            checkOffered(extensions, offered, Set.of(ExtensionType.cookie));
            checkPlace(extensions.keySet(), IN_RETRY_REQUEST);
            if (!hello.has(ExtensionType.key_share) && !hello.has(ExtensionType.cookie)) {
                // RFC 8446 section 4.1.4: "Clients MUST abort the handshake with an
                // "illegal_parameter" alert if the HelloRetryRequest would not result in any
                // change in the ClientHello."
                throw new TlsFatalAlert(
                        AlertDescription.illegal_parameter,
                        "the server sent a HelloRetryRequest that asks for nothing");
            }
        } else if (hello.has(ExtensionType.supported_versions)) {
            checkOffered(extensions, offered, Set.of());
            checkPlace(extensions.keySet(), IN_SERVER_HELLO);
            byte[] share = extensions.get(ExtensionType.key_share);
            if (share != null) {
                MessageBytes entry = new MessageBytes(share);
                KeyShares.checkForm(entry.uint16(), entry.opaque16());
            }
        } else {
            checkDowngrade(hello);
            checkOneLimit(extensions);
            // RFC 5746 section 3.6: the answer to a suite that is a signal.
            checkOffered(extensions, offered, Set.of(ExtensionType.renegotiation_info));
            for (int type : extensions.keySet()) {
                if (NOT_IN_TLS12.contains(type)) {
                    throw misplaced(type);
                }
            }
            checkAnswers(extensions);
        }
        return hello;
    }

    /** RFC 8446 section 4.1.3: what the random ends in if the server knows TLS 1.3 as we do. */
    private void checkDowngrade(Hello hello) throws Refusal {
        String end = new String(hello.random(), 24, 7, StandardCharsets.ISO_8859_1);
        if (config.negotiation().versions().contains(TlsVersion.TLSV1_3)
                && end.equals("DOWNGRD")
                && (hello.random()[31] & ~1) == 0) {
            throw new Refusal(
                    Kind.DOWNGRADE,
                    AlertDescription.illegal_parameter,
                    "somebody has made the server choose an older version than it would");
        }
    }

    void encryptedExtensions(MessageBytes body, Set<Integer> offered) throws TlsFatalAlert {
        Map<Integer, byte[]> extensions = body.extensions();
        checkOneLimit(extensions);
        checkOffered(extensions, offered, Set.of());
        checkPlace(extensions.keySet(), IN_ENCRYPTED_EXTENSIONS);
        checkAnswers(extensions);
    }

    /**
     * RFC 8449 section 5: "A client MUST treat receipt of both "max_fragment_length" and
     * "record_size_limit" as a fatal error, and it SHOULD generate an "illegal_parameter" alert."
     */
    private static void checkOneLimit(Map<Integer, byte[]> extensions) throws Refusal {
        if (extensions.containsKey(ExtensionType.max_fragment_length)
                && extensions.containsKey(ExtensionType.record_size_limit)) {
            throw misplaced(ExtensionType.max_fragment_length);
        }
    }

    /**
     * Checks a CertificateRequest of TLS 1.3. It is no answer, so what is unknown is ignored; what
     * is known must have a place there.
     */
    static void certificateRequest(MessageBytes body) throws TlsFatalAlert {
        body.opaque8();
        checkKnown(body.extensions().keySet(), IN_CERTIFICATE_REQUEST);
    }

    /** Checks a Certificate message of TLS 1.3, from either side. */
    static void certificate(MessageBytes body, Set<Integer> asked) throws TlsFatalAlert {
        body.opaque8();
        MessageBytes entries = new MessageBytes(body.opaque24());
        while (!entries.isEmpty()) {
            entries.opaque24();
            Map<Integer, byte[]> extensions = entries.extensions();
            checkOffered(extensions, asked, Set.of());
            checkPlace(extensions.keySet(), IN_CERTIFICATE);
        }
    }

    /**
     * Checks a NewSessionTicket of TLS 1.3. Section 4.6.1: "Clients MUST ignore unrecognized
     * extensions", but those that are known have no place there.
     */
    static void newSessionTicket(MessageBytes body) throws TlsFatalAlert {
        body.opaque(8);
        body.opaque8();
        body.opaque16();
        checkKnown(body.extensions().keySet(), Set.of(ExtensionType.early_data));
    }

    private static void checkKnown(Set<Integer> types, Set<Integer> allowed) throws Refusal {
        for (int type : types) {
            if (ExtensionType.isRecognized(type) && !allowed.contains(type)) {
                throw misplaced(type);
            }
        }
    }

    /** Checks a ServerKeyExchange of TLS 1.2: the curve, the point, and how it is signed. */
    void serverKeyExchange(MessageBytes body) throws TlsFatalAlert {
        boolean named = body.uint8() == NAMED_CURVE;
        int group = named ? body.uint16() : -1;
        if (!config.negotiation().groups().contains(group)) {
            throw new Refusal(
                    Kind.WRONG_CURVE,
                    AlertDescription.illegal_parameter,
                    "the server chose a group that was not offered");
        }
        KeyShares.checkForm(group, body.opaque8());
        SignatureCheck.offered(body.uint16());
    }

    private void checkAnswers(Map<Integer, byte[]> extensions) throws TlsFatalAlert {
        byte[] alpn = extensions.get(ExtensionType.application_layer_protocol_negotiation);
        if (alpn != null) {
            Alpn.checkAnswer(alpn, config.negotiation().alpn());
        }
        byte[] name = extensions.get(ExtensionType.server_name);
        if (name != null && name.length > 0) {
            throw new Refusal(
                    Kind.BAD_EXTENSION,
                    AlertDescription.decode_error,
                    "the server answered server_name with data");
        }
    }

    /**
     * Section 4.2: "Implementations MUST NOT send extension responses if the remote endpoint did
     * not send the corresponding extension requests".
     */
    private static void checkOffered(
            Map<Integer, byte[]> extensions, Set<Integer> offered, Set<Integer> also)
            throws TlsFatalAlert {
        for (int type : extensions.keySet()) {
            if (!offered.contains(type) && !also.contains(type)) {
                throw new TlsFatalAlert(
                        AlertDescription.unsupported_extension,
                        "the peer sent an extension that nobody asked for: "
                                + ExtensionType.getText(type));
            }
        }
    }

    private static void checkPlace(Set<Integer> types, Set<Integer> allowed) throws Refusal {
        for (int type : types) {
            if (!allowed.contains(type)) {
                throw misplaced(type);
            }
        }
    }

    private static Refusal misplaced(int type) {
        return new Refusal(
                Kind.BAD_EXTENSION,
                AlertDescription.illegal_parameter,
                "the peer sent an extension where it may not be: " + ExtensionType.getText(type));
    }
}
