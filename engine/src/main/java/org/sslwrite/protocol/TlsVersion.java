package org.sslwrite.protocol;

/** A protocol version that this library speaks. Older versions are not offered and not accepted. */
public enum TlsVersion {
    /** RFC 5246. */
    TLSV1_2("TLSv1.2", 0x0303),
    /** RFC 8446. */
    TLSV1_3("TLSv1.3", 0x0304);

    private final String text;
    private final int code;

    TlsVersion(String text, int code) {
        this.text = text;
        this.code = code;
    }

    /** The two bytes that stand for this version in a ClientHello. */
    public int code() {
        return code;
    }

    /** Finds a version by its name, as in {@code TLSv1.3}; case does not matter. */
    public static TlsVersion of(String name) {
        for (TlsVersion version : values()) {
            if (version.text.equalsIgnoreCase(name.strip())) {
                return version;
            }
        }
        throw new IllegalArgumentException(
                "unknown TLS version \"" + name + "\"; known: TLSv1.2, TLSv1.3");
    }

    /** The name as OpenSSL and the JDK print it: {@code TLSv1.3}. */
    @Override
    public String toString() {
        return text;
    }
}
