package org.sslwrite.handshake;

import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.ExtensionType;
import org.bouncycastle.tls.SecurityParameters;
import org.bouncycastle.tls.TlsFatalAlert;
import org.jspecify.annotations.Nullable;
import org.sslwrite.handshake.HandshakeException.Kind;
import org.sslwrite.protocol.TlsVersion;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/** What a server refuses of a ClientHello that Bouncy Castle would take. */
final class ClientHelloCheck {
    private static final byte[] NULL_COMPRESSION = {0};

    /** Encrypted ClientHello, RFC 9849: its payload is sealed anew in the second ClientHello. */
    private static final int ENCRYPTED_CLIENT_HELLO = 0xfe0d;

    /** RFC 8446 section 4.1.2: what a second ClientHello may change. */
    private static final Set<Integer> MAY_CHANGE =
            Set.of(
                    ExtensionType.key_share,
                    ExtensionType.early_data,
                    ExtensionType.cookie,
                    ExtensionType.pre_shared_key,
                    ExtensionType.padding,
                    ENCRYPTED_CLIENT_HELLO);

    private final boolean tls13;
    private @Nullable Hello last;
    private @Nullable Hello retried;

    ClientHelloCheck(HandshakeConfig config) {
        this.tls13 = config.negotiation().versions().contains(TlsVersion.TLSV1_3);
    }

    void check(MessageBytes body) throws TlsFatalAlert {
        Hello hello = Hello.ofClient(body);
        last = hello;
        checkCompression(hello);
        byte[] names = hello.extensions().get(ExtensionType.server_name);
        if (names != null) {
            ServerNames.hostName(names);
        }
        byte[] alpn = hello.extensions().get(ExtensionType.application_layer_protocol_negotiation);
        if (alpn != null) {
            Alpn.checkOffer(alpn);
        }
        if (tls13 && hello.offersTls13()) {
            checkKeyShares(hello);
        }
        Hello first = retried;
        if (first != null) {
            checkUnchanged(first, hello);
        }
    }

    private static void checkCompression(Hello hello) throws TlsFatalAlert {
        byte[] methods = hello.compressionMethods();
        // RFC 8446 section 4.1.2: "For every TLS 1.3 ClientHello, this vector MUST contain exactly
        // one byte, set to zero".
        if (hello.offersTls13() && !Arrays.equals(methods, NULL_COMPRESSION)) {
            throw new Refusal(
                    Kind.BAD_COMPRESSION,
                    AlertDescription.illegal_parameter,
                    "the client offers TLS 1.3 and compression");
        }
        for (byte method : methods) {
            if (method == 0) {
                return;
            }
        }
        // RFC 5246 section 7.4.1.2: "it MUST include CompressionMethod.null".
        throw new Refusal(
                Kind.NO_COMPRESSION_METHOD,
                AlertDescription.illegal_parameter,
                "the client does not offer to go without compression");
    }

    private static void checkKeyShares(Hello hello) throws TlsFatalAlert {
        byte[] groups = hello.extensions().get(ExtensionType.supported_groups);
        byte[] shares = hello.extensions().get(ExtensionType.key_share);
        // RFC 8446 section 9.2: "Servers receiving a ClientHello which does not conform to these
        // requirements MUST abort the handshake with a "missing_extension" alert." A ClientHello
        // without both is for resumption alone, which there is none of.
        if (groups == null || shares == null) {
            throw new TlsFatalAlert(
                    AlertDescription.missing_extension,
                    "the client sent no "
                            + (groups == null ? "supported_groups" : "key_share")
                            + " extension");
        }
        KeyShares.checkOffered(shares, groups);
    }

    private static void checkUnchanged(Hello first, Hello second) throws TlsFatalAlert {
        boolean same =
                first.version() == second.version()
                        && Arrays.equals(first.random(), second.random())
                        && Arrays.equals(first.sessionId(), second.sessionId())
                        && Arrays.equals(first.suites(), second.suites())
                        && fixed(first).equals(fixed(second));
        if (!same) {
            throw new TlsFatalAlert(
                    AlertDescription.illegal_parameter,
                    "the client's second ClientHello is another than the first");
        }
    }

    /** What must be the same in both; the order may differ, as Bouncy Castle's client has it. */
    private static Map<Integer, String> fixed(Hello hello) {
        Map<Integer, String> fixed = new HashMap<>();
        hello.extensions()
                .forEach(
                        (type, data) -> {
                            if (!MAY_CHANGE.contains(type)) {
                                fixed.put(type, Arrays.toString(data));
                            }
                        });
        return fixed;
    }

    /**
     * After a ClientHello was answered.
     *
     * @param withRetry whether a second one is asked for
     */
    void answered(boolean withRetry) {
        retried = withRetry ? last : null;
        last = null;
    }

    /** Checks a ClientHello that renegotiates. */
    void checkRenegotiation(@Nullable SecurityParameters before) throws TlsFatalAlert {
        Hello hello = last;
        if (hello != null && before != null) {
            ExtendedMasterSecret.check(
                    before.isExtendedMasterSecret(),
                    hello.has(ExtensionType.extended_master_secret));
        }
    }
}
