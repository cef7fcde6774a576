package org.sslwrite;

/**
 * Who seals records when an engine outside the process, such as a token, is given.
 *
 * <p>TLS 1.3 seals the rest of its handshake (certificates, CertificateVerify, Finished) under keys
 * of its own, of which nothing of the application's can be computed (RFC 8446 section 7.1). These
 * few records are sealed in software, which spares each connection two keys to bring into the token
 * and several calls, unless the policy is {@link #TOKEN_STRICT}. Everything under the keys of
 * application data, which are those of the whole connection in TLS 1.2, is as the policy says.
 */
public enum OffloadPolicy {
    /**
     * Application data, and all else under its keys, is sealed by the token or not at all: when it
     * fails, and is not well when it is given the key again, the connection ends. Records of TLS
     * 1.3's handshake are sealed in software.
     */
    TOKEN_ONLY,
    /**
     * As {@link #TOKEN_ONLY}, and the records of TLS 1.3's handshake are sealed by the token too.
     */
    TOKEN_STRICT,
    /**
     * Software takes over when the token fails or cannot do a suite; the record that failed is
     * sealed again, under the same sequence number, and the switch is reported. Records of TLS
     * 1.3's handshake are sealed in software from the start.
     */
    TOKEN_PREFERRED,
    /** Never a token. */
    SOFTWARE
}
