package org.sslwrite.probe;

import java.util.List;

/** The TLS cipher suites of this project, by their IANA names, and what their records need. */
enum Suite {
    TLS_AES_128_GCM_SHA256(Feature.AES_128_GCM),
    TLS_AES_256_GCM_SHA384(Feature.AES_256_GCM),
    TLS_CHACHA20_POLY1305_SHA256(Feature.CHACHA20_POLY1305),
    TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256(Feature.AES_128_GCM),
    TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384(Feature.AES_256_GCM),
    TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256(Feature.CHACHA20_POLY1305),
    TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256(Feature.AES_128_GCM),
    TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384(Feature.AES_256_GCM),
    TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256(Feature.CHACHA20_POLY1305),
    TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256(Feature.AES_128_CBC, Feature.HMAC_SHA256),
    TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA384(Feature.AES_256_CBC, Feature.HMAC_SHA384),
    TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA(Feature.AES_128_CBC, Feature.HMAC_SHA1),
    TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA(Feature.AES_256_CBC, Feature.HMAC_SHA1),
    TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256(Feature.AES_128_CBC, Feature.HMAC_SHA256),
    TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384(Feature.AES_256_CBC, Feature.HMAC_SHA384),
    TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA(Feature.AES_128_CBC, Feature.HMAC_SHA1),
    TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA(Feature.AES_256_CBC, Feature.HMAC_SHA1);

    private final List<Feature> needs;

    Suite(Feature... needs) {
        this.needs = List.of(needs);
    }

    List<Feature> needs() {
        return needs;
    }
}
