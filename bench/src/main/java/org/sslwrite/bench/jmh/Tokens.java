package org.sslwrite.bench.jmh;

import org.jspecify.annotations.Nullable;
import org.sslwrite.pkcs11.TokenException;
import org.sslwrite.pkcs11.config.TokenConfig;
import org.sslwrite.softhsm.SoftwareToken;

import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Tokens by the text that names them: {@code softhsm} or {@code nss}, a {@code pkcs11:} URI, the
 * path of a configuration. Throw-away tokens live as long as the JVM.
 */
public final class Tokens {
    /** What stands for no token where JMH wants a text. */
    public static final String NONE = "none";

    private static final String SCHEME = "pkcs11:";
    private static final Map<String, TokenConfig> KNOWN = new ConcurrentHashMap<>();
    private static final Map<String, SoftwareToken> MADE = new ConcurrentHashMap<>();

    private Tokens() {}

    /** Tells what a text stands for, PIN and all. */
    public static void register(String text, TokenConfig config) {
        KNOWN.put(text, config);
    }

    /** What a text stands for; null for {@link #NONE}. */
    public static @Nullable TokenConfig of(String text) throws TokenException {
        if (text.equals(NONE)) {
            return null;
        }
        TokenConfig known = KNOWN.get(text);
        if (known != null) {
            return known;
        }
        return switch (text) {
            case "softhsm" -> made(text, SoftwareToken.Kind.SOFTHSM);
            case "nss" -> made(text, SoftwareToken.Kind.NSS);
            default -> described(text);
        };
    }

    /**
     * The token that a {@code pkcs11:} URI or the path of a configuration describes.
     *
     * @throws TokenException if it describes none
     */
    public static TokenConfig described(String text) throws TokenException {
        return isUri(text) ? TokenConfig.fromUri(text) : TokenConfig.fromFile(Path.of(text));
    }

    /** Whether a text is a {@code pkcs11:} URI, if it is anything. */
    public static boolean isUri(String text) {
        return text.regionMatches(true, 0, SCHEME, 0, SCHEME.length());
    }

    private static synchronized TokenConfig made(String text, SoftwareToken.Kind kind)
            throws TokenException {
        SoftwareToken token = MADE.get(text);
        if (token == null) {
            token = SoftwareToken.create(kind);
            MADE.put(text, token);
            Runtime.getRuntime().addShutdownHook(new Thread(token::close, "remove-token"));
        }
        return token.config();
    }
}
