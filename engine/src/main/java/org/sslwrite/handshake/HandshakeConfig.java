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
 * @param sealers the engines for records, in the order of preference
 * @param handshakeSealers those for the records of TLS 1.3's handshake, whose keys protect nothing
 *     of the application
 * @param offloads whether one of them is outside the process
 * @param credentials own keys and certificates; a server has at least one
 * @param trust judges the peer's certificates; null trusts anyone
 * @param verifyHost whether a client checks the server's name
 * @param requestClientCertificate whether a server asks for a certificate
 * @param requireClientCertificate whether a server refuses a client without one
 * @param versions the newest first
 * @param suites in the order of preference
 * @param suitesAreOrdered whether a server goes by that order, or else by the client's
 * @param groups IANA codes in the order of preference
 * @param groupsAreOrdered whether a server goes by that order, or else by the client's
 * @param alpn protocol names in the order of preference; empty to leave ALPN out
 * @param allowRenegotiation whether TLS 1.2 connections may renegotiate
 * @param requireSecureRenegotiation whether peers of TLS 1.2 without RFC 5746 are refused
 * @param recordsPerKey records under one key at most; the cipher's own limit is never exceeded
 * @param encryptThenMac whether RFC 7366 is offered and accepted
 * @param maxHandshakeMessageSize bytes of a handshake message's body at most
 * @param minRecordSizeLimit the least that a peer may ask for by RFC 8449 or RFC 6066
 */
public record HandshakeConfig(
        SecureRandom random,
        SealerChain sealers,
        SealerChain handshakeSealers,
        boolean offloads,
        List<Credential> credentials,
        @Nullable X509ExtendedTrustManager trust,
        boolean verifyHost,
        boolean requestClientCertificate,
        boolean requireClientCertificate,
        List<TlsVersion> versions,
        List<CipherSuite> suites,
        boolean suitesAreOrdered,
        List<Integer> groups,
        boolean groupsAreOrdered,
        List<String> alpn,
        boolean encryptThenMac,
        boolean allowRenegotiation,
        boolean requireSecureRenegotiation,
        long recordsPerKey,
        int maxHandshakeMessageSize,
        int minRecordSizeLimit) {

    /** Judges a peer of TLS 1.2 by whether it knows RFC 5746. */
    void checkRenegotiation(boolean secure) throws Refusal {
        if (!secure && requireSecureRenegotiation) {
            throw new Refusal(
                    Kind.INSECURE_RENEGOTIATION,
                    AlertDescription.handshake_failure,
                    "the peer does not know secure renegotiation (RFC 5746), which is required");
        }
    }
}
