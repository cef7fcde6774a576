package org.sslwrite.bench.engine;

import org.jspecify.annotations.Nullable;
import org.sslwrite.bench.result.Row.Kind;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** Who can be measured, by the name that {@code --engine} takes. */
public enum EngineName {
    /** Ours, our own code for AES-GCM. */
    VAES("vaes", Kind.OURS, "ours, vaes"),
    /** Ours, intel-ipsec-mb. */
    IPSEC_MB("ipsec-mb", Kind.OURS, "ours, ipsec-mb"),
    /** Ours, the JDK's ciphers. */
    SUNJCE("sunjce", Kind.OURS, "ours, SunJCE"),
    /** Ours, in Java alone. */
    BOUNCY_CASTLE("bouncycastle", Kind.OURS, "ours, Bouncy Castle"),
    /** Ours, a token through the C API. */
    CRYPTOKI("cryptoki", Kind.OURS_TOKEN, "ours, %s by C API"),
    /** Ours, a token through the JDK's provider. */
    SUNPKCS11("sunpkcs11", Kind.OURS_TOKEN, "ours, %s by SunPKCS11"),
    /** The JDK's TLS. */
    JSSE("jsse", Kind.PEER, "JSSE"),
    /** BoringSSL by Google's provider. */
    CONSCRYPT("conscrypt", Kind.PEER, "Conscrypt"),
    /** BoringSSL by netty. */
    TCNATIVE("tcnative", Kind.PEER, "netty-tcnative"),
    /** Bouncy Castle's TLS with the JDK's ciphers. */
    BCJSSE("bcjsse", Kind.PEER, "BCJSSE"),
    /** The JDK's TLS with SunPKCS11 as the first provider. */
    JSSE_SUNPKCS11("jsse-sunpkcs11", Kind.PEER_TOKEN, "JSSE, %s by SunPKCS11"),
    /** {@code openssl speed}. */
    OPENSSL_SPEED("openssl-speed", Kind.YARDSTICK, "openssl speed"),
    /** C_EncryptInit and C_Encrypt in a loop, in C. */
    C_LOOP("c-loop", Kind.YARDSTICK, "C loop, %s, C_Encrypt"),
    /** C_EncryptMessage in a loop, in C. */
    C_MESSAGE_LOOP("c-message-loop", Kind.YARDSTICK, "C loop, %s, C_EncryptMessage");

    private final String id;
    private final Kind kind;
    private final String display;

    EngineName(String id, Kind kind, String display) {
        this.id = id;
        this.kind = kind;
        this.display = display;
    }

    /** What {@code --engine} calls it. */
    public String id() {
        return id;
    }

    /** Whose it is. */
    public Kind kind() {
        return kind;
    }

    /** Whether it is measured once for each token. */
    public boolean needsToken() {
        return display.contains("%s");
    }

    /** Whether the parent measures it by another program; otherwise a JVM of its own does. */
    public boolean isProgram() {
        return kind == Kind.YARDSTICK;
    }

    /**
     * What people call it, as in {@code ours, SunJCE}.
     *
     * @param token the token's name, for those who need one
     */
    public String display(@Nullable String token) {
        return needsToken() ? display.formatted(token == null ? "a token" : token) : display;
    }

    /**
     * Finds an engine by its name.
     *
     * @throws IllegalArgumentException listing the names, if there is none
     */
    public static EngineName of(String id) {
        for (EngineName name : values()) {
            if (name.id.equals(id.strip().toLowerCase(Locale.ROOT))) {
                return name;
            }
        }
        throw new IllegalArgumentException(
                "unknown engine \""
                        + id
                        + "\"; known: "
                        + Arrays.stream(values())
                                .map(EngineName::id)
                                .collect(Collectors.joining(", ")));
    }

    @Override
    public String toString() {
        return id;
    }
}
