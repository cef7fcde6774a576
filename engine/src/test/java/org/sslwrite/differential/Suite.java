package org.sslwrite.differential;

import org.sslwrite.protocol.CipherSuite;
import org.sslwrite.protocol.TlsVersion;

/** The suites that cases run with, one for each way of sealing a record. */
enum Suite {
    TLS13_AES_128_GCM(CipherSuite.TLS_AES_128_GCM_SHA256, "TLS_AES_128_GCM_SHA256"),
    TLS13_AES_256_GCM(CipherSuite.TLS_AES_256_GCM_SHA384, "TLS_AES_256_GCM_SHA384"),
    TLS13_CHACHA20(CipherSuite.TLS_CHACHA20_POLY1305_SHA256, "TLS_CHACHA20_POLY1305_SHA256"),
    TLS12_AES_128_GCM(
            CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, "ECDHE-ECDSA-AES128-GCM-SHA256"),
    TLS12_AES_256_GCM(
            CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, "ECDHE-ECDSA-AES256-GCM-SHA384"),
    TLS12_CHACHA20(
            CipherSuite.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
            "ECDHE-ECDSA-CHACHA20-POLY1305"),
    TLS12_CBC_SHA(CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA, "ECDHE-ECDSA-AES128-SHA"),
    TLS12_CBC_SHA256(
            CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256, "ECDHE-ECDSA-AES128-SHA256"),
    TLS12_CBC_SHA384(
            CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA384, "ECDHE-ECDSA-AES256-SHA384"),
    /** MAC-then-encrypt, where the others with CBC encrypt-then-MAC. */
    TLS12_CBC_SHA_MAC_FIRST(
            CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA, "ECDHE-ECDSA-AES256-SHA");

    private final CipherSuite suite;
    private final String openSslName;

    Suite(CipherSuite suite, String openSslName) {
        this.suite = suite;
        this.openSslName = openSslName;
    }

    CipherSuite suite() {
        return suite;
    }

    String openSslName() {
        return openSslName;
    }

    boolean isTls13() {
        return suite.version() == TlsVersion.TLSV1_3;
    }

    boolean encryptThenMac() {
        return this != TLS12_CBC_SHA_MAC_FIRST;
    }

    /** The suite that cases run with where the suite does not matter. */
    static Suite usual(TlsVersion version) {
        return version == TlsVersion.TLSV1_3 ? TLS13_AES_128_GCM : TLS12_AES_128_GCM;
    }
}
