package org.sslwrite.handshake;

import org.bouncycastle.tls.AlertDescription;
import org.jspecify.annotations.Nullable;
import org.sslwrite.handshake.HandshakeException.Kind;
import org.sslwrite.protocol.CipherSuite;
import org.sslwrite.protocol.TlsVersion;
import org.sslwrite.seal.chain.SealerChain;

import java.security.SecureRandom;
import java.util.List;

import javax.net.ssl.X509ExtendedTrustManager;

/**
 * What handshakes of one context have in common; valid by construction of the context.
 *
 * @param random source of every random byte of the handshake
 * @param credentials own keys and certificates; a server has at least one
 */
public record HandshakeConfig(
        SecureRandom random,
        Sealers sealers,
        List<Credential> credentials,
        PeerAuthentication authentication,
        Negotiation negotiation,
        Renegotiation renegotiation,
        PeerLimits limits) {

    /**
     * The engines for records.
     *
     * @param chain in the order of preference
     * @param ofHandshake those for the records of TLS 1.3's handshake, whose keys protect nothing
     *     of the application
     * @param offload whether one of them is outside the process
     */
    public record Sealers(SealerChain chain, SealerChain ofHandshake, boolean offload) {}

    /**
     * Who the peer must be.
     *
     * @param trust judges the peer's certificates; null trusts anyone
     * @param verifyHost whether a client checks the server's name
     * @param requestCertificate whether a server asks for a certificate
     * @param requireCertificate whether a server refuses a client without one
     */
    public record PeerAuthentication(
            @Nullable X509ExtendedTrustManager trust,
            boolean verifyHost,
            boolean requestCertificate,
            boolean requireCertificate) {}

    /**
     * What is offered and accepted.
     *
     * @param versions the newest first
     * @param suites in the order of preference
     * @param suitesAreOrdered whether a server goes by that order, or else by the client's
     * @param groups IANA codes in the order of preference
     * @param groupsAreOrdered whether a server goes by that order, or else by the client's
     * @param alpn protocol names in the order of preference; empty to leave ALPN out
     * @param encryptThenMac whether RFC 7366 is offered and accepted
     */
    public record Negotiation(
            List<TlsVersion> versions,
            List<CipherSuite> suites,
            boolean suitesAreOrdered,
            List<Integer> groups,
            boolean groupsAreOrdered,
            List<String> alpn,
            boolean encryptThenMac) {}

    /**
     * Renegotiation of TLS 1.2.
     *
     * @param allowed whether connections may renegotiate
     * @param requireSecure whether peers without RFC 5746 are refused
     */
    public record Renegotiation(boolean allowed, boolean requireSecure) {
        /** Judges a peer of TLS 1.2 by whether it knows RFC 5746. */
        void check(boolean secure) throws Refusal {
            if (!secure && requireSecure) {
                throw new Refusal(
                        Kind.INSECURE_RENEGOTIATION,
                        AlertDescription.handshake_failure,
                        "the peer does not know secure renegotiation (RFC 5746), which is"
                                + " required");
            }
        }
    }

    /**
     * What a peer may ask of us.
     *
     * @param recordsPerKey records under one key at most; the cipher's own limit is never exceeded
     * @param maxHandshakeMessageSize bytes of a handshake message's body at most
     * @param maxCertificateChainLength certificates that a peer may send
     * @param minRecordSizeLimit the least that a peer may ask for by RFC 8449 or RFC 6066
     */
    public record PeerLimits(
            long recordsPerKey,
            int maxHandshakeMessageSize,
            int maxCertificateChainLength,
            int minRecordSizeLimit) {}
}
