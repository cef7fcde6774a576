package org.sslwrite.protocol;

/** The HMAC of a CBC suite, or {@link #AEAD} where the cipher authenticates by itself. */
public enum MacAlgorithm {
    /** No separate MAC. */
    AEAD(0, ""),
    /** HMAC-SHA1. */
    HMAC_SHA1(20, "HmacSHA1"),
    /** HMAC-SHA256. */
    HMAC_SHA256(32, "HmacSHA256"),
    /** HMAC-SHA384. */
    HMAC_SHA384(48, "HmacSHA384");

    private final int length;
    private final String jcaName;

    MacAlgorithm(int length, String jcaName) {
        this.length = length;
        this.jcaName = jcaName;
    }

    /** Length of key and output in bytes; TLS uses both at the full size of the hash. */
    public int length() {
        return length;
    }

    /** The JCA's name of the algorithm; empty for {@link #AEAD}. */
    public String jcaName() {
        return jcaName;
    }
}
