package org.sslwrite.interop;

import org.sslwrite.protocol.CipherSuite;
import org.sslwrite.protocol.TlsVersion;

/**
 * A cipher suite in the words of the tools.
 *
 * @param version the only version that it belongs to
 * @param openssl its name
 * @param gnutls what a priority string adds for it
 */
public record PeerSuite(TlsVersion version, String openssl, String gnutls) {
    /** RSA key exchange, which we do not offer. */
    static final PeerSuite UNKNOWN_TO_US_1_2 =
            new PeerSuite(TlsVersion.TLSV1_2, "AES128-SHA", "+RSA:+AES-128-CBC:+SHA1");

    /** AES-CCM, which we do not offer. */
    static final PeerSuite UNKNOWN_TO_US_1_3 =
            new PeerSuite(TlsVersion.TLSV1_3, "TLS_AES_128_CCM_SHA256", "+AES-128-CCM:+AEAD");

    public static PeerSuite of(CipherSuite suite) {
        String keyExchange =
                switch (suite.authentication()) {
                    case ANY -> "";
                    case RSA -> "+ECDHE-RSA:";
                    case ECDSA -> "+ECDHE-ECDSA:";
                };
        String cipher =
                switch (suite.bulkCipher()) {
                    case AES_128_GCM -> "+AES-128-GCM";
                    case AES_256_GCM -> "+AES-256-GCM";
                    case CHACHA20_POLY1305 -> "+CHACHA20-POLY1305";
                    case AES_128_CBC -> "+AES-128-CBC";
                    case AES_256_CBC -> "+AES-256-CBC";
                };
        String mac =
                switch (suite.mac()) {
                    case AEAD -> ":+AEAD";
                    case HMAC_SHA1 -> ":+SHA1";
                    case HMAC_SHA256 -> ":+SHA256";
                    case HMAC_SHA384 -> ":+SHA384";
                };
        return new PeerSuite(suite.version(), suite.opensslName(), keyExchange + cipher + mac);
    }

    static PeerSuite unknownToUs(TlsVersion version) {
        return version == TlsVersion.TLSV1_3 ? UNKNOWN_TO_US_1_3 : UNKNOWN_TO_US_1_2;
    }
}
