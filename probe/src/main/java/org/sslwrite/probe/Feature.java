package org.sslwrite.probe;

import java.util.Locale;

/** Something that a record, a handshake or a key schedule may ask of a token. */
public enum Feature {
    /** A secret key of ours becomes an object in the token. */
    KEY_IMPORT("key import", "C_CreateObject"),
    /** With the caller's nonce and additional data, as TLS fixes them. */
    AES_128_GCM("AES-128-GCM", "CKM_AES_GCM"),
    /** As above. */
    AES_256_GCM("AES-256-GCM", "CKM_AES_GCM"),
    /** With the caller's nonce and additional data. */
    CHACHA20_POLY1305("ChaCha20-Poly1305", "CKM_CHACHA20_POLY1305"),
    /** With the caller's IV, without padding. */
    AES_128_CBC("AES-128-CBC", "CKM_AES_CBC"),
    /** As above. */
    AES_256_CBC("AES-256-CBC", "CKM_AES_CBC"),
    /** The MAC of the suites whose name ends in _SHA. */
    HMAC_SHA1("HMAC-SHA1", "CKM_SHA_1_HMAC"),
    /** The MAC of CBC suites with SHA256. */
    HMAC_SHA256("HMAC-SHA256", "CKM_SHA256_HMAC"),
    /** The MAC of CBC suites with SHA384. */
    HMAC_SHA384("HMAC-SHA384", "CKM_SHA384_HMAC"),
    /** HKDF-Expand, the step by which TLS 1.3 makes traffic keys. */
    HKDF_SHA256("HKDF-Expand, SHA-256", "CKM_HKDF_DERIVE"),
    /** As above. */
    HKDF_SHA384("HKDF-Expand, SHA-384", "CKM_HKDF_DERIVE"),
    /** PKCS#11 3.0's C_EncryptMessage, for AES-GCM: one call a record. */
    MESSAGE_API("message API (AES-GCM)", "C_EncryptMessage"),
    /** RSASSA-PSS with SHA-256: RSA certificates in TLS 1.3. */
    RSA_PSS("RSA-PSS", "CKM_RSA_PKCS_PSS"),
    /** RSASSA-PKCS1-v1_5 with SHA-256: RSA certificates in TLS 1.2. */
    RSA_PKCS1("RSA PKCS#1 v1.5", "CKM_RSA_PKCS"),
    /** With SHA-256. */
    ECDSA_P256("ECDSA P-256", "CKM_ECDSA"),
    /** With SHA-384. */
    ECDSA_P384("ECDSA P-384", "CKM_ECDSA");

    private final String title;
    private final String mechanism;

    Feature(String title, String mechanism) {
        this.title = title;
        this.mechanism = mechanism;
    }

    /** For people. */
    public String title() {
        return title;
    }

    /** The mechanism, or else the function, that does it. */
    public String mechanism() {
        return mechanism;
    }

    /** For programs: lower case, as in {@code aes_128_gcm}. */
    public String id() {
        return name().toLowerCase(Locale.ROOT);
    }
}
