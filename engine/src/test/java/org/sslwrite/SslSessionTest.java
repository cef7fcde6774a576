package org.sslwrite;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.sslwrite.kit.Pki;
import org.sslwrite.protocol.CipherSuite;
import org.sslwrite.protocol.TlsVersion;

import java.util.List;

class SslSessionTest {
    @Test
    void isOneLineForALog() {
        Pki pki = Pki.CA.issue("EC", "a peer", "peer.test");
        CipherSuite suite = CipherSuite.TLS_AES_128_GCM_SHA256;
        SslSession full =
                new SslSession(
                        TlsVersion.TLSV1_3,
                        suite,
                        "h2",
                        "peer.test",
                        List.of(pki.certificate(), Pki.CA.certificate()),
                        true);
        String subject = pki.certificate().getSubjectX500Principal().toString();
        assertEquals(
                "SslSession[TLSv1.3 TLS_AES_128_GCM_SHA256, ALPN h2, server name peer.test, peer "
                        + subject
                        + ", encrypt-then-MAC]",
                full.toString());
        assertEquals(
                "SslSession[TLSv1.3 TLS_AES_128_GCM_SHA256]",
                new SslSession(TlsVersion.TLSV1_3, suite, null, null, List.of(), false).toString());
    }
}
