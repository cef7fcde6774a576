package org.sslwrite.protocol;

import java.util.ArrayList;
import java.util.List;

/** A cipher suite, by its IANA name, with the facts that sealing needs. */
public enum CipherSuite {
    TLS_AES_128_GCM_SHA256(
            0x1301,
            "TLS_AES_128_GCM_SHA256",
            Authentication.ANY,
            BulkCipher.AES_128_GCM,
            MacAlgorithm.AEAD),
    TLS_AES_256_GCM_SHA384(
            0x1302,
            "TLS_AES_256_GCM_SHA384",
            Authentication.ANY,
            BulkCipher.AES_256_GCM,
            MacAlgorithm.AEAD),
    TLS_CHACHA20_POLY1305_SHA256(
            0x1303,
            "TLS_CHACHA20_POLY1305_SHA256",
            Authentication.ANY,
            BulkCipher.CHACHA20_POLY1305,
            MacAlgorithm.AEAD),

    TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256(
            0xC02B,
            "ECDHE-ECDSA-AES128-GCM-SHA256",
            Authentication.ECDSA,
            BulkCipher.AES_128_GCM,
            MacAlgorithm.AEAD),
    TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384(
            0xC02C,
            "ECDHE-ECDSA-AES256-GCM-SHA384",
            Authentication.ECDSA,
            BulkCipher.AES_256_GCM,
            MacAlgorithm.AEAD),
    TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256(
            0xCCA9,
            "ECDHE-ECDSA-CHACHA20-POLY1305",
            Authentication.ECDSA,
            BulkCipher.CHACHA20_POLY1305,
            MacAlgorithm.AEAD),
    TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256(
            0xC02F,
            "ECDHE-RSA-AES128-GCM-SHA256",
            Authentication.RSA,
            BulkCipher.AES_128_GCM,
            MacAlgorithm.AEAD),
    TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384(
            0xC030,
            "ECDHE-RSA-AES256-GCM-SHA384",
            Authentication.RSA,
            BulkCipher.AES_256_GCM,
            MacAlgorithm.AEAD),
    TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256(
            0xCCA8,
            "ECDHE-RSA-CHACHA20-POLY1305",
            Authentication.RSA,
            BulkCipher.CHACHA20_POLY1305,
            MacAlgorithm.AEAD),

    TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256(
            0xC023,
            "ECDHE-ECDSA-AES128-SHA256",
            Authentication.ECDSA,
            BulkCipher.AES_128_CBC,
            MacAlgorithm.HMAC_SHA256),
    TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA384(
            0xC024,
            "ECDHE-ECDSA-AES256-SHA384",
            Authentication.ECDSA,
            BulkCipher.AES_256_CBC,
            MacAlgorithm.HMAC_SHA384),
    TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA(
            0xC009,
            "ECDHE-ECDSA-AES128-SHA",
            Authentication.ECDSA,
            BulkCipher.AES_128_CBC,
            MacAlgorithm.HMAC_SHA1),
    TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA(
            0xC00A,
            "ECDHE-ECDSA-AES256-SHA",
            Authentication.ECDSA,
            BulkCipher.AES_256_CBC,
            MacAlgorithm.HMAC_SHA1),
    TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256(
            0xC027,
            "ECDHE-RSA-AES128-SHA256",
            Authentication.RSA,
            BulkCipher.AES_128_CBC,
            MacAlgorithm.HMAC_SHA256),
    TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384(
            0xC028,
            "ECDHE-RSA-AES256-SHA384",
            Authentication.RSA,
            BulkCipher.AES_256_CBC,
            MacAlgorithm.HMAC_SHA384),
    TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA(
            0xC013,
            "ECDHE-RSA-AES128-SHA",
            Authentication.RSA,
            BulkCipher.AES_128_CBC,
            MacAlgorithm.HMAC_SHA1),
    TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA(
            0xC014,
            "ECDHE-RSA-AES256-SHA",
            Authentication.RSA,
            BulkCipher.AES_256_CBC,
            MacAlgorithm.HMAC_SHA1);

    /** The kind of certificate that a suite asks of the server. */
    public enum Authentication {
        /** TLS 1.3: the suite says nothing about certificates. */
        ANY,
        /** An RSA certificate. */
        RSA,
        /** A certificate with an elliptic curve key. */
        ECDSA
    }

    private final int code;
    private final String opensslName;
    private final Authentication authentication;
    private final BulkCipher bulkCipher;
    private final MacAlgorithm mac;

    CipherSuite(
            int code,
            String opensslName,
            Authentication authentication,
            BulkCipher bulkCipher,
            MacAlgorithm mac) {
        this.code = code;
        this.opensslName = opensslName;
        this.authentication = authentication;
        this.bulkCipher = bulkCipher;
        this.mac = mac;
    }

    /** The suite's two bytes in the IANA registry. */
    public int code() {
        return code;
    }

    /** The name that OpenSSL uses, as in {@code ECDHE-RSA-AES128-GCM-SHA256}. */
    public String opensslName() {
        return opensslName;
    }

    /** The kind of certificate the server needs. */
    public Authentication authentication() {
        return authentication;
    }

    /** The cipher that protects records. */
    public BulkCipher bulkCipher() {
        return bulkCipher;
    }

    /** The HMAC of a CBC suite. */
    public MacAlgorithm mac() {
        return mac;
    }

    /** The only version that this suite belongs to. */
    public TlsVersion version() {
        return authentication == Authentication.ANY ? TlsVersion.TLSV1_3 : TlsVersion.TLSV1_2;
    }

    /** The suite with these two bytes. */
    public static CipherSuite of(int code) {
        for (CipherSuite suite : values()) {
            if (suite.code == code) {
                return suite;
            }
        }
        throw new IllegalArgumentException("unknown cipher suite 0x%04X".formatted(code));
    }

    /** Finds a suite by its IANA or its OpenSSL name; case does not matter. */
    public static CipherSuite of(String name) {
        String wanted = name.strip();
        for (CipherSuite suite : values()) {
            if (suite.name().equalsIgnoreCase(wanted)
                    || suite.opensslName.equalsIgnoreCase(wanted)) {
                return suite;
            }
        }
        throw new IllegalArgumentException(
                "unknown cipher suite \"" + name + "\"; known: " + List.of(values()));
    }

    /** Reads a list of names, separated by commas or colons, in the order of preference. */
    public static List<CipherSuite> listOf(String names) {
        List<CipherSuite> suites = new ArrayList<>();
        for (String name : names.split("[,:]")) {
            suites.add(of(name));
        }
        return List.copyOf(suites);
    }
}
